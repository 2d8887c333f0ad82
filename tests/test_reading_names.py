"""Cells with names: two persons in one cell, or more than a name, are said; names of every shape are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.people import printed
from toolkit.reading.person_names import BESIDE_NAMES, Names
from toolkit.reading.words import vocabulary
from toolkit.sample.words import words as sample_words

WORDS = vocabulary()
NAMES = Names(WORDS)
SEVERAL, MORE = "C036", "C041"


def code(typed: str) -> str:
    return NAMES.parse(typed)[1]


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "傅建柏和王建国",
            "张三、李四",
            "张三/李四",
            "张三 李四",
            "张三　李四",
            "张三,李四",
            "张三；李四",
            "张三\n李四",
            "张三及李四",
        ),
        *(
            "张三＆李四",
            "张三+李四",
            "1.张三 2.李四",
            "①张三②李四",
            "张三（代）、李四",
            "张三(书记)/李四(副书记)",
            "张三、李四和王五",
        ),
        *("阿依古丽·买买提、张三", "张三 李四 王五", "张 三、李 四", "王建国 李 四", "张三、李四等3人", "张 三  李 四"),
    ],
)
def test_two_persons_in_one_cell(typed):
    assert code(typed) == SEVERAL


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "方琴达（代）",
            "方琴达(兼)",
            "方琴达（女）",
            "方琴达 女",
            "方琴达[已故]",
            "方琴达同志",
            "方琴达1",
            "3.方琴达",
            "方琴达*",
            "方琴达；",
        ),
        *(
            "方琴达等3人",
            "方琴达（兼）同志",
            "★方琴达",
            "方琴达：",
            "方琴达②",
            "阿依古丽·买买提（代）",
            "John Smith (acting)",
            "方琴达\n（代）",
        ),
    ],
)
def test_more_than_a_name(typed):
    value, problem, repair = NAMES.parse(typed)
    assert (problem, repair) == (MORE, "") and value == printed(typed.replace("\n", ""))


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "张 三",
            "张　三",
            "张三丰",
            "欧阳修文",
            "欧阳 修文",
            "诸葛 亮",
            "司马 相如",
            "王 建国",
            "李平等",
            "张和平",
            "欧阳和平",
            "和珅",
        ),
        *(
            "王和与",
            "买买提·艾力 江",
            "买买提•艾力",
            "阿依古丽.买买提",
            "阿卜杜拉·和加",
            "阿卜杜 • 热合曼",
            "斯那 定",
            "𠮷田",
            "John Smith",
        ),
        *("J. Smith", "O'Brien", "Jean-Luc Picard", "བཀྲ་ཤིས ཚེ་རིང", "Ёж Иванов", "王明A", "〇一", "尼玛次仁", "王 明\n"),
    ],
)
def test_one_name_of_any_shape_is_no_finding(typed):
    assert code(typed) == ""


KNOWN = sample_words()
ONE = st.builds(
    lambda *parts: "".join(parts),
    st.sampled_from(KNOWN["surnames"]),
    st.sampled_from(KNOWN["given"]),
    st.sampled_from(["", *KNOWN["given_second"]]),
)
JOINTS = [*WORDS["name_joints"], *"、,，;；/／|&＆+＋", "\n", "\r\n", " 、", "，　", "  "]


@settings(max_examples=500)
@given(ONE, st.sampled_from(["", " ", "\u3000", "\u00a0"]))
def test_whoever_the_name_is_one_person_is_no_finding(name, blank):
    surname = 2 if name[:2] in WORDS["double_surnames"] else 1
    assert code(name[:surname] + blank + name[surname:]) == ""


@settings(max_examples=500)
@given(st.lists(ONE, min_size=2, max_size=4), st.sampled_from(JOINTS))
def test_whoever_they_are_two_in_one_cell_are_said(names, joint):
    value, problem, _ = NAMES.parse(joint.join(names[:2] if joint in WORDS["name_joints"] else names))
    assert problem == SEVERAL and value.split("、")[:2] == names[:2]


@settings(max_examples=300)
@given(
    ONE,
    st.sampled_from([char for char in BESIDE_NAMES if char not in "&\\"] + list("0123456789*#!?%@:：。．→●△")),
    st.booleans(),
)
def test_whatever_sign_stands_at_a_name_it_is_said(name, sign, first):
    assert code(sign + name if first else name + sign) in (MORE, SEVERAL)
