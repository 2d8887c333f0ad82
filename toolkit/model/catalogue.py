"""The catalogue of codes: every message a person can see, with its fix, from `toolkit/messages/*.yaml`.

Rules of a form carry their own message in the form's YAML; this catalogue holds all others.
A code is for ever; a retired one stays listed with `retired: true`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

FOLDER = Path(__file__).parent.parent / "messages"
SEVERITIES = ("错误", "疑问", "提示")


@dataclass(frozen=True, slots=True)
class Entry:
    """One code.

    Args:
        severity: when it is a finding; exit: when it stops a command.
        bureau: the finding is the bureau's own to put right; no unit is asked.
        general: message and fix about any number of cells, as the template's own check says them.
        problems: name → what may stand in a placeholder of the message.
        suspicion: as the reason of a 预警 it only suspects something: a person must look before it counts.
    """

    code: str
    severity: str
    exit: int
    message: str
    fix: str
    bureau: bool = False
    general: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    suspicion: bool = False

    def problem(self, name: str, /, **facts: object) -> str:
        """One of the problems, with its own placeholders filled."""
        return self.problems[name].format(**facts)

    def sentence(self, **facts: object) -> str:
        """Message and fix as one Chinese sentence."""
        what = self.message.format(**facts)
        return f"{what}；{self.fix.format(**facts)}。" if self.fix else f"{what}。"


@cache
def entries() -> dict[str, Entry]:
    """All codes by name, in the order of the files.

    Raises: DefinitionError: a code twice, an unknown key, an unknown severity.
    """
    found: dict[str, Entry] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for code, record in strictyaml.load(path).items():
            if code in found:
                record.fail(f"代码“{code}”在目录中重复")
            record.flag("retired")
            found[code] = Entry(
                code=code,
                severity=record.one_of("severity", ("", *SEVERITIES), ""),
                exit=int(record.one_of("exit", ("0", "1", "2", "3", "130"), "0")),
                message=record.text("message"),
                fix=record.text("fix", ""),
                bureau=record.flag("bureau"),
                general=record.texts("general"),
                problems=strictyaml.plain(record.take("problems", strictyaml.Record())),
                suspicion=record.flag("suspicion"),
            )
            record.done()
    return found


def entry(code: str) -> Entry:
    """The catalogue entry of a code; an unknown code is a KeyError, which a test catches."""
    return entries()[code]
