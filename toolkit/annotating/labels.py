"""The words and colours of marked copies, from `toolkit/annotate.yaml`, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

FILE = Path(__file__).with_name("annotate.yaml")
_TEXTS = (
    "author", "line", "labelled", "code", "comment", "comment_bare", "more", "answer", "written", "note_hint",
)  # fmt: skip
_CHANNELS = {"red": 16, "green": 8, "blue": 0}


@dataclass(frozen=True)
class Labels:
    """All words of marked copies.

    Args:
        texts: single sentences by name, with placeholders.
        colours: level → (colour as a number, by how many bits its counting part is shifted).
        widths: of the three added columns.
        heads, list_widths, intro: of the sheet 问题清单; answer_here: where something on it has to be answered there.
    """

    texts: dict[str, str]
    colours: dict[str, tuple[int, int]]
    widths: tuple[float, float, float]
    title: str
    intro: tuple[str, ...]
    answer_here: str
    heads: tuple[str, ...]
    list_widths: tuple[float, ...]
    whole_file: str


@cache
def labels() -> Labels:
    """The words, read once.

    Raises: DefinitionError: a text is missing or unknown.
    """
    record = strictyaml.load(FILE)
    colours, widths, page = (_part(record, name) for name in ("colours", "widths", "list"))
    pairs = {str(level): colours.texts(level) for level in colours}
    found = Labels(
        texts={name: str(record.text(name)) for name in _TEXTS},
        colours={level: (int(colour, 16), _CHANNELS[channel]) for level, (colour, channel) in pairs.items()},
        widths=(widths.number("problem", float), widths.number("fix", float), widths.number("note", float)),
        title=str(page.text("title")),
        intro=page.texts("intro"),
        answer_here=str(page.text("answer_here")),
        heads=page.texts("heads"),
        list_widths=tuple(float(width) for width in page.texts("widths")),
        whole_file=str(page.text("whole_file")),
    )
    for part in (record, colours, widths, page):
        part.done()
    return found


def _part(record: strictyaml.Record, name: str) -> strictyaml.Record:
    """A mapping inside the record.

    Raises: DefinitionError: it is missing or no mapping.
    """
    found = record.take(name)
    return found if isinstance(found, strictyaml.Record) else record.fail(f"“{name}”应为一组键和值", name)
