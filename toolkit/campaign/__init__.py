"""A collection round (批次) on disk: four folders, the settings, the unit list, the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from toolkit import log
from toolkit.campaign.ledger import Ledger
from toolkit.campaign.lock import RoundLock
from toolkit.campaign.settings import (
    EARLIEST,
    LATEST,
    load_settings,
    mail_of,
    parameters_of,
    parse_day,
    report_key_of,
    switch,
)
from toolkit.campaign.unit_list import read_unit_list
from toolkit.campaign.words import campaign_words
from toolkit.disk import make_folder, on_disk
from toolkit.disk.journal import recover_folder
from toolkit.disk.swap import together
from toolkit.files import at_hand, sweep
from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.in_place import lies
from toolkit.model.policy import Dated, Override, Parameter, Parameters, Policy, Value
from toolkit.model.stamp import Stamp
from toolkit.model.unit import UnitList
from toolkit.policies import COUNT, dated_values, load_policy, parse_value

SETTINGS = "批次设置.yaml"
UNIT_LIST = "单位名录.xlsx"
ISSUED, INBOX, SENT_BACK, OUTPUT = "下发", "回收", "退回", "汇总"
LETTERS = "文书"
PACKS = "政策包"
LEDGER = ".xltool/台账.sqlite"
MEMORY = ".xltool/memory"
"""What the last run did and read; may be deleted at any time."""

SWITCHES = ("collect_id_numbers",)


@dataclass(frozen=True)
class Campaign:
    """One collection round.

    Args:
        overrides: parameters that the settings fix otherwise than the pack.
        switches: campaign switches in force.
        prior: folder of last year's round, relative to this one; "" = none.
        mail: host, port, starttls, ssl, ca, user, from of the mail server; empty = none set.
        lower: codes or names of the units whose levels report upward to this round's level.
        report_key: what the level above handed down, so that it can count persons without names; "" = nothing.
    """

    folder: Path
    id: str
    policy: Policy
    year: int
    title: str
    deadline: date | None
    return_to: str
    switches: frozenset[str]
    overrides: dict[str, Override]
    prior: str = ""
    mail: Mapping[str, str] = field(default_factory=dict)
    lower: tuple[str, ...] = ()
    report_key: str = ""

    @cached_property
    def form(self) -> Form:
        """The form of this round."""
        return load_form(self.policy, self.switches, overrides=self.overrides)

    @cached_property
    def units(self) -> UnitList:
        """The unit list of this round, with the codes and names that its units once had."""
        listed = read_unit_list(self.folder / UNIT_LIST, self.form)
        former, once = self.ledger.former() if self.ledger.path.is_file() else ({}, {})
        return replace(listed, former=former, once=once)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger; opened on first use."""
        return Ledger(self.folder / LEDGER)

    @property
    def issued(self) -> Path:
        """Folder of the personalised workbooks."""
        return self.folder / ISSUED

    @property
    def inbox(self) -> Path:
        """Folder of the returned workbooks."""
        return self.folder / INBOX

    @property
    def output(self) -> Path:
        """Folder of the summaries."""
        return self.folder / OUTPUT

    @property
    def stamp(self) -> Stamp:
        """The identity of this round, without a unit."""
        return Stamp(
            campaign=self.id,
            policy=self.policy.id,
            version=self.form.version,
            year=str(self.year),
            switches=",".join(sorted(self.switches)),
        )

    @cached_property
    def _lock(self) -> RoundLock:
        return RoundLock(self.folder)

    @contextmanager
    def exclusive(self):
        """Only one run at a time works on a round; may be nested.

        Raises: XltoolError: K006 another run is at work; O001 to O016 the disk.
        """
        with self._lock.held(self.ledger) as first:
            for name in (ISSUED, SENT_BACK, OUTPUT, LETTERS, MEMORY) if first else ():
                with on_disk(folder := self.folder / name):
                    sweep(folder)
            yield

    @contextmanager
    def writing(self):
        """Around all that a run writes: the files are put in place and noted together, at the end; may be nested.

        Raises: XltoolError: K006 another run is at work; O001 to O016 the disk, everything is then as before.
        """
        with self.exclusive(), together(self.folder, self._lock.side, self.ledger):
            yield

    def parameters(self, day: date) -> Parameters:
        """The parameters in force on `day` with this round's overrides."""
        return Parameters(self.policy, day, self.overrides)


def create_campaign(
    folder: Path,
    *,
    policy: Policy,
    year: int,
    unit_list: Path,
    title: str = "",
    deadline: str = "",
    heard: Callable[[str], None] = lambda said: None,
    before: Campaign | None = None,
) -> Campaign:
    """Makes a new collection round; nothing is left behind when something about it is wrong.

    Args:
        unit_list: a list in any shape.
        heard: is told what was put right in the list.
        before: last year's round, whose settings carry over.
    Raises: XltoolError: K002 the folder holds a round already, K003 the year is outside the policy,
        K007 the deadline is no date, U001 to U005 the unit list, PRI-002 the round before is none of an earlier year.
    """
    from toolkit.campaign.beginning import carry_over, nothing_left, write_settings
    from toolkit.campaign.listing.taking import keep_list, take_list

    if is_campaign(folder):
        raise XltoolError("K002", folder=folder)
    check_year(policy, year)
    if before and before.year >= year:
        raise XltoolError("PRI-002", folder=before.folder, year=before.year, this=year)
    deadline = str(parse_day(deadline)) if deadline else ""
    form = load_form(policy)
    draft = take_list(unit_list, form)
    with nothing_left(folder):
        for name in (ISSUED, INBOX, SENT_BACK, OUTPUT):
            make_folder(folder / name)
        target = folder / UNIT_LIST
        with on_disk(target):
            keep_list(draft, unit_list, target, form, heard)
        write_settings(folder, policy, form, year, title, deadline)
        if before:
            heard(carry_over(folder, before, policy))
        return open_campaign(folder)


def check_year(policy: Policy, year: int) -> None:
    """Raises XltoolError K023 when this is no year of ours, K003 when the policy does not judge it."""
    if not EARLIEST <= year <= LATEST:
        raise XltoolError("K023", year=year)
    last = policy.ends.year if policy.ends else None
    if year < policy.first_year or (last and year > last):
        raise XltoolError(
            "K003",
            policy=policy.id,
            first=policy.first_year,
            last=last or campaign_words().problem("no_end"),
            year=year,
        )


def is_campaign(folder: Path) -> bool:
    """Whether the folder holds a collection round."""
    return lies(folder / SETTINGS)


def put_in_order(path: Path) -> None:
    """Finishes or puts back what a killed run began to put in place where a file or folder lies, in a round or not.

    Raises: XltoolError: K006, O014 another program is at work; O015, O016 it cannot be done.
    """
    folder = Path(os.path.abspath(path if path.is_dir() else path.parent))  # noqa: PTH100
    for place in (folder, *folder.parents):
        RoundLock(place).settle(Ledger(place / LEDGER))
    recover_folder(folder)


def open_campaign(folder: Path) -> Campaign:
    """The collection round in a folder.

    Raises:
        XltoolError: K001 not a round, P001–P003 policy or parameter.
        DefinitionError: the settings file breaks its rules; with line.
    """
    put_in_order(folder)
    if not is_campaign(folder):
        raise XltoolError("K001", folder=folder, settings=SETTINGS)
    log.in_round(folder)
    record = load_settings(folder / SETTINGS, at_hand(folder / SETTINGS))
    policy = load_policy(_pack(folder, record.text("policy")))
    deadline = record.text("deadline", "")
    campaign = Campaign(
        folder=folder,
        id=record.text("campaign"),
        policy=policy,
        year=record.number("year", int),
        title=record.text("title"),
        deadline=parse_day(deadline) if deadline else None,
        return_to=record.text("return_to", ""),
        switches=frozenset(name for name in SWITCHES if switch(record, name)),
        overrides=_overrides(policy, parameters_of(record, policy), record.number("year", int)),
        prior=record.text("prior", ""),
        mail=mail_of(record),
        lower=record.texts("lower_reports"),
        report_key=report_key_of(record),
    )
    record.done()
    check_year(policy, campaign.year)
    return campaign


def _pack(folder: Path, name: str) -> str | Path:
    """A pack's id, or its folder relative to the round."""
    return folder / name if (folder / name / "pack.yaml").is_file() else name


def _overrides(policy: Policy, record: strictyaml.Record, year: int) -> dict[str, Override]:
    """The round's own parameters: a value for the whole year, or values with the days from which they hold."""
    overrides: dict[str, Override] = {}
    for name in record:
        parameter = policy.parameters.get(name)
        if parameter is None:
            known = "、".join(map(record.called, policy.parameters))
            raise XltoolError("P003", policy=policy.id, parameter=name, known=known)
        if _is_dated(record[name]):
            dated = Dated(dated_values(record, name, parameter.type, parameter.choices))
            if dated.values[-1][0] > date(year, 12, 31):
                record.fail(
                    campaign_words().problem("not_yet", name=record.called(name), day=dated.values[-1][0], year=year),
                    name,
                )
            overrides[name] = dated
            if not all(value is not None or parameter.may_be_open for _, value in dated.values):
                raise XltoolError(
                    "P002", parameter=record.called(name), value="", problem=campaign_words().problem("not_open")
                )
            for _, value in dated.values:
                check_items(policy, parameter, value, record.called(name))
            continue
        if isinstance(record[name], dict):
            record.fail(campaign_words().problem("one_value", name=record.called(name), year=year), name)
        if parameter.type == "list" and record[name] and isinstance(record[name], list):
            overrides[name] = record.texts(name)
        else:
            overrides[name] = parameter_value(parameter, record.text(name) if record[name] else "", record.called(name))
        check_items(policy, parameter, overrides[name], record.called(name))
    return overrides


def items_of(policy: Policy, parameter: Parameter) -> tuple[str, ...]:
    """The items that a list may have: those of the code list of the form from which the pack's own come; () = any."""
    own = {item for _, value in parameter.values if isinstance(value, tuple) for item in value}
    if not own:
        return ()
    lists = [codes for codes in load_form(policy).code_lists.values() if own <= set(codes)]
    return tuple(dict.fromkeys(code for codes in lists for code in codes))


def check_items(policy: Policy, parameter: Parameter, value: Override, called: str) -> None:
    """Raises XltoolError P002 when a list has an item that no row could have."""
    allowed = items_of(policy, parameter) if isinstance(value, tuple) else ()
    for item in value if allowed and isinstance(value, tuple) else ():
        if item not in allowed:
            problem = campaign_words().problem("no_item", item=item, allowed="、".join(allowed))
            raise XltoolError("P002", parameter=called, value="、".join(value), problem=problem)


def parameter_value(parameter: Parameter, text: str, called: str) -> Value | None:
    """What the settings of a round say of a parameter; nothing = open, where the policy leaves that to the round.

    Args:
        called: how whoever wrote it calls the parameter.
    Raises: XltoolError: P002 the parameter cannot have this value.
    """
    try:
        if text or parameter.type == COUNT:
            return parse_value(text, parameter.type, parameter.choices)
        if not parameter.may_be_open:
            raise ValueError(campaign_words().problem("not_open"))
    except ValueError as error:
        raise XltoolError("P002", parameter=called, value=text, problem=error) from error
    return None


def _is_dated(node: object) -> bool:
    return isinstance(node, list) and any(isinstance(item, dict) for item in node)
