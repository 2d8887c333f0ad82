"""The settings file in Chinese: keys under their names, days and switches in plain words, errors that name both."""

import random
import re

import pytest
import yaml
from rounds import Round

from toolkit.campaign import SETTINGS, open_campaign, settings_file
from toolkit.campaign.parameters import set_parameters
from toolkit.campaign.settings import parse_day
from toolkit.campaign.words import campaign_words
from toolkit.model.errors import DefinitionError, XltoolError

WORDS = campaign_words()
NAMES = WORDS.settings_keys


@pytest.fixture
def folder(tmp_path):
    return Round(tmp_path / "批次", units=2, policy="yizheng-2022", year=2025).campaign.folder


def path_of(folder):
    return folder / SETTINGS


def rewritten(folder, **values):
    """The settings with other values, each given as YAML, and nothing else."""
    known = yaml.safe_load(path_of(folder).read_text("utf-8")) | values
    path_of(folder).write_text(yaml.safe_dump(known, allow_unicode=True, sort_keys=False), "utf-8")


def in_chinese(folder):
    """The same settings under the Chinese names."""
    known = yaml.safe_load(path_of(folder).read_text("utf-8"))
    named = {NAMES[key]: value for key, value in known.items()}
    path_of(folder).write_text(yaml.safe_dump(named, allow_unicode=True, sort_keys=False), "utf-8")


def title_of(folder):
    return str(open_campaign(folder).policy.parameters["secretary_minimum"].title)


def facts(folder):
    made = open_campaign(folder)
    return {key: value for key, value in vars(made).items() if key not in ("folder", "policy")} | {
        "policy": made.policy.id
    }


MAIL = {"host": "smtp.example.cn", "starttls": "on", "ssl": "off", "from": "bgs@example.cn"}
FULL = {
    "deadline": "2025-12-31",
    "return_to": "组织科",
    "collect_id_numbers": "on",
    "parameters": {"secretary_minimum": "400"},
    "mail": MAIL,
    "report_key": "某市某局2025上报口令",
}


def test_a_file_all_in_chinese_says_the_same(folder):
    rewritten(folder, **FULL)
    before = facts(folder)
    mail = {WORDS.mail_keys[key]: {"on": "是", "off": "否"}.get(value, value) for key, value in MAIL.items()}
    title = title_of(folder)
    rewritten(folder, collect_id_numbers="收", mail=mail, deadline="2025年12月31日", parameters={title: "400"})
    in_chinese(folder)
    assert facts(folder) == before


def test_every_key_of_a_new_file_has_its_name_beside_it(folder):
    text = path_of(folder).read_text("utf-8")
    assert set(yaml.safe_load(text)) == set(NAMES)
    for key, name in NAMES.items():
        above = text[: re.search(rf"(?m)^{key}:", text).start()].rstrip().splitlines()
        said = []
        while above and above[-1].startswith("#"):
            said.append(above.pop())
        assert name in "".join(said), (key, name)
    for key, name in WORDS.mail_keys.items():
        assert f"{key} {name}" in text


def test_a_dated_value_may_be_written_in_chinese(folder):
    dated = [{"起": "2025-07-01", "值": "400"}]
    rewritten(folder, parameters={"secretary_minimum": [{"from": "2025-07-01", "value": "400"}]})
    before = facts(folder)
    rewritten(folder, parameters={"secretary_minimum": dated})
    assert facts(folder) == before


@pytest.mark.parametrize("chinese", [False, True])
def test_the_program_writes_where_the_setting_stands(folder, chinese):
    title = title_of(folder)
    rewritten(folder, **FULL | {"parameters": {title if chinese else "secretary_minimum": "300"}})
    if chinese:
        in_chinese(folder)
    settings_file.save(folder, {"title": "新的名称", "deadline": "2025-11-30"})
    set_parameters(open_campaign(folder), {title: "450"})
    made = open_campaign(folder)
    assert (made.title, str(made.deadline), str(made.overrides["secretary_minimum"])) == (
        "新的名称",
        "2025-11-30",
        "450",
    )
    written = yaml.safe_load(path_of(folder).read_text("utf-8"))
    assert len(written) == len(NAMES) and set(written) == set(NAMES.values() if chinese else NAMES)
    new = "year: 2\nmail: {}\nreport_key: ''\n"
    carried = settings_file.carried(path_of(folder).read_text("utf-8"), new, ["mail", "report_key"], {})
    assert "smtp.example.cn" in carried and FULL["report_key"] in carried


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("year: '2025'\n填报年度: '2025'\n", 2, "“填报年度（year）”写了两次"),
        ("报送截至日期: 2025-12-31\n", None, "不认识的键“报送截至日期”，是不是“报送截止日期”"),
        (
            "收公民身份号码: 随便\n",
            1,
            "“收公民身份号码（collect_id_numbers）”不能是“随便”，只能是 on、收、是、off、不收、否",
        ),
        ("填报年度: 二〇二五\n", 1, "“填报年度（year）”应为数字，不能是“二〇二五”"),
        ("发信邮箱: 没有\n", 1, "“发信邮箱（mail）”应为几项“名称: 值”"),
        ("发信邮箱: {端口: '25'}\n", 1, "缺少“服务器（host）”"),
        ("发信邮箱: {服务器: a, 发件地址: b, 端口: 二五}\n", 1, "“端口（port）”应为数字"),
        ("上报口令: 短\n", 1, "“上报口令（report_key）”太短"),
        ("批次名称: '甲\n", None, "这一行读不懂"),
        ("报送截止日期：2025-12-31\n", None, "这一行读不懂"),
    ],
)
def test_what_is_wrong_is_named_as_people_call_it(folder, text, line, says):
    known = yaml.safe_load(path_of(folder).read_text("utf-8"))
    mine = [key for key, name in NAMES.items() if re.search(rf"(?m)^({key}|{name}):", text)]
    rest = {key: value for key, value in known.items() if key not in mine}
    path_of(folder).write_text(text + yaml.safe_dump(rest, allow_unicode=True), "utf-8")
    with pytest.raises(DefinitionError) as caught:
        open_campaign(folder)
    assert says in str(caught.value)
    assert line is None or f"第{line}行" in str(caught.value)


def test_parameters_are_named_in_chinese(folder):
    title = title_of(folder)
    rewritten(folder, parameters={title: "四百"})
    with pytest.raises(XltoolError, match="P002") as caught:
        open_campaign(folder)
    assert f"“{title}（secretary_minimum）”" in str(caught.value)
    rewritten(folder, parameters={"没有的": "1"})
    with pytest.raises(XltoolError, match="P003") as caught:
        open_campaign(folder)
    assert title in str(caught.value)


SAME = [
    "2025-12-31",
    "2025.12.31",
    "2025/12/31",
    "2025年12月31日",
    "20251231",
    "46022",
    "２０２５－１２－３１",
    " 2025-12-31 ",
]


@pytest.mark.parametrize("text", SAME)
def test_a_day_is_written_as_people_write_one(text):
    assert str(parse_day(text)) == "2025-12-31"


@pytest.mark.parametrize(
    "text", ["年底", "2025-13-01", "2025.12", "45", "460222", "12-31", "1899-12-31", "03/04/2025", "-46022"]
)
def test_what_is_no_day_is_asked_for_again(text):
    with pytest.raises(XltoolError, match="K007"):
        parse_day(text)


def test_no_broken_file_speaks_english(folder):
    """Any character taken out, doubled or replaced: the round opens, or one Chinese sentence says what is wrong."""
    rewritten(folder, **FULL)
    whole, rng = path_of(folder).read_text("utf-8"), random.Random(5)
    known = set(re.findall("[A-Za-z_]+", whole)) | set(NAMES) | set(WORDS.mail_keys) | set(WORDS.dated_keys)
    known |= {"on", "off", "UTF", "xltool", "yaml", "DEF", "yizheng", "yunnan"} | set(
        open_campaign(folder).policy.parameters
    )
    refused = 0
    for _ in range(150):
        at = rng.randrange(len(whole))
        broken = whole[:at] + rng.choice(["", whole[at] * 2, *"：:'\"{}[]\t&*!%@`|>#-，,?"]) + whole[at + 1 :]
        path_of(folder).write_text(broken, "utf-8")
        try:
            open_campaign(folder)
        except (XltoolError, DefinitionError) as error:
            refused += 1
            said = re.sub(r"“[^”]*”", "", str(error).replace(str(folder), ""))
            assert set(re.findall("[A-Za-z_]{3,}", said)) <= known | set(re.findall("[A-Za-z_]+", broken)), said
    assert refused > 30
