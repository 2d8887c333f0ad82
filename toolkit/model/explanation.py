"""An explanation that a unit gave for a 疑问, and what it holds for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """One explanation: bound to the rule, to the row by its key, and to the values that the rule looked at.

    Args:
        sheet: name of the sheet in the form.
        code: the rule.
        key: the row's key; of a row without key, a digest of the whole row.
        digest: of the values; another digest means that the explanation is void.
        verdict: "" = accepted, otherwise the code of the reason why not.
        file: the returned file in which it stood.
        period: report year.
    """

    unit: str
    sheet: str
    code: str
    key: str
    digest: str
    text: str
    verdict: str
    file: str
    period: str
