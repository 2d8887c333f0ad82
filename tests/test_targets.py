"""Targets of a whole area after merging returns upward: distinct persons, what is missing, what nobody can know."""

import random
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from compliance_data import dataset, report
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from rounds import Round
from test_upward import YN, YZ, changed, rows

from toolkit.cli import main_group
from toolkit.compute.compliance import compliance
from toolkit.compute.context import Context
from toolkit.compute.people import distinct, marks_of
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.people import Rulings
from toolkit.model.policy import Parameters
from toolkit.model.portions import Portion, alike, persons, summed
from toolkit.model.rows import Origin
from toolkit.model.unit import Unit
from toolkit.policies import load_policy
from toolkit.upward import Source, Stand, Upward, merged
from toolkit.upward.areas import area_portions
from toolkit.upward.files import write_merged_upward, write_upward
from toolkit.upward.keys import key_of, name_of
from toolkit.upward.reading import merge_upward, read_upward
from toolkit.upward.targets import targets_of

pytestmark = pytest.mark.rounds

KEY = "某省二〇二七年度上报口令"
LAST, AFTER = date(2027, 12, 31), date(2028, 1, 15)
PROVINCE = Unit("530000", "省委老干部局", "机关", "省级", speaks=True)
TARGETS = {"YN-05-e", "YN-07-f", "YN-08-i", "YN-10-c"}


def area(code, name):
    """A prefecture: its bureau and two departments."""
    bureau = Unit(f"{code}00", f"{name}委老干部局", "机关", "州（市）级", speaks=True)
    return (bureau, *(Unit(f"{code}0{n}", f"{name}第{n}单位", "机关", "部门（单位）") for n in (1, 2)))


EAST, WEST = area("5329", "东州"), area("5325", "西州")


def person(unit, name, key="", birth="1950-01", **more):
    """A secretary whom the province trains."""
    facts = {"post_type": "书记", "programme_tag": "省级培育书记", "person_status": "离退休党员"}
    known = {"org_code": f"{unit.code}-01", "person_key": key or name, "person_name": name, "birth_ym": birth}
    return {**facts, **known, "_unit": unit.code, **more}


def tables_of(units, *posts):
    """The usual rows of some units and these posts, each at a row of its own."""
    tables = rows(units)
    tables["post"] = [{**row, "_row": 50 + n} for n, row in enumerate([*tables["post"], *posts])]
    return tables


def parameters_of(as_of, overrides=None):
    """The parameters of the year 2027."""
    return Parameters(load_policy(YN), min(as_of, LAST), overrides)


def handed(units, posts=(), *, key=KEY, as_of=AFTER, tables=None, rulings=None, **facts):
    """What a round of some units hands up, as far as the targets go."""
    policy = load_policy(YN)
    data = dataset(YN, tables or tables_of(units, *posts), year=2027, units=tuple(units), **facts)
    context = Context(replace(data, rulings=rulings or Rulings()), policy, parameters_of(as_of), as_of)
    source, made = f"yn/{units[0].code}", key_of(key, YN, 2027)
    portions = area_portions(context, policy, made)
    return Upward(
        policy=YN,
        year=2027,
        as_of=as_of.isoformat(),
        title=units[0].name,
        sources={source: Source(units[0].name, as_of.isoformat(), name_of(made))},
        units={unit.code: unit.name for unit in units},
        source_of={unit.code: source for unit in units},
        returned=data.returned,
        items={},
        figures=(),
        levels={},
        stands={unit.code: Stand(unit.level, unit.speaks) for unit in units},
        portions={clause: tuple(replace(one, source=source) for one in own) for clause, own in portions.items()},
    )


def level(lower=(), **overrides):
    """The round of the level that merges."""
    policy = load_policy(YN)
    wanted = {"target_secretaries": 4, "target_tolerance": 0, **overrides}
    facts = {"policy": policy, "year": 2027, "title": "全省", "lower": lower}
    return SimpleNamespace(**facts, parameters=lambda day: parameters_of(day, wanted))


BOTH = (EAST[0].name, WEST[0].code)


def aim(parts, campaign=None, clause="YN-07-f"):
    """One target of the area that some returns make up."""
    whole = merged(parts, "全省")
    return next(one for one in targets_of(whole, campaign or level(BOTH)).aims if one.clause == clause)


def said(found):
    """Level and code of the only result."""
    (one,) = found.results
    return one.level, one.code


TOP = handed((PROVINCE,))


@pytest.fixture(scope="module")
def lower():
    """Two prefectures; 李 stands in both, 王 in two units of one, by name."""
    one, other = EAST[1], EAST[2]
    east = handed(EAST, [person(one, "王"), person(one, "李"), person(other, "王", "P9")])
    return east, handed(WEST, [person(WEST[1], "李"), person(WEST[1], "赵"), person(WEST[2], "钱")])


def test_a_person_in_two_prefectures_gives_two_bounds_and_the_level_waits(lower):
    found = aim([*lower, TOP])
    assert (found.rows, found.tally.most, found.tally.least) == (6, 6, 4)
    assert [(share.rows, share.tally.most, share.tally.least) for share in found.shares] == [
        (0, 0, 0),
        (3, 3, 3),
        (3, 3, 2),
    ]
    assert found.alike == ((WEST[1].code, EAST[1].code),)
    assert said(found) == ("达标", "TARGET-MET") and "最少4人" in found.results[0].reason
    for wanted, expected in (
        (5, ("预警", "TARGET-DOUBT")),
        (6, ("预警", "TARGET-DOUBT")),
        (7, ("不达标", "TARGET-MISSED")),
    ):
        assert said(aim([*lower, TOP], level(BOTH, target_secretaries=wanted))) == expected


def test_who_is_ruled_one_person_counts_once_and_who_is_ruled_apart_twice():
    """Three units, two rounds, one name: what a round has settled holds above it."""
    one, other = EAST[1], EAST[2]
    posts, west = [person(one, "王"), person(other, "王")], handed(WEST, [person(WEST[1], "王")])
    for rulings, alone, both in (
        (Rulings(), (2, 1), (3, 1)),
        (Rulings(same={("王", "1950-01"): frozenset({one.code, other.code})}), (1, 1), (2, 1)),
        (Rulings(apart={("王", "1950-01"): {one.code: 1, other.code: 2}}), (2, 2), (3, 2)),
    ):
        part = handed(EAST, posts, rulings=rulings)
        counted = (aim([part, TOP]).tally, aim([part, west, TOP]).tally)
        assert [(tally.most, tally.least) for tally in counted] == [alone, both]
    again = handed(EAST, [person(one, "王", "K"), person(one, "王", "K", post_type="委员")])
    found = aim([again, TOP])
    assert (found.rows, found.tally.most, found.tally.least) == (2, 1, 1)


def test_id_numbers_of_two_rounds_say_who_is_one_person_whatever_the_rest_says():
    """As in one round: certain, nobody need be asked, and the level does not wait."""
    number, switches = "110105194912310021", frozenset({"collect_id_numbers"})

    def both(birth):
        known = [person(EAST[1], "王", id_number=number)], [person(WEST[1], "王", birth=birth, id_number=number)]
        parts = [handed(units, own, switches=switches) for units, own in zip((EAST, WEST), known, strict=True)]
        return [*parts, TOP]

    for birth in ("1950-01", "1950-02"):
        found = aim(both(birth), level(BOTH, target_secretaries=2))
        assert (found.rows, found.tally.most, found.tally.least, found.alike) == (2, 1, 1, ())
        assert said(found) == ("不达标", "TARGET-MISSED")
    other = {"id_number": "110105195001310029"}
    for more, bounds in ((other, (2, 2, 0)), ({"id_number": None}, (2, 1, 1))):
        parts = [
            handed(EAST, [person(EAST[1], "王", id_number=number)], switches=switches),
            handed(WEST, [person(WEST[1], "王", **more)], switches=switches),
        ]
        found = aim([*parts, TOP])
        assert (found.tally.most, found.tally.least, len(found.alike)) == bounds
    marks = [mark for part in both("1950-01") for one in part.portions["YN-07-f"] for mark in one.marks]
    assert number not in "".join(marks) and all(map(str.isalpha, marks))


def test_a_missing_return_unit_or_list_leaves_the_met_and_hides_the_missed(lower):
    east, west = lower
    assert said(aim([east, TOP])) == ("无法判定", "TARGET-ABSENT")
    assert WEST[0].code in aim([east, TOP]).results[0].reason
    assert said(aim([east, TOP], level(BOTH, target_secretaries=2))) == ("达标", "TARGET-MET")
    nobody = aim([east, west, TOP], level((), target_secretaries=9))
    assert said(nobody) == ("无法判定", "TARGET-ABSENT") and "是否收齐" in nobody.results[0].reason
    away = handed(WEST, [person(WEST[1], "赵")], returned=frozenset({WEST[1].code, WEST[0].code}))
    assert said(aim([east, away, TOP], level(BOTH, target_secretaries=9))) == ("无法判定", "TARGET-ABSENT")
    assert said(aim([east, away, TOP], level(BOTH, target_secretaries=2))) == ("达标", "TARGET-MET")
    assert said(aim([east, west], level(BOTH))) == ("不适用", "UPPER-REPORT")


def test_refused_rows_decide_only_where_they_could(lower):
    refused = {"post": [person(WEST[1], "孙")]}
    west = handed(WEST, [person(WEST[1], "赵")], rejected=refused)
    for wanted, expected in ((2, "达标"), (5, "无法判定"), (6, "不达标")):
        assert aim([lower[0], west, TOP], level(BOTH, target_secretaries=wanted)).level == expected
    assert said(aim([lower[0], west, TOP], level(BOTH, target_secretaries=5)))[1] == "ROWS-REFUSED"


def test_without_one_key_nobody_is_recognised_and_nobody_is_judged_on_it(lower):
    for other in ("", "另外一串十二个字以上的口令"):
        west = handed(WEST, [person(WEST[1], "李"), person(WEST[1], "赵"), person(WEST[2], "钱")], key=other)
        parts = [lower[0], west, TOP]
        found = aim(parts, level(BOTH, target_secretaries=5))
        assert (found.tally.most, found.tally.least, found.tally.keys) == (6, 3, 2) and not found.alike
        assert said(found) == ("无法判定", "TARGET-RANGE") and "最少3人" in found.results[0].reason
        assert aim(parts, level(BOTH, target_secretaries=3)).level == "达标"
        assert aim(parts, level(BOTH, target_secretaries=7)).level == "不达标"


def test_the_oldest_return_says_which_day_it_is():
    early = handed(EAST, as_of=date(2027, 10, 1))
    found = targets_of(merged([early, TOP], ""), level(BOTH[:1]))
    assert found.day == date(2027, 10, 1)
    assert next(one for one in found.aims if one.clause == "YN-07-f").results[0].code == "TARGET-OPEN"


def test_a_return_that_says_nothing_of_a_clause_is_one_that_is_missing(lower):
    whole = merged((*lower, TOP), "")
    kept = tuple(one for one in whole.portions["YN-07-f"] if not one.source.endswith(EAST[0].code))
    older = replace(whole, portions={**whole.portions, "YN-07-f": kept})
    found = next(one for one in targets_of(older, level(BOTH)).aims if one.clause == "YN-07-f")
    assert said(found) == ("无法判定", "TARGET-ABSENT") and "没有这一条" in found.results[0].reason


def facts_of(results):
    """What a director reads of some results, wherever they were judged."""
    return sorted((one.clause, one.level, one.code, one.reason) for one in results)


@pytest.mark.parametrize("seed", range(6))
def test_three_rounds_merged_say_what_one_round_of_all_says(seed):
    """The same rows: persons, named branches, training by level, refused rows, units that did not return."""
    die = random.Random(seed)
    everybody = (PROVINCE, *EAST, *WEST)
    posts = [person(die.choice(everybody), die.choice("王李赵钱"), f"P{n}") for n in range(8)]
    posts += [person(die.choice(everybody), "孙", f"L{n}", programme_tag="省级培育联络员") for n in range(2)]
    refused = [person(die.choice(everybody), "周")] * die.choice((0, 1))
    named = {"item_type": "模范党支部", "level": "省级", "status": "命名", "award_date": "2026-07-01"}
    hosts = [die.choice(everybody).code for _ in range(5)]
    honours = [{**named, "host_code": f"{code}-01", "_unit": code} for code in hosts]
    trained = [unit.code for unit in everybody if die.random() < 0.5]
    events = [
        {"event_type": "培训班", "event_date": "2027-03-01", "host_code": code, "_unit": code} for code in trained
    ]
    returned = frozenset(unit.code for unit in everybody if unit is PROVINCE or die.random() < 0.9)
    wanted = {"target_secretaries": die.randint(1, 9), "target_model_branches": 3, "target_tolerance": 0}

    def part(units):
        codes = {unit.code for unit in units} & returned
        own = lambda found: [row for row in found if row["_unit"] in codes]  # noqa: E731
        usual = {sheet: own(found) for sheet, found in rows(units).items()}
        usual["post"] = [{**row, "_row": 50 + n} for n, row in enumerate([*usual["post"], *own(posts)])]
        tables = {**usual, "honor": own(honours), "event": usual["event"] + own(events)}
        return {"tables": tables, "rejected": {"post": own(refused)}, "returned": codes}

    whole = merged([handed(units, **part(units)) for units in (EAST, (PROVINCE,), WEST)], "")
    apart = [one for target in targets_of(whole, level(BOTH, **wanted)).aims for one in target.results]
    data = dataset(YN, **part(everybody), year=2027, units=everybody)
    together = compliance(data, load_policy(YN), parameters_of(AFTER, wanted), AFTER).results
    together = [one for one in together if one.clause in TARGETS and one.unit == PROVINCE.code]
    assert facts_of(apart) == facts_of(together) and {one.clause for one in apart} == TARGETS


PEOPLE = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("12"), st.sampled_from("王李赵"), st.integers(0, 3)), max_size=12
)


def counted_alike(mentions):
    """Rows of (source, unit, name, number) as one round would have them."""
    return [
        SimpleNamespace(
            origin=Origin(f"{source}{unit}", 0, n), person_key=str(key), person_name=name, birth_ym="1950-01"
        )
        for n, (source, unit, name, key) in enumerate(mentions)
    ]


def portions_of(mentions):
    """Portions of the same rows as one round a source would hand them up."""
    found, every = [], counted_alike(mentions)
    for source in sorted({one[0] for one in mentions}):
        own = [row for row in every if row.origin.unit[0] == source]
        known = distinct(own, Rulings())
        for row in own:
            numbers = str(known.person[row.origin]), known.circle()[row.origin]
            found.append(Portion(row.origin.unit, "", *numbers, 1, 0, marks_of(row, "|".join), source))
    return found


@given(PEOPLE)
@settings(max_examples=60, deadline=None)
def test_counting_apart_is_counting_together(mentions):
    """The bounds are those of one round of all rows; another return lowers none; order and summing change nothing.

    Where a unit gives one person two names, the lower bound of several rounds is the closer one.
    """
    keys = dict.fromkeys("abc", "k")
    portions = portions_of(mentions)
    tally, together = persons(portions, keys), distinct(counted_alike(mentions), Rulings())
    plain = len({(at, unit, key) for at, unit, _, key in mentions}) == len({(at, u, n, k) for at, u, n, k in mentions})
    assert tally.most == together.count and together.least <= tally.least <= tally.most
    assert tally.least == together.least or not plain
    assert persons(portions[::-1], keys) == persons(summed(portions), keys) == tally
    for source in "abc":
        less = persons([one for one in portions if one.source != source], keys)
        assert less.most <= tally.most and (less.least <= tally.least or not plain)
        apart = persons(portions, {**keys, source: ""})
        assert apart.most == tally.most and (apart.least <= tally.least or not plain)
    assert all(len({unit[0] for unit in units}) > 1 for units in alike(portions, keys))


def test_marks_say_nothing_without_the_key_and_nothing_about_another_year_or_clause(lower):
    keys = [key_of(text, *of) for text in (KEY, KEY + "。") for of in ((YN, 2027), (YN, 2026), (YZ, 2027))]
    assert len({*keys}) == len({name_of(key) for key in keys}) == 6 and name_of(key_of("", YN, 2027)) == ""
    assert key_of(" 某省 二〇二七年度上报口令", YN, 2027) == key_of(KEY, YN, 2027)
    marks = {one.marks for one in lower[0].portions["YN-07-f"]}
    assert len(marks) == 2 and all(mark.isalpha() for own in marks for mark in own)
    tagged = [person(EAST[1], "王"), person(EAST[1], "王", "L", programme_tag="省级培育联络员")]
    by_clause = handed(EAST, tagged).portions
    assert by_clause["YN-07-f"][0].marks != by_clause["YN-08-i"][0].marks
    assert {one.marks for one in handed(EAST, tagged, key="").portions["YN-07-f"]} == {()}


def written(parts, folder):
    """The returns of some rounds, as files."""
    return [write_upward(part, folder / f"{n}.xlsx") for n, part in enumerate(parts)]


def test_what_travels_comes_back_and_what_was_changed_is_refused(lower, tmp_path):
    files = written([*lower, TOP], tmp_path)
    whole, again = lower[0], read_upward(files[0])
    assert dict(again.portions) == dict(whole.portions) and dict(again.stands) == dict(whole.stands)
    assert dict(again.sources) == dict(whole.sources)
    for sheet, column, value in (
        ("目标数据", 6, 7),
        ("目标数据", 8, "aaaa"),
        ("单位", 5, None),
        ("来源", 3, "2028-01-16"),
    ):

        def edit(page, column=column, value=value):
            first = next(row for row in page.iter_rows() if row[0].value in (1, EAST[1].code))
            first[column].value = value

        with pytest.raises(XltoolError, match="UPW-003"):
            read_upward(changed(files[0], tmp_path / "改.xlsx", sheet, edit))


def test_files_in_any_order_and_under_any_name_give_the_same_bytes(lower, tmp_path):
    files = written([*lower, TOP], tmp_path)
    named = [path.rename(tmp_path / f"{9 - n}.xlsx") for n, path in enumerate(files)]
    first, second = tmp_path / "甲.xlsx", tmp_path / "乙.xlsx"
    write_merged_upward(named, first, "全省", level(BOTH))
    back = [path.rename(tmp_path / f"{n}.xlsx") for n, path in enumerate(named)]
    write_merged_upward(back[::-1], second, "全省", level(BOTH))
    assert first.read_bytes() == second.read_bytes()
    assert (
        targets_of(merge_upward([first], "全省"), level(BOTH)).aims
        == targets_of(merge_upward(back, "全省"), level(BOTH)).aims
    )


def test_a_round_of_another_year_and_a_policy_that_is_not_here(lower):
    whole = merged((*lower, TOP), "")
    with pytest.raises(XltoolError, match="UPW-008"):
        targets_of(replace(whole, year=2026), level(BOTH))
    with pytest.raises(XltoolError, match="UPW-009"):
        targets_of(replace(whole, policy="elsewhere-2030"))


def test_the_own_round_of_a_level_with_lower_returns_leaves_its_targets_to_the_merge():
    data = replace(dataset(YN, tables_of((PROVINCE,)), year=2027, units=(PROVINCE,)), awaits=("东州",))
    found = {one.clause: one for one in report(data, AFTER).results if one.clause in TARGETS}
    assert {one.code for one in found.values()} == {"MERGE-LATER"} and "东州" in found["YN-07-f"].reason
    assert {one.level for one in found.values()} == {"不适用"}


def test_a_round_of_towns_leaves_the_clauses_of_the_city_to_it():
    """FIG-16 in the other policy."""
    towns = tuple(Unit(f"32108{n}", f"某镇{n}", "园镇", "部门（单位）") for n in (1, 2))
    found = report(dataset(YZ, year=2023, units=towns), "2024-01-10").results
    area = {one.clause: one for one in found if not one.unit and one.level != "不适用"}
    upper = {one.clause for one in found if not one.unit and one.code == "UPPER-LEVEL"}
    assert not area and {"YZ-S1-i", "YZ-S2-g", "YZ-4.3-c"} <= upper
    assert all("由县（市、区）级评定" in one.reason for one in found if one.code == "UPPER-LEVEL")


def xltool(*words):
    """Exit code and all that is said."""
    done = CliRunner().invoke(main_group, [str(word) for word in words], catch_exceptions=False)
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Rounds on disk: two prefectures and the province, a unit each; 柳如 is trained in both prefectures."""
    folder = tmp_path_factory.mktemp("targets")

    def trained(names):
        def change(found):
            base = next(row for row in found if row["post_type"] == "书记")
            tag = {
                "programme_tag": "省级培育书记",
                "birth_ym": "1951-03",
                "subsidy_recipient": "否",
                "paid_months": None,
            }
            tag |= {"paid_amount": None, "post_type": "委员", "start_date": date(2024, 3, 1), "end_date": None}
            return found + [
                {**base, **tag, "post_no": f"9{n}", "person_key": f"T{n}", "person_name": name}
                for n, name in enumerate(names)
            ]

        return {"post": change}

    made = {}
    for n, (name, stand, names) in enumerate(
        (("东州", "州（市）级", ["柳如", "柳青"]), ("西州", "州（市）级", ["柳如", "柳叶"]), ("省", "省级", []))
    ):
        unit = lambda listed, n=n, stand=stand: [replace(listed[n], level=stand, speaks=True)]  # noqa: E731
        made[name] = Round(folder / name, units=4, pick=unit, settings={"report_key": KEY})
        made[name].put(0, rows=trained(names))
    lower = [made[name].units[0].code for name in ("东州", "西州")]
    path = folder / "省" / "批次设置.yaml"
    path.write_text(path.read_text("utf-8").replace("lower_reports: []", f"lower_reports: {lower}"), "utf-8")
    return folder


def test_rounds_on_disk_report_and_their_level_merges_and_judges(places, tmp_path):
    inbox = tmp_path / "下级上报"
    for name in ("东州", "西州", "省"):
        code, text = xltool("report-up", places / name, "--as-of", "2026-01-15", "-o", inbox / f"{name}.xlsx")
        assert code == 0, text
    code, text = xltool("merge-up", inbox, "--round", places / "省", "-o", tmp_path / "全省.xlsx")
    assert code == 0 and "3 个单位" in text
    book = load_workbook(tmp_path / "全省.xlsx", data_only=True)
    lines = {row[1]: row for row in book["本级目标"].iter_rows(values_only=True)}
    assert lines["YN-07-f"][4:8] == ("100", 4, "3—4", "预警")
    assert "都已交来" in book["本级目标"]["A3"].value and book.sheetnames[0] == "本级目标"
    asked = [row[0] for row in book["目标来源"].iter_rows(values_only=True) if str(row[0]).startswith("疑似")]
    assert len(asked) == 1 and "、" in asked[0]
    text = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert not any(secret in text for secret in ("柳如", "柳青", "1951-03", KEY))
    (inbox / "西州.xlsx").rename(tmp_path / "西州.xlsx")
    assert xltool("merge-up", inbox, "--round", places / "省", "-o", tmp_path / "缺.xlsx")[0] == 0
    assert "还缺 1 份" in load_workbook(tmp_path / "缺.xlsx")["本级目标"]["A3"].value
    changed(tmp_path / "西州.xlsx", inbox / "西州.xlsx", "目标数据", lambda sheet: sheet.delete_rows(sheet.max_row))
    code, text = xltool("merge-up", inbox, "--round", places / "省", "-o", tmp_path / "改.xlsx")
    assert code == 2 and text.startswith("[UPW-003]") and text.count("\n") == 2 and "西州.xlsx" in text
    assert not (tmp_path / "改.xlsx").exists()


def test_a_key_that_could_be_guessed_is_refused(places, tmp_path):
    path = places / "东州" / "批次设置.yaml"
    kept = path.read_text("utf-8")
    path.write_text(kept.replace(KEY, "短口令"), "utf-8")
    with pytest.raises(DefinitionError, match="12"):
        Round.settings(SimpleNamespace(campaign=SimpleNamespace(folder=path.parent)))
    path.write_text(kept, "utf-8")
