"""Every result of every clause over invented rounds, frozen: what a change of the engine must not change.

    python -m tests.frozen [--long] [--dump FILE] [--record]

Rounds are the planted ones (every family, every level, refused rows, units away), random rows of the form (cells empty,
lost and refused, codes of others), and with `--long` whole invented rounds that are read from workbooks, some of them
full of mistakes. Each is judged on several days, and what each judgement read is frozen with it (`Trace`). One mark a
clause stands in `tests/frozen/*.txt`; `--dump` writes all results, so that two dumps can be compared line by line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.compliance_data import dataset, form_of
from tests.planted.rounds import rounds
from toolkit.compute.compliance import compliance, trace_of
from toolkit.model.batch import Dataset
from toolkit.model.policy import Parameters
from toolkit.model.unit import Unit
from toolkit.policies import load_policy
from toolkit.policy_tools.reach import given

PACKS = ("yizheng-2022", "yunnan-2025")
MARKS = Path(__file__).parent / "frozen"
UNITS = (
    Unit("1", "某市委老干部局", "机关", "县（市、区）级", speaks=True),
    Unit("2", "某某市教育局", "机关", "部门（单位）", short_names=("教育局",)),
    Unit("3", "某水务集团", "国有企业", "部门（单位）", parent="2"),
    Unit("4", "某省委老干部局", "机关", "省级", speaks=True),
    Unit("5", "某镇", "园镇", "乡镇（街道）级"),
)
Judgement = tuple[str, Dataset, Parameters, date]


def days_of(year: int) -> tuple[date, ...]:
    """Days of judgement: the year begins, half of it is over, its last day, the day after, years later."""
    return (
        date(year, 2, 10),
        date(year, 7, 1),
        date(year, 12, 31),
        date(year + 1, 1, 10),
        date(year + 3, 1, 1),
    )


def planted(pack: str, long: bool) -> Iterator[Judgement]:
    """The planted rounds on their own day, and on two others."""
    for number, made in enumerate(rounds(pack, 0)):
        data, parameters = made.dataset(), made.parameters
        for day in dict.fromkeys((made.as_of, *(days_of(made.year)[1:3] if long else ()))):
            yield f"planted {number} {day}", data, _on(parameters, day, made.year), day


def drawn(pack: str, seeds: int) -> Iterator[Judgement]:
    """Rows drawn at random: merged ones, some with lost cells, and refused ones; open parameters open and set."""
    policy, form = load_policy(pack), form_of(pack)
    for seed in range(seeds):
        rng, year = Random(f"{pack}/{seed}"), policy.first_year + seed % 3
        tables = {one.name: _rows(one, form, rng, year, 9) for one in form.sheets if one.name != "unit"}
        own = (_row(form.by_name["unit"], form, rng, year, unit.code) for unit in UNITS)
        tables["unit"] = [row | {"_row": number + 7} for number, row in enumerate(own)]
        refused = {one.name: _rows(one, form, rng, year, 1) for one in form.sheets if one.name != "unit"}
        lost = {
            one.name: {(0, row["_row"]): frozenset(rng.sample(one.names, 2)) for row in tables[one.name][::5]}
            for one in form.sheets
            if seed % 2
        }
        for name, places in lost.items():
            for row in tables[name]:
                row.update(dict.fromkeys(places.get((0, row["_row"]), ()), None))
        data = dataset(
            pack,
            tables,
            year=year,
            units=UNITS,
            rejected=refused if seed % 3 else None,
            prior=_prior(form, rng),
            open_cells=lost,
            returned=frozenset(unit.code for unit in UNITS if seed % 4 or unit.code != "3"),
        )
        for day in days_of(year):
            overrides = given(policy) if seed % 2 else {}
            yield f"drawn {seed} {day}", data, _on(Parameters(policy, day, overrides), day, year), day


def read(pack: str) -> Iterator[Judgement]:
    """Rounds written as workbooks and read again, usual and full of mistakes."""
    from toolkit.job import job_for
    from toolkit.pipeline import check
    from toolkit.trial import write_sample

    for defects in ("typical", "heavy"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "round"
            year = load_policy(pack).first_year
            write_sample(folder, policy=pack, units=12, seed=7, defects=defects, year=year)
            checked = check(job_for([folder], as_of=date(year + 1, 1, 15)))
            for day in days_of(year):
                yield f"read {defects} {day}", checked.dataset, _on(checked.job.parameters, day, year), day


def _on(parameters: Parameters, day: date, year: int) -> Parameters:
    return Parameters(parameters.policy, min(day, date(year, 12, 31)), parameters.overrides)


def _rows(sheet, form, rng: Random, year: int, most: int) -> list[dict]:
    if sheet.fixed_rows:
        kept = [(row, unit) for unit in UNITS for row in sheet.fixed_rows if rng.random() < 0.97]
        found = [_row(sheet, form, rng, year, unit.code) | _fixed(row, sheet, year) for row, unit in kept]
    else:
        found = [_row(sheet, form, rng, year, unit.code) for unit in UNITS for _ in range(rng.randrange(most + 1))]
    return [row | {"_row": number + 7} for number, row in enumerate(found)]


def _fixed(row, sheet, year: int) -> dict[str, str]:
    known = {name: value.replace("{year}", str(year)) for name, value in row.values.items() if name in sheet.by_name}
    return {sheet.key[0]: row.key} | known


def _row(sheet, form, rng: Random, year: int, unit: str) -> dict:
    cells = {one.name: _cell(one, form, rng, year, unit) for one in sheet.columns}
    return cells | {"_unit": unit} | ({"unit_code": unit} if "unit_code" in cells else {})


def _cell(column, form, rng: Random, year: int, unit: str) -> object:
    if rng.random() < (0.03 if column.references else 0.12):
        return None
    if column.type == "choice" and (known := form.choices(column)):
        return rng.choice(known)
    if column.type == "date":
        return (
            date(year, 6, 1) + timedelta(rng.choice((rng.randrange(-200, 300), rng.randrange(-2000, 300))))
        ).isoformat()
    if column.type in ("integer", "decimal"):
        number = rng.choice((0, 1, 2, 3, 4, rng.randrange(120), year))
        return number if column.type == "integer" else Decimal(number)
    if column.type == "month":
        return f"{rng.randrange(1940, 1975)}-{rng.randrange(1, 13):02d}"
    if column.references or column.name in ("org_code", "group_code", "host_code"):
        return rng.choice((f"{rng.choice(UNITS).code}-0{rng.randrange(1, 4)}", f"{unit}-01", unit))
    return rng.choice(("甲", "乙", "教育局离退休干部党支部", "01", f"{unit}-01"))


def _prior(form, rng: Random) -> Mapping[str, object]:
    codes = [f"{unit.code}-0{number}" for unit in UNITS for number in (1, 2)]
    return {
        "full_members": {code: rng.randrange(6) for code in codes},
        "branch_grade": {code: rng.choice(("规范", "一般")) for code in codes},
        "in_service_secretaries": {unit.code: [rng.randrange(3), 3] for unit in UNITS},
        "stats": {unit.code: {"classed_members": "12", "served_party": "3"} for unit in UNITS},
        "next_year": {"YZ-3.4-g": {"元旦春节": {"2": [f"{2024}-12-28"]}}},
    }


def judged(pack: str, long: bool) -> Iterator[tuple[str, str]]:
    """(clause, everything that is said of it in one judgement as one line of JSON), over all rounds."""
    sources = [planted(pack, long), drawn(pack, 24 if long else 2), *([read(pack)] if long else [])]
    for source in sources:
        for name, data, parameters, day in source:
            policy = parameters.policy
            found: dict[str, list] = defaultdict(list)
            for one in compliance(data, policy, parameters, day).results:
                found[one.clause].append(_result(one))
            for clause, results in found.items():
                yield clause, json.dumps([name, results], ensure_ascii=False, default=str)
            if long and "drawn" in name and day == days_of(data.year)[3]:
                yield from _traces(name, data, parameters, day)


def _traces(name: str, data: Dataset, parameters: Parameters, day: date) -> Iterator[tuple[str, str]]:
    policy = parameters.policy
    results = compliance(data, policy, parameters, day).results
    for indicator in policy.indicators:
        trace = trace_of(indicator.clause, data, policy, parameters, day, results)
        rows = {unit: sorted({(sheet, row.origin.row) for sheet, row in own}) for unit, own in trace.rows.items()}
        facts = {unit: dict(own) for unit, own in trace.facts.items()}
        own = {unit: sorted(sheets) for unit, sheets in trace.sheets.items()}
        said = [rows, facts, own]
        yield indicator.clause, json.dumps([f"trace {name}", said], ensure_ascii=False, sort_keys=True, default=str)


def _result(one) -> list:
    evidence = [[item.file, item.sheet, item.row] for item in one.evidence]
    return [one.unit, one.subject, one.level, one.code, dict(one.figures), one.reason, one.fix, one.parameter, evidence]


def marks(pack: str, long: bool = False, dump=None) -> dict[str, str]:
    """Clause → a mark over all that is said of it."""
    found: dict[str, object] = defaultdict(hashlib.sha256)
    for clause, line in judged(pack, long):
        found[clause].update(line.encode())  # type: ignore[attr-defined]
        if dump is not None:
            print(clause, line, file=dump)
    return {clause: found[clause].hexdigest()[:16] for clause in sorted(found)}  # type: ignore[attr-defined]


def kept(pack: str, long: bool = False) -> dict[str, str]:
    """The marks that stand in the repository."""
    text = _file(pack, long).read_text(encoding="utf-8")
    return dict(line.split(" ", 1) for line in text.splitlines())


def _file(pack: str, long: bool) -> Path:
    return MARKS / f"{pack}{'-long' if long else ''}.txt"


def main() -> int:
    """Says which clauses differ; 1 if any does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--dump", type=Path)
    options = parser.parse_args()
    differ: list[str] = []
    dump = options.dump.open("w", encoding="utf-8") if options.dump else None
    for pack in PACKS:
        found = marks(pack, options.long, dump)
        if options.record:
            MARKS.mkdir(exist_ok=True)
            _file(pack, options.long).write_text("".join(f"{clause} {mark}\n" for clause, mark in found.items()))
        before = kept(pack, options.long)
        differ += [clause for clause in sorted({*found, *before}) if found.get(clause) != before.get(clause)]
    sys.stdout.write("\n".join(differ or ["equal"]) + "\n")
    return bool(differ)


if __name__ == "__main__":
    sys.exit(main())
