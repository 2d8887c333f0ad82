"""The letters of a round in its folder 文书, put in place together; what a person wrote into one stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import LETTERS
from toolkit.distribute import file_names
from toolkit.files import write_whole
from toolkit.letters.wording import OURS, LetterText, wording
from toolkit.letters.words import PER_UNIT, REMINDER, letter_words
from toolkit.ours import put
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
        done = put(folder, campaign.folder / RECORD, made)
        write_whole(folder / known.sample, OURS.read_bytes())
        counts = {known.kinds[kind]: len(letters) for kind, letters in made.items()}
        return Written(folder, done.paths, done.kept, counts)


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
