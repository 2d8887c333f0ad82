"""Cells with names: two persons in one cell, or more than a name, are said; names of every shape are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.people import plain, printed
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


IGNORED = [
    *(
        0xAD,
        0x34F,
        0x61C,
        0x17B4,
        0x17B5,
        0xFEFF,
        *range(0x180B, 0x1810),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202E),
    ),
    *(*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4)),
    *(*range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0200), 0xE0FFF),
]
"""Default_Ignorable_Code_Point of Unicode but the fillers of Hangul, which have a width, and what turns texts round."""


@settings(max_examples=500)
@given(ONE, st.sampled_from(IGNORED), st.data())
def test_what_is_drawn_as_nothing_makes_nobody_else(name, code_point, data):
    """The name of the person, and the repair says that something unseen was taken away, not blanks."""
    at = data.draw(st.integers(0, len(name)))
    typed = name[:at] + chr(code_point) + name[at:]
    assert NAMES.parse(typed) == (name, "", "R001")
    assert (plain(typed), printed(typed)) == (plain(name), name)


@pytest.mark.parametrize("filler", "\u115f\u1160\u3164\uffa0\u2800\u3000")
def test_a_filler_is_a_blank_in_a_name(filler):
    assert NAMES.parse(f"赵{filler}淑珍")[:2] == ("赵淑珍", "")


def test_selectors_behind_mongolian_letters_stay():
    assert NAMES.parse("\u182a\u180b\u1820") == ("\u182a\u180b\u1820", "", "")


def test_a_mark_over_a_character_of_a_name_is_said():
    assert code("赵\u0301淑珍") == MORE
