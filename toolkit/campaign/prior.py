"""Last year's key figures, read from the merged data that last year's collection round left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import Campaign, is_campaign, open_campaign
from toolkit.model.batch import Dataset
from toolkit.model.errors import XltoolError
from toolkit.model.merged import OPEN, REFUSED
from toolkit.model.unit import UnitList
from toolkit.words import words

if TYPE_CHECKING:
    import pandas as pd

LIAISON, IN_SERVICE, TOTALS = "党建联络员", "在职党员", "annual_stat"


def prior_figures(campaign: Campaign) -> dict[str, object]:
    """The key figures of the round that the setting `prior` names; {} when the setting is empty.

    Keys and values: `toolkit.compute.prior`; besides, `liaison_gaps`: organisation → longest time of last year
    without a liaison, in days; `earlier_stats`: year → unit → statistic → value as text, of all earlier rounds.
    Raises: XltoolError: PRI-001 no such round, PRI-002 not an earlier year, PRI-003 nothing merged there yet.
    """
    dataset = prior_dataset(campaign)
    return {**figures_of(dataset), "earlier_stats": earlier_stats(campaign)} if dataset else {}


def prior_dataset(campaign: Campaign) -> Dataset | None:
    """The merged tables of the round that the setting `prior` names; None when the setting is empty.

    Raises: XltoolError: PRI-001, PRI-002 see `prior_campaign`, PRI-003 nothing merged there yet.
    """
    before = prior_campaign(campaign)
    return merged_dataset(before) if before else None


def prior_campaign(campaign: Campaign) -> Campaign | None:
    """The round that the setting `prior` names; None when the setting is empty.

    Raises: XltoolError: PRI-001 no such round, PRI-002 not an earlier year.
    """
    if not campaign.prior:
        return None
    folder = campaign.folder / campaign.prior
    if not is_campaign(folder):
        raise XltoolError("PRI-001", folder=folder)
    before = open_campaign(folder)
    if before.year >= campaign.year:
        raise XltoolError("PRI-002", folder=folder, year=before.year, this=campaign.year)
    return before


def earlier_rounds(campaign: Campaign) -> Iterator[Campaign]:
    """The rounds before, the nearest first: the one that `prior` names, the one that it names, as long as there is one.

    Raises: XltoolError: as `prior_campaign`, of the nearest; further ones may have been moved away.
    """
    before = prior_campaign(campaign)
    while before:
        yield before
        folder = before.folder / before.prior
        earlier = open_campaign(folder) if before.prior and is_campaign(folder) else None
        before = earlier if earlier and earlier.year < before.year else None


def totals_file(campaign: Campaign) -> Path:
    """Where the merged annual totals of a round are."""
    return _parquets(campaign, TOTALS)[0]


def earlier_stats(campaign: Campaign) -> dict[str, dict[str, dict[str, str]]]:
    """Year → code that a unit has now → statistic → value as text, of all earlier rounds that were merged.

    Raises: XltoolError: PRI-004 a file is damaged.
    """
    from toolkit.compute.families.coverage import plain

    found: dict[str, dict[str, dict[str, str]]] = {}
    for one in earlier_rounds(campaign):
        path, own = totals_file(one), found.setdefault(str(one.year), {})
        for row in _table(path, {}).to_dict("records") if path.is_file() else ():
            if row["value"] is not None:
                own.setdefault(campaign.units.now(row["_unit"]), {})[row["stat_key"]] = plain(row["value"])
    return {year: own for year, own in found.items() if own}


def prior_names(campaign: Campaign) -> dict[str, str]:
    """Code that a unit has now → what it was called in last year's merged data.

    Raises: XltoolError: as `prior_dataset`, and PRI-004.
    """
    if not (before := prior_campaign(campaign)):
        return {}
    frames = [_table(path, {}) for path in _parquets(before, "unit") if path.is_file()]
    return {
        campaign.units.now(str(row["_unit"])): str(row["unit_name"])
        for frame in frames
        for row in frame.to_dict("records")
        if row["unit_name"]
    }


def others_then(campaign: Campaign) -> dict[str, str]:
    """Code of a unit of today → name of the other unit that had this code last year.

    Raises: XltoolError: as `prior_names`.
    """
    from toolkit.reading.unit_names import Names

    names = Names(campaign.units)
    return {code: name for code, name in prior_names(campaign).items() if not names.is_still(code, name)}


def rows_then(campaign: Campaign, sheet: str) -> pd.DataFrame | None:
    """The merged rows of a sheet in last year's round, each under the code that its unit has today.

    Returns: None when the setting `prior` is empty, or last year's form had no such sheet.
    Raises: XltoolError: as `prior_names`.
    """
    if not (before := prior_campaign(campaign)) or sheet not in before.form.by_name:
        return None
    if not (path := _parquets(before, sheet)[0]).is_file():
        raise XltoolError("PRI-003", folder=before.folder, file=path.name)
    frame = _table(path, {})
    frame["_unit"] = [campaign.units.now(str(code)) for code in frame["_unit"]]
    return frame[~frame["_unit"].isin(others_then(campaign))]


def _parquets(campaign: Campaign, sheet: str) -> tuple[Path, Path]:
    """The files of the merged rows and of the refused rows of a sheet; the second may be missing."""
    folder = campaign.output / (Path(words()["files"]["merged"]).stem + "_parquet")
    return folder / f"{sheet}.parquet", folder / f"{REFUSED}{sheet}.parquet"


def figures_of(dataset: Dataset) -> dict[str, object]:
    """The key figures of one merged round as of the last day of its year."""
    from toolkit.compute.prior import key_figures

    return {**key_figures(dataset), "liaison_gaps": liaison_gaps(dataset)}


def liaison_gaps(dataset: Dataset) -> dict[str, int]:
    """Organisation → longest gap of the year without an in-service liaison, in days; 0 = none.

    Organisations that never had one are left out.
    """
    from toolkit.compute.families.standing import longest_gap

    terms: dict[str, list[tuple[date | None, date | None]]] = {}
    for row in dataset.records.rows("post").rows:
        if row.post_type == LIAISON and row.person_status == IN_SERVICE:
            terms.setdefault(row.org_code, []).append((row.start_date, row.end_date))
    first, last = date(dataset.year, 1, 1), date(dataset.year, 12, 31)
    gaps = {org: longest_gap(own, first, last) for org, own in terms.items()}
    return {org: gap for org, gap in sorted(gaps.items()) if gap is not None}


def merged_dataset(campaign: Campaign) -> Dataset:
    """The merged tables of a round, from its Parquet files."""
    tables, rejected, open_cells, files = {}, {}, {}, {}
    for sheet in campaign.form.sheets:
        path, refused = _parquets(campaign, sheet.name)
        if not path.is_file():
            raise XltoolError("PRI-003", folder=campaign.folder, file=path.name)
        tables[sheet.name] = _table(path, files)
        if refused.is_file():  # a round of an earlier version wrote none
            rejected[sheet.name] = _table(refused, files)
        frames = [frame[sheet.name] for frame in (tables, rejected) if sheet.name in frame]
        open_cells[sheet.name] = {at: cells for frame in frames for at, cells in _open_cells(frame)}
    return Dataset(
        form=campaign.form,
        units=UnitList(),
        tables=tables,
        rejected=rejected,
        returned=frozenset(),
        files={index: file for file, index in files.items()} or {0: path.parent.name},
        year=campaign.year,
        open_cells=open_cells,
    )


def _table(path: Path, files: dict[str, int]) -> pd.DataFrame:
    """The rows of a file; `files` numbers the workbooks that they came from."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise XltoolError("PRI-004", file=path, problem=type(error).__name__) from error
    frame = pd.DataFrame(table.to_pylist(), columns=table.column_names, dtype=object)
    frame["_return"] = [files.setdefault(file, len(files)) for file in frame["_file"]]
    return frame


def _open_cells(frame: pd.DataFrame) -> Iterator[tuple[tuple[int, int], frozenset[str]]]:
    """By row the cells whose content nobody knows; rounds of an earlier version do not say."""
    if OPEN in frame.columns:
        for index, row, names in zip(frame["_return"], frame["_row"], frame[OPEN], strict=True):
            yield (int(index), int(row)), frozenset(filter(None, names.split(",")))
