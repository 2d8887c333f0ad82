"""The rows of a sheet 返回文件: returned files with their state and what is said about each as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.drawing.values import Value
from toolkit.model.batch import Return
from toolkit.model.finding import Finding
from toolkit.summary.labels import words


def file_rows(
    returns: Sequence[Return], findings: Iterable[Finding], names: Mapping[str, str]
) -> Iterator[dict[str, Value]]:
    """One row a file: number, unit, file, state, 填报日期, the sentences about the whole file.

    Args:
        findings: of all files; those about a single sheet are left out.
        names: unit names by code.
    """
    said: dict[str, dict[str, None]] = {}
    for one in findings:
        if not one.sheet:
            said.setdefault(one.file, {})[one.message] = None
    for number, one in enumerate(returns, 1):
        state, about = words().states[one.state], "；".join(said.get(one.file, ()))
        yield {
            "no": number,
            "unit": names.get(one.unit, one.unit),
            "file": one.file,
            "state": state,
            "fill_date": one.fill_date,
            "note": about,
        }
