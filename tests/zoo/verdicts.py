"""What the reader says about the zoo, in the words of expected.yaml; as a program it writes that file anew."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from toolkit.model.batch import Batch, Return

EXPECTED = Path(__file__).with_name("expected.yaml")


def verdict(batch: Batch, returned: Return) -> dict[str, object]:
    """State, findings (code, sheet, cells) and the values of the organisations' rows that were read."""
    found = {"state": returned.state, "says": sorted(_said(finding) for finding in returned.findings)}
    frame = batch.tables["org"]
    rows = [_row(row) for row in frame[frame["_return"] == returned.index].to_dict("records")]
    return {**found, "rows": rows} if rows else found


def _said(finding) -> str:
    place = finding.sheet + ("!" + ",".join(finding.cells) if finding.cells else "")
    return f"{finding.code} {place}".strip()


def _row(row: dict) -> str:
    """One row: its Excel row and all values, empty ones as nothing."""
    values = [value for name, value in row.items() if not name.startswith("_")]
    return f"{row['_row']}: " + "|".join("" if pd.isna(value) else _text(value) for value in values)


def _text(value: object) -> str:
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)[:40]


def verdicts(folder: Path, extra=(), **how) -> tuple[Batch, dict[str, dict[str, dict]]]:
    """The zoo made in a folder and read, with other files after it: the batch, and animal → file → verdict."""
    from toolkit.model.stamp import Stamp
    from toolkit.model.unit import UnitList
    from toolkit.reading import read_returns
    from zoo import build

    made = build.write(folder)
    files = [(name, path) for _, name, path in made] + list(extra)
    round_ = Stamp(campaign="c1", policy="test-2025", year="2025")
    batch = read_returns(files, build.FORM, UnitList(), expected=round_, **how)
    found: dict[str, dict[str, dict]] = {}
    for returned in batch.returns:
        animal, _, file = returned.file.partition("/")
        if animal in build.ANIMALS:
            found.setdefault(animal, {})[file] = verdict(batch, returned)
    return batch, found


if __name__ == "__main__":
    import tempfile

    import yaml

    with tempfile.TemporaryDirectory() as home:
        _, seen = verdicts(Path(home), workers=2)
    text = yaml.safe_dump(seen, allow_unicode=True, sort_keys=True, width=200)
    head = "# What is expected of every animal; after an intended change: python -m zoo.verdicts, review the diff.\n"
    EXPECTED.write_text(head + text, encoding="utf-8")
