"""What one run works on: a collection round, or files and folders as they come."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from toolkit.campaign import ISSUED, LETTERS, OUTPUT, SENT_BACK, Campaign, is_campaign, open_campaign, put_in_order
from toolkit.campaign.judging_day import GIVEN, judging_day
from toolkit.disk.journal import SIDE
from toolkit.disk.swap import together
from toolkit.files import all_below, over_none_of, real
from toolkit.forms import load_form
from toolkit.model.catalogue import entry
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.policy import Parameters, Policy
from toolkit.model.stamp import Stamp
from toolkit.model.unit import UnitList
from toolkit.policies import load_policy, policy_ids
from toolkit.reading import distinct, stamps_of, visible
from toolkit.words import say, words

Progress = Callable[[int, int], None]
_YEAR = 4
_OURS = {ISSUED, SENT_BACK, OUTPUT, LETTERS, ".xltool", SIDE}


@dataclass
class Job:
    """What one run works on.

    Args:
        files: (name as shown, path), in a fixed order.
        expected: the identity that every return must carry; its empty fields are not compared.
        campaign: None when a folder of returned workbooks is all there is.
        passwords: unit name or code → passwords to open its workbooks; under "" those to try on every file.
        fresh: read every file again, also those whose content was read before.
        answers: further files in which only answers to disputes are looked for.
        today: the day on which letters are written: the day of judgement that was named, or today.
        why: why `as_of` is the day of judgement, see `toolkit.campaign.judging_day`.
        fewer: outputs are replaced although many fewer returns count than last time.
    """

    policy: Policy
    form: Form
    units: UnitList
    year: int
    files: list[tuple[str, Path]]
    expected: Stamp
    as_of: date
    campaign: Campaign | None = None
    progress: Progress | None = None
    passwords: dict[str, list[str]] = field(default_factory=dict)
    fresh: bool = False
    answers: list[tuple[str, Path]] = field(default_factory=list)
    fewer: bool = False
    today: date = field(default_factory=date.today)
    why: str = GIVEN
    parameters: Parameters = field(init=False)

    def exclusive(self) -> AbstractContextManager[object]:
        """Only one run at a time works on the round, from reading to the last output; may be nested.

        Raises: XltoolError: K006 another run is at work on the round.
        """
        return self.campaign.exclusive() if self.campaign else nullcontext()

    def writing(self) -> AbstractContextManager[object]:
        """Around all that a run writes: the files are put in place together, at the end; may be nested.

        Raises: XltoolError: O001 to O016 the disk, everything is then as before.
        """
        return self.campaign.writing() if self.campaign else together()

    def may_hold(self, target: Path) -> Path:
        """The same path, when a result may be written there.

        Raises: XltoolError: O005 it is one of the files read, O007 it lies among what the units sent or were sent.
        """
        guarded = (self.campaign.inbox, self.campaign.issued) if self.campaign else ()
        place = real(target)
        for folder in map(real, guarded):
            if place == folder or folder in place.parents:
                raise XltoolError("O007", file=target.name, folder=folder.name)
        return over_none_of(target, (path for _, path in self.files))

    @property
    def judged_on(self) -> str:
        """The day of judgement as every output prints it: with the reason, where nobody named the day."""
        return f"{self.as_of}{self.day_note}"

    @property
    def day_note(self) -> str:
        """A remark why the day of judgement is that day; "" when somebody named it."""
        return "" if self.why == GIVEN else say("day_note", why=words()["days"][self.why].format(year=self.year))

    @property
    def title(self) -> str:
        """The title printed on every output."""
        return self.campaign.title if self.campaign else self.form.title

    def __post_init__(self) -> None:
        overrides = self.campaign.overrides if self.campaign else {}
        self.parameters = Parameters(self.policy, self.as_of, overrides)


def job_for(
    paths: Sequence[Path],
    *,
    policy: str = "",
    as_of: date | None = None,
    progress: Progress | None = None,
    passwords: dict[str, list[str]] | None = None,
) -> Job:
    """The job of a campaign folder, or of files and folders.

    Args:
        paths: one campaign folder, or any files and folders; none = the current folder.
        policy: pack id or folder; without it the stamps of the files decide.
        passwords: see `Job`.
    Raises: XltoolError: K004 nothing to read, K009 stamps of several policies, and those of the campaign.
    """
    if len(paths) <= 1 and is_campaign(paths[0] if paths else Path()):
        job = campaign_job(open_campaign(paths[0] if paths else Path()), as_of, progress)
        job.passwords = passwords or {}
        return job
    files = scan(paths or [Path()])
    if not files:
        raise XltoolError("K004", what="、".join(str(path) for path in paths or [Path.cwd()]))
    named = load_policy(policy) if policy else None
    stamp = _common_stamp(files, named.id if named else "", passwords or {})
    chosen = named or load_policy(stamp.policy or policy_ids()[0])
    switches = frozenset(stamp.switches.split(",")) - {""}
    today = as_of or date.today()
    year = int(stamp.year) if stamp.year.isdecimal() and len(stamp.year) == _YEAR else today.year
    day, why = (as_of, GIVEN) if as_of else judging_day(year, None, today)
    return Job(
        policy=chosen,
        form=load_form(chosen, switches),
        units=UnitList(),
        year=year,
        files=files,
        expected=Stamp(policy=chosen.id, year=stamp.year, campaign=stamp.campaign),
        as_of=day,
        progress=progress,
        passwords=passwords or {},
        today=today,
        why=why,
    )


def campaign_job(campaign: Campaign, as_of: date | None, progress: Progress | None = None) -> Job:
    """The job of a collection round: everything in its folder 回收.

    Args:
        as_of: the day of judgement; None = see `judging_day`.
    """
    today = as_of or date.today()
    day, why = (as_of, GIVEN) if as_of else judging_day(campaign.year, campaign.deadline, today)
    return Job(
        policy=campaign.policy,
        form=campaign.form,
        units=campaign.units,
        year=campaign.year,
        files=scan([campaign.inbox]) if _is_there(campaign.inbox, campaign.folder) else [],
        expected=campaign.stamp,
        as_of=day,
        campaign=campaign,
        progress=progress,
        today=today,
        why=why,
    )


def _is_there(inbox: Path, folder: Path) -> bool:
    """Whether the folder for returns is there; a link to a folder elsewhere, a share for instance, is one.

    Raises: XltoolError: K026 what has its name is no folder, or leads to the round itself.
    """
    problem = ""
    if not os.path.lexists(inbox):
        return False
    if not os.path.exists(inbox):  # noqa: PTH110  (false for a link that leads to itself)
        problem = "nowhere"
    elif not inbox.is_dir():
        problem = "no_folder"
    elif real(inbox) in (real(folder), *real(folder).parents):
        problem = "around"
    if problem:
        raise XltoolError("K026", folder=inbox.name, problem=entry("K026").problem(problem))
    return True


def scan(paths: Iterable[Path]) -> list[tuple[str, Path]]:
    """(name as shown, path) of every file below the paths, our own output folders left out.

    Raises: XltoolError: K010 no such path.
    """
    found = list(_files(paths))
    return list(zip(distinct(name for name, _ in found), (path for _, path in found), strict=True))


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        put_in_order(path)
        if path.is_dir():
            for item in sorted(all_below(path), key=lambda item: item.relative_to(path).as_posix()):
                parts = item.relative_to(path).parts
                if not _OURS & set(parts[:-1]):
                    yield visible("/".join(parts)), item
        elif path.exists() or path.is_symlink():
            yield visible(path.name), path
        else:
            raise XltoolError("K010", what=path)


def _common_stamp(files: Sequence[tuple[str, Path]], policy: str, passwords: dict[str, list[str]]) -> Stamp:
    """What most stamps say; the policy must be one and the same unless the user names it."""
    stamps = list(filter(None, stamps_of(files, passwords).values()))
    policies = Counter(stamp.policy for stamp in stamps if stamp.policy in policy_ids())
    if not policy and len(policies) > 1:
        raise XltoolError("K009", policies="、".join(sorted(policies)))
    name = policy or next(iter(policies), "")
    alike = [stamp for stamp in stamps if stamp.policy == name]

    def most(values: Iterable[str]) -> str:
        ranked = Counter(value for value in values if value).most_common()
        return max(ranked, key=lambda item: (item[1], item[0]))[0] if ranked else ""

    campaigns = {stamp.campaign for stamp in alike}
    return Stamp(
        policy=name,
        year=most(stamp.year for stamp in alike),
        switches=most(stamp.switches for stamp in alike),
        campaign=campaigns.pop() if len(campaigns) == 1 else "",
    )
