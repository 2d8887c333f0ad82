"""Rules that refuse much of what an earlier round accepted, and that a person stands by: who, when, why.

The record lies in the earlier round (规则核准.yaml); it holds for the rule as it was and is void for any other.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

import yaml

from toolkit.campaign import Campaign
from toolkit.files import write_whole
from toolkit.model import strictyaml
from toolkit.model.catalogue import entries
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.in_place import lies
from toolkit.round_trip.states import person

FILE = "规则核准.yaml"


@dataclass(frozen=True, slots=True)
class Signature:
    """One rule that a person stands by; `rule` is a digest of what it says."""

    code: str
    rule: str
    who: str
    at: str
    why: str


def signatures(campaign: Campaign, form: Form) -> dict[str, Signature]:
    """Code → signature, for the rules of a form that have not changed since.

    Raises: DefinitionError: the file breaks its rules; with line.
    """
    return {one.code: one for one in _all(campaign) if one.rule == _digest(form, one.code)}


def sign(campaign: Campaign, form: Form, code: str, why: str, who: str = "") -> Signature:
    """Notes that a person stands by a rule.

    Raises: XltoolError: K012 no reason given, RUL-001 no such rule.
    """
    if code not in {rule.code for rule in form.rules} and not (code in entries() and entries()[code].severity):
        raise XltoolError("RUL-001", rule=code)
    if not why.strip():
        raise XltoolError("K012")
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    made = Signature(code, _digest(form, code), who or person(), at, why.strip())
    rows = [asdict(one) for one in (*(one for one in _all(campaign) if one.code != code), made)]
    text = yaml.safe_dump({"rules": rows}, allow_unicode=True, sort_keys=False)
    write_whole(campaign.folder / FILE, text.encode())
    return made


def _all(campaign: Campaign) -> list[Signature]:
    path = campaign.folder / FILE
    if not lies(path):
        return []
    root = strictyaml.load(path)
    found = []
    for record in root.records("rules"):
        texts = (str(record.text(name)) for name in Signature.__dataclass_fields__)
        found.append(Signature(*texts))
        record.done()
    root.done()
    return found


def _digest(form: Form, code: str) -> str:
    """What a rule says: its sheet, check, arguments and level; of a code of the reader the code itself."""
    own = [(rule.sheet, rule.check, rule.args, rule.severity) for rule in form.rules if rule.code == code]
    return hashlib.sha256(repr([code, own]).encode()).hexdigest()[:16]
