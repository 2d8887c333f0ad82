"""The returned files of a round: issued workbooks, filled in, some of them with planted defects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolkit.files import safe_name
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.package import Template
from toolkit.sample.filling import Filled, fill
from toolkit.sample.story import Story
from toolkit.templating.build import build
from toolkit.templating.prefill import unit_cells
from toolkit.templating.texts import texts

Planted = dict[str, str]


class Returns:
    """Iterates over (file name, bytes, planted defects), a file at a time."""

    def __init__(self, units: UnitList, form: Form, policy: Policy, year: int, seed: int, defects: str) -> None:
        self.units, self.form, self.policy = units, form, policy
        self.year, self.seed, self.defects = year, seed, defects
        self.codes = tuple(unit.code for unit in units)
        self.levels = tuple(bundle.level for bundle in policy.bundles)
        self.cover = texts().cover["sheet"]
        self.template = Template(build(form, policy, self.stamp(None), addressed=True))

    def stamp(self, unit: Unit | None) -> Stamp:
        """The identity of the round, or of one unit's workbook."""
        return Stamp(
            campaign=f"{self.policy.id}-{self.year}",
            policy=self.policy.id,
            version=self.form.version,
            unit=unit.code if unit else "",
            unit_name=unit.name if unit else "",
            year=str(self.year),
            switches=",".join(sorted(self.form.switches)),
        )

    def story(self, unit: Unit) -> Filled:
        """What one unit truthfully fills in."""
        story = Story(unit, self.codes, self.form, self.policy.id, self.year, self.seed)
        return fill(story, self.levels, self.cover)

    def workbook(self, unit: Unit, cells: Mapping[str, Mapping]) -> bytes:
        """The unit's issued workbook with cells filled in."""
        stamp = self.stamp(unit)
        merged = {title: dict(known) for title, known in unit_cells(self.form, unit, stamp).items()}
        for title, values in cells.items():
            merged.setdefault(title, {}).update(values)
        return self.template.fill(merged, properties=dict(stamp.pairs()))

    def __iter__(self) -> Iterator[tuple[str, bytes, list[Planted]]]:
        for unit in self.units:
            filled = self.story(unit)
            yield file_name(unit), self.workbook(unit, filled.cells), []


def file_name(unit: Unit) -> str:
    """Name of a unit's workbook as it was issued."""
    return f"{safe_name(f'{unit.code}_{unit.name}')}.xlsx"
