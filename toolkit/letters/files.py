"""The letters of a round in its folder 文书, put in place together; what a person wrote into one stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import LETTERS
from toolkit.distribute import file_names
from toolkit.files import below, remove, write_whole
from toolkit.letters.wording import OURS, LetterText, wording
from toolkit.letters.words import PER_UNIT, REMINDER, letter_words
from toolkit.words import say

if TYPE_CHECKING:
    from toolkit.checked import Checked
    from toolkit.letters.facts import RoundFacts

RECORD = ".xltool/letters.json"
"""Kind → name below the folder → SHA-256 of what was written last."""
_SUFFIX = ".docx"


@dataclass(frozen=True)
class Written:
    """What was written.

    Args:
        paths: letters that are now as they should be; kept: those that a person changed, which stay as they are.
        counts: Chinese name of a kind → number of letters, kept ones among them.
    """

    folder: Path
    paths: tuple[Path, ...]
    kept: tuple[Path, ...]
    counts: Mapping[str, int]


def write_letters(checked: Checked, names: Collection[str] = ()) -> Written:
    """Writes the letters into 文书 of the round; letters that nobody needs any more go, but for changed ones.

    Args:
        names: Chinese names of the kinds to write; none = all.
    Raises: DefinitionError: the round's own wording is wrong; XltoolError: K021, K022 see `Checked.replacing`;
        ALW-003 the money does not balance; O001 to O016 from the disk.
    """
    from toolkit.letters.facts import RoundFacts

    campaign, known = checked.job.campaign, letter_words()
    assert campaign is not None
    text = wording(campaign.folder / known.own_wording)
    kinds = [known.kind_of(name) for name in names] or list(known.kinds)
    folder = campaign.folder / LETTERS
    with checked.replacing(folder, early=kinds == [REMINDER]):
        facts = RoundFacts(checked, text)
        made = {kind: dict(_made(facts, text.letters[kind], kind)) for kind in kinds}
        return _put(folder, campaign.folder / RECORD, made)


def said(written: Written) -> str:
    """What the terminal and the console say of the letters."""
    kinds = "，".join(say("lettered_kind", kind=kind, count=count) for kind, count in written.counts.items())
    line = say("lettered", count=sum(written.counts.values()), folder=written.folder, kinds=kinds)
    if not written.kept:
        return line
    files = "、".join(path.relative_to(written.folder).as_posix() for path in written.kept)
    return line + say("letters_kept", count=len(written.kept), files=files)


def _made(facts: RoundFacts, text: LetterText, kind: str) -> Iterator[tuple[str, bytes]]:
    """Name below the folder → letter, of one kind."""
    from toolkit.letters.compose import letter

    day, about = facts.job.as_of, getattr(facts, kind)
    if kind not in PER_UNIT:
        yield f"{text.file}{_SUFFIX}", letter(text, about(), day)
        return
    names = file_names(facts.checked.batch.units)
    for code in facts.reminded if kind == REMINDER else facts.rectified:
        yield f"{text.file}/{Path(names[code]).stem}{_SUFFIX}", letter(text, about(code), day)


def _put(folder: Path, record: Path, made: Mapping[str, Mapping[str, bytes]]) -> Written:
    """Writes what was made over what was written before, and over nothing else."""
    before = _before(record)
    now, paths, kept = dict(before), [], []
    for kind, letters in made.items():
        old = before.get(kind, {})
        now[kind] = {}
        for name, data in letters.items():
            path, digest = folder / name, _sha256(data)
            if _there(path) in ("", digest, old.get(name)):
                write_whole(path, data, careful=True)
                now[kind][name] = digest
                paths.append(path)
            else:
                now[kind][name] = old.get(name, "")
                kept.append(path)
        for name in old.keys() - letters.keys():
            path = below(folder, name)
            if path and _there(path) == old[name]:
                remove(path, careful=True)
    write_whole(folder / letter_words().sample, OURS.read_bytes())
    write_whole(record, json.dumps(now, ensure_ascii=False, indent=1, sort_keys=True).encode())
    counts = {letter_words().kinds[kind]: len(letters) for kind, letters in made.items()}
    return Written(folder, tuple(paths), tuple(kept), counts)


def _before(record: Path) -> dict[str, dict[str, str]]:
    """What was written before; nothing when the record is gone or damaged, then letters that differ are kept."""
    try:
        found = json.loads(record.read_text("utf-8"))
        return {str(kind): {str(name): str(digest) for name, digest in own.items()} for kind, own in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _there(path: Path) -> str:
    """SHA-256 of what lies there; "" = nothing."""
    return _sha256(path.read_bytes()) if path.is_file() else ""
