"""Collection rounds: settings, unit list, ledger, and what a broken one says."""

from datetime import date
from decimal import Decimal

import pytest

from toolkit.campaign import SETTINGS, create_campaign, open_campaign
from toolkit.campaign.unit_list import read_unit_list, unit_list_workbook
from toolkit.files import safe_name, write_whole
from toolkit.forms import load_form
from toolkit.model.batch import Return
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.unit import KnownOrg, Unit, UnitList
from toolkit.policies import load_policy

POLICY = load_policy("yizheng-2022")
FORM = load_form(POLICY)
UNITS = UnitList(
    (
        Unit("320901", "某市委老干部局", "机关", "县（市、区）级"),
        Unit(
            "320902",
            "某市教育局",
            "机关",
            "部门（单位）",
            parent="320901",
            short_names=("教育局", "市教育局"),
            orgs=(KnownOrg("320902-01", "某市教育局离退休干部党支部", "党支部"),),
        ),
    )
)


@pytest.fixture
def unit_list(tmp_path):
    path = tmp_path / "单位 名录.xlsx"
    path.write_bytes(unit_list_workbook(UNITS, FORM))
    return path


@pytest.fixture
def campaign(tmp_path, unit_list):
    return create_campaign(tmp_path / "批 次", policy=POLICY, year=2025, unit_list=unit_list)


def test_the_unit_list_survives_writing_and_reading(unit_list):
    assert read_unit_list(unit_list, FORM).units == UNITS.units


def test_a_new_round_has_its_folders_and_can_be_opened(campaign):
    assert sorted(path.name for path in campaign.folder.iterdir() if path.is_dir()) == ["下发", "回收", "汇总", "退回"]
    assert (campaign.year, campaign.units.units) == (2025, UNITS.units)


def test_a_second_round_in_the_same_folder_is_refused(campaign, unit_list):
    with pytest.raises(XltoolError, match="K002"):
        create_campaign(campaign.folder, policy=POLICY, year=2025, unit_list=unit_list)


def test_a_year_before_the_policy_is_refused(tmp_path, unit_list):
    with pytest.raises(XltoolError, match="K003"):
        create_campaign(tmp_path / "x", policy=POLICY, year=2022, unit_list=unit_list)
    assert not (tmp_path / "x").exists()


def test_a_deadline_that_is_no_date_leaves_nothing(tmp_path, unit_list):
    with pytest.raises(XltoolError, match="K007"):
        create_campaign(tmp_path / "x", policy=POLICY, year=2025, unit_list=unit_list, deadline="03.04.2025")
    assert not (tmp_path / "x").exists()


def _workbook(rows, title="单位名录"):
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


HEAD = ["单位代码", "单位全称", "单位类别", "层级"]
GOOD = ["1", "甲", "机关", "部门（单位）"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7", "U001"),
        (b"nothing", "U002"),
        (_workbook([["甲", "乙"], ["1", "2"]]), "U002"),
        (_workbook([HEAD[:3], GOOD[:3]]), "U005"),
        (_workbook([HEAD, GOOD, ["1", "乙", *GOOD[2:]]]), "U005"),
        (_workbook([HEAD, ["1", "甲", "协会", "部门（单位）"]]), "U005"),
        (_workbook([HEAD, ["1", "", "机关", "部门（单位）"]]), "U005"),
        (_workbook([HEAD]), "U004"),
    ],
)
def test_a_broken_unit_list_is_one_sentence_and_leaves_nothing(tmp_path, data, code):
    path = tmp_path / "名录.xlsx"
    path.write_bytes(data)
    with pytest.raises(XltoolError, match=code):
        create_campaign(tmp_path / "x", policy=POLICY, year=2025, unit_list=path)
    assert not (tmp_path / "x").exists()


def test_parameters_can_be_set_for_the_round(campaign):
    path = campaign.folder / SETTINGS
    path.write_text(path.read_text("utf-8").replace("parameters: {}", 'parameters: {month_rule: "any_day"}'), "utf-8")
    parameters = open_campaign(campaign.folder).parameters(POLICY.effective)
    assert (parameters.get("month_rule"), parameters.origin("month_rule")) == ("any_day", "批次设置")


@pytest.mark.parametrize(
    ("line", "error"), [('{month_rule: "sometimes"}', "P002"), ('{speed: "1"}', "P003"), ("{}\nunknown: 1", "DEF-001")]
)
def test_wrong_settings_are_one_sentence(campaign, line, error):
    path = campaign.folder / SETTINGS
    path.write_text(path.read_text("utf-8").replace("parameters: {}", f"parameters: {line}"), "utf-8")
    with pytest.raises((XltoolError, DefinitionError), match=error):
        open_campaign(campaign.folder)


def test_two_runs_at_once_exclude_each_other(campaign):
    other = open_campaign(campaign.folder)
    with campaign.exclusive(), campaign.exclusive(), pytest.raises(XltoolError, match="K006"), other.exclusive():
        pass


def test_the_ledger_remembers_what_is_gone(campaign):
    first = Return(0, "a.xlsx", campaign.inbox / "a.xlsx", sha256="1", unit="320902")
    campaign.ledger.record_returns([first], {}, {})
    campaign.ledger.record_returns([], {}, {})
    assert [(row["file"], row["present"]) for row in campaign.ledger.returned()] == [("a.xlsx", 0)]
    assert [row["what"] for row in campaign.ledger.history()] == ["校验", "移走"]


def test_a_damaged_ledger_is_one_sentence(campaign):
    campaign.ledger.note("x")
    campaign.ledger.path.write_bytes(b"not a database" * 100)
    with pytest.raises(XltoolError, match="K008"):
        campaign.ledger.history()


@pytest.mark.parametrize("name", ["../../x", "a/b:c", "CON", "nul.txt", "x. ", "党" * 200, "~$x", "-x", "\u202ex"])
def test_names_are_safe_everywhere(tmp_path, name):
    path = tmp_path / f"{safe_name(name)}.xlsx"
    write_whole(path, b"1")
    assert path.parent == tmp_path and path.read_bytes() == b"1"
    assert path.stem.split(".")[0].lower() not in {"con", "nul"} and not path.stem.endswith((" ", "."))


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x"
    write_whole(path, b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(XltoolError, match="O002"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["x"]


def with_parameters(campaign, text):
    """The round opened anew with other parameters."""
    path = campaign.folder / SETTINGS
    path.write_text(path.read_text("utf-8").replace("parameters: {}", f"parameters:\n{text}"), "utf-8")
    return open_campaign(campaign.folder)


def test_a_parameter_that_changes_in_mid_year_splits_the_months(campaign):
    from allowance_data import cells, dataset

    from toolkit.compute.allowance import allowance

    dated = '  secretary_minimum: [{from: "2025-07-01", value: "400"}, {from: "2025-10-01", value: "450.50"}]\n'
    again = with_parameters(campaign, dated)
    day = date(2026, 1, 10)
    parameters = again.parameters(day)
    assert [parameters.get("secretary_minimum", date(2025, month, 1)) for month in (6, 7, 9, 10)] == [
        Decimal(300),
        Decimal(400),
        Decimal(400),
        Decimal("450.50"),
    ]
    data = dataset(again.policy, 2025, {"post": cells("姓名 | 任职日期\n甲 | 2020-01-01")})
    report = allowance(data, again.policy, parameters, day)
    assert report.persons[0].due == 6 * 300 + 3 * 400 + 3 * Decimal("450.50")
    value, origin = report.parameters["secretary_minimum"]
    assert value == "2025-01-01起 300；2025-07-01起 400；2025-10-01起 450.50"
    assert origin == "YZ-S4-l；批次设置"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{from: "2025-07-01", value: "四百"}]', "参数值“四百”不对：不是数字"),
        ('[{from: "7月1日", value: "400"}]', "“起（from）”应为 2025-01-02 这样的日期"),
        ('[{from: "2025-07-01", value: "400"}, {from: "2025-03-01", value: "350"}]', "日期由早到晚且不重复"),
        ('[{from: "2025-07-01", value: "400", to: "2025-09-01"}]', "不认识的键“to”"),
        ('[{from: "2025-07-01", value: "400"}, "500"]', "（secretary_minimum）”应为记录列表"),
        ('{from: "2025-07-01", value: "400"}', "写成 [{from: 2025-07-01, value: …}]"),
        ('[{from: "2026-07-01", value: "400"}]', "2026-07-01 起的值在 2025 年度用不到"),
    ],
)
def test_a_wrong_dated_parameter_says_line_and_how(campaign, text, says):
    with pytest.raises(DefinitionError) as caught:
        with_parameters(campaign, f"  secretary_minimum: {text}")
    assert says in str(caught.value)
    line = next(
        number
        for number, one in enumerate((campaign.folder / SETTINGS).read_text("utf-8").splitlines(), 1)
        if one.startswith("  secretary_minimum")
    )
    assert f"{SETTINGS}:{line}" in str(caught.value) or f"第{line}行" in str(caught.value), str(caught.value)
