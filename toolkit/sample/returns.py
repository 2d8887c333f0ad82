"""The returned files of a round: issued workbooks, filled in, some of them with planted defects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from toolkit.distribute import file_names, template_for
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.ooxml.filling import Template
from toolkit.sample.cast import cast
from toolkit.sample.defects import Draft, Planted, damage
from toolkit.sample.filling import Filled, fill
from toolkit.sample.story import Story
from toolkit.templating.prefill import unit_cells
from toolkit.templating.texts import texts


class Returns:
    """Iterates over (file name, bytes, planted defects), a file at a time."""

    def __init__(self, units: UnitList, form: Form, policy: Policy, year: int, seed: int, defects: str) -> None:
        self.units, self.form, self.policy = units, form, policy
        self.year, self.seed, self.defects = year, seed, defects
        self.codes = tuple(unit.code for unit in units)
        self.names = file_names(units)
        self.cover = texts().cover["sheet"]
        self.parts = cast(units, defects)

    def __iter__(self) -> Iterator[tuple[str, bytes, list[Planted]]]:
        for unit in self.units:
            part = self.parts.get(unit.code)
            draft = Draft(self, unit, self.story(unit, part.manner if part else ""), self.names[unit.code])
            rng = Random(f"defects/{self.defects}/{self.seed}/{self.policy.id}/{unit.code}")
            yield from part.spoil(draft, rng) if part else damage(draft, self.defects, rng)

    def stamp(self, unit: Unit | None = None) -> Stamp:
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

    def template(self, unit: Unit) -> tuple[Form, Template]:
        """The form and the template that a unit gets when the round is distributed."""
        return template_for(self.form, self.policy, self.stamp(), unit)

    def story(self, unit: Unit, manner: str = "") -> Filled:
        """What one unit truthfully fills in.

        Args:
            manner: of `toolkit.sample.story`; "" = drawn.
        """
        form, _ = self.template(unit)
        story = Story(unit, self.codes, form, self.policy.id, self.year, self.seed, manner)
        return fill(story, self.cover, self.policy)

    def workbook(self, addressee: Unit, cells: Mapping[str, Mapping], **stamped: str) -> bytes:
        """One unit's issued workbook with cells filled in.

        Args:
            stamped: fields of the identity that are not those of the unit.
        """
        form, template = self.template(addressee)
        stamp = replace(self.stamp(addressee), **stamped)
        merged = {title: dict(known) for title, known in unit_cells(form, addressee, stamp).items()}
        for title, values in cells.items():
            merged.setdefault(title, {}).update(values)
        return template.fill(merged, properties=dict(stamp.pairs()))
