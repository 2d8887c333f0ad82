"""Why a clause is 不适用: a closed list of reasons, read from `exemptions.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.catalogue import entries

FILE = Path(__file__).with_name("exemptions.yaml")


@dataclass(frozen=True, slots=True)
class Exemption:
    """One reason why clauses are 不适用.

    Args:
        title: in clerks' words; next: what to do when it is wrong.
        codes: the codes of results that it covers.
    """

    key: str
    title: str
    next: str
    codes: tuple[str, ...]


@cache
def exemptions() -> tuple[Exemption, ...]:
    """All reasons, in the order in which they are shown.

    Raises: DefinitionError: a code twice or one that the catalogue does not have; with file and line.
    """
    found, seen = [], set()
    root = strictyaml.load(FILE)
    for record in root.records("groups"):
        one = Exemption(record.text("key"), record.text("title"), record.text("next"), record.texts("codes"))
        for code in one.codes:
            if code in seen or code not in entries():
                record.fail(f"“codes”里的“{code}”重复，或不在代码目录里", "codes")
            seen.add(code)
        record.done()
        found.append(one)
    root.done()
    return tuple(found)


def reason_of(code: str) -> Exemption:
    """The reason that a code stands for; a result without a known code is shown under the last, never lost."""
    return exemption_of().get(code, exemptions()[-1])


@cache
def exemption_of() -> Mapping[str, Exemption]:
    """Code of a result → its reason; a code that is not here may not stand on a result 不适用."""
    return {code: one for one in exemptions() for code in one.codes}
