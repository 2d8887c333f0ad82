"""A filled workbook of an older template carried into the current one, with a receipt of what went where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit.campaign import Campaign
from toolkit.files import write_whole
from toolkit.model import layout
from toolkit.model.batch import UNREADABLE, Batch, Return
from toolkit.model.errors import XltoolError
from toolkit.model.finding import ERROR, Finding
from toolkit.model.form import Form, Sheet
from toolkit.model.privacy import mask_file_name
from toolkit.reading import read_returns
from toolkit.round_trip.prefilling import cell_value, empty
from toolkit.round_trip.words import round_words

_RENAMED, _DROPPED, _LACKING = (
    ("S019", "S021", "S027"),
    ("S008", "S022"),
    ("S004", "S005", "S006", "S009", "S012", "S020"),
)
Cells = dict[str, dict[str, object]]


@dataclass
class Migration:
    """What became of one workbook.

    Args:
        old, new: template versions.
        carried: cells filled in by the unit that stand in the new workbook.
        renamed: columns and sheets known by another name; dropped: what the current form has no place for;
            needs_you: what could not be carried and what the current form asks for anew.
    """

    unit: str
    file: str
    old: str
    new: str
    carried: int = 0
    renamed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    needs_you: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The receipt."""
        said = round_words().migrate
        lines = [said["head"].format(file=self.file, unit=self.unit, old=self.old or said["unknown"], new=self.new)]
        counts = {"renamed": len(self.renamed), "dropped": len(self.dropped), "needs_you": len(self.needs_you)}
        lines.append(said["counts"].format(carried=self.carried, **counts))
        for name in counts:
            if getattr(self, name):
                lines += [said[name], *(said["item"].format(text=text) for text in getattr(self, name))]
        return "\n".join(lines) + "\n"


def migrate(campaign: Campaign, source: Path) -> tuple[bytes, Migration]:
    """The unit's current workbook with everything carried that fits, and the receipt; nothing is guessed.

    Raises: XltoolError: K010 no such file, MIG-001 it cannot be read or is not of this round's unit, year or policy.
    """
    if not source.is_file():
        raise XltoolError("K010", what=source)
    expected = replace(campaign.stamp, version="")
    batch = read_returns([(source.name, source)], campaign.form, campaign.units, expected=expected, workers=1)
    item = batch.returns[0]
    unit = campaign.units.get(item.unit)
    if item.state == UNREADABLE or item.blocked or unit is None:
        reasons = [finding.message for finding in item.findings if finding.severity == ERROR]
        raise XltoolError("MIG-001", file=source.name, problem="；".join(reasons) or item.unit)
    told = Migration(unit.code, source.name, item.version, campaign.form.version)
    _tell(item, told)
    from toolkit.distribute import copy_for, template_for
    from toolkit.ooxml.filling import set_cells

    place = campaign.form, campaign.policy, campaign.stamp, unit
    cells = _cells(batch, item, template_for(*place)[0], told)
    return set_cells(copy_for(*place), cells), told  # type: ignore[arg-type]


def _tell(item: Return, told: Migration) -> None:
    """Sorts what reading found into renamed, dropped and what a person must see to."""
    for finding in item.findings:
        text = _line(finding)
        if finding.code in _RENAMED:
            told.renamed.append(text)
        elif finding.code in _DROPPED:
            told.dropped.append(text)
        elif finding.severity == ERROR or finding.code in _LACKING:
            told.needs_you.append(text)


def _line(finding: Finding) -> str:
    where = replace(finding, file="").where
    return f"{where}：{finding.message}" if where else finding.message


def _cells(batch: Batch, item: Return, form: Form, told: Migration) -> Cells:
    cells: Cells = {}
    for sheet in form.sheets:
        frame = batch.tables[sheet.name]
        rows = frame[frame["_return"] == item.index].to_dict("records")
        own = dict(_sheet(sheet, rows, told))
        if own:
            cells[sheet.label] = own
            told.carried += len(own)
    from toolkit.templating.texts import texts

    ticks = {layout.nil_cell(form.sheets, sheet.name): layout.TICK for sheet in form.sheets if sheet.name in item.nil}
    if ticks:
        cells[texts().cover["sheet"]] = dict(ticks)
        told.carried += len(ticks)
    return cells


def _sheet(sheet: Sheet, rows: list[dict], told: Migration) -> Iterator[tuple[str, object]]:
    places = {row.key: number for number, row in enumerate(sheet.fixed_rows)}
    for number, row in enumerate(rows):
        if places:
            key = str(row[sheet.key[0]])
            if key not in places:
                facts = {"sheet": sheet.label, "row": row["_row"], "key": key}
                told.dropped.append(round_words().migrate["no_row"].format(**facts))
                continue
            number = places[key]
        for column in sheet.columns:
            value = row[column.name]
            printed = column.prefilled and (places or sheet.layout == "vertical")
            if not printed and not empty(value) and str(value) != "<NA>":
                yield layout.cell(sheet, column.name, number), cell_value(column, value)


def write_migration(campaign: Campaign, source: Path, target: Path | None = None) -> tuple[list[Path], Migration]:
    """Writes the carried workbook and its receipt (.txt beside it); returns their paths.

    Args:
        target: default: 汇总/迁移/<the same name>.xlsx; the source is never overwritten.
    Raises: XltoolError: see `migrate`; MIG-002 the target is the source; O001 to O003 from the disk.
    """
    data, told = migrate(campaign, source)
    path = target or campaign.output / round_words().migrate["folder"] / f"{mask_file_name(source.stem)}.xlsx"
    if path.exists() and path.samefile(source):
        raise XltoolError("MIG-002", file=source.name)
    receipt = path.with_name(path.stem + round_words().migrate["suffix"])
    with campaign.writing():
        write_whole(path, data)
        write_whole(receipt, ("\ufeff" + told.text.replace("\n", "\r\n")).encode())
        campaign.ledger.note(round_words().migrate["folder"], told.unit, f"{source.name} {told.old} → {told.new}")
    return [path, receipt], told
