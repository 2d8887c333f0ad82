"""Issued workbooks and marked copies by mail: one message a unit, never the same file twice."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from toolkit.campaign import SENT_BACK, Campaign
from toolkit.files import safe_name, write_whole
from toolkit.model.errors import XltoolError
from toolkit.model.unit import Unit
from toolkit.round_trip.belonging import Outgoing, digest_of, not_theirs, own_disputes, own_lists, own_returns, units_of
from toolkit.round_trip.states import DONE, unit_states
from toolkit.round_trip.words import round_words
from toolkit.words import words

KINDS = ISSUED, MARKED, DISPUTES, LISTS = "issued", "marked", "disputes", "tasks"
PASSWORD = "XLTOOL_SMTP_PASSWORD"
_TIMEOUT = 30
_SITUATIONS = (
    (ssl.SSLCertVerificationError, "MAIL-004"),
    (smtplib.SMTPAuthenticationError, "MAIL-005"),
    (smtplib.SMTPNotSupportedError, "MAIL-006"),
)
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message.

    Args:
        outcome: in words; done: whether the unit has (or had) its message.
    """

    unit: str
    name: str
    address: str
    file: str
    outcome: str
    done: bool


@dataclass(frozen=True, slots=True)
class _Letter:
    unit: Unit
    path: Path
    digest: str
    message: EmailMessage


def send(campaign: Campaign, what: str, *, dry_run: bool = False, again: bool = False) -> list[Sent]:
    """Sends every unit its file and notes it in the ledger; gives one record a file in official order.

    Args:
        what: `issued` (the folder 下发), `marked` (the folder 退回), `disputes` (退回/争议核对) or `tasks`
            (汇总/责任清单).
        dry_run: write .eml files into 汇总/邮件 and send nothing.
        again: also what was sent before.
    Raises: XltoolError: MAIL-001 no server set, MAIL-002 no connection, MAIL-003 nothing to send, MAIL-004 to MAIL-007
        certificate, password or encryption, O001 to O003.
    """
    files = _files(campaign, what)
    if not files:
        folders = {ISSUED: campaign.issued.name, LISTS: f"{campaign.output.name}/{words()['files']['task_folder']}"}
        raise XltoolError("MAIL-003", folder=folders.get(what, SENT_BACK))
    own = {DISPUTES: own_disputes, LISTS: own_lists}.get(what, own_returns)(campaign, files)
    kept = [_kept(one) for one in files if one.path not in own]
    letters = [_letter(campaign, what, one.unit, one.path) for one in files if one.path in own]
    if dry_run:
        with campaign.writing():
            return kept + [_written(campaign, letter) for letter in letters]
    if not campaign.mail:
        raise XltoolError("MAIL-001")
    sent = set() if again else _sent_before(campaign)
    waiting = [item for item in letters if item.unit.email and (item.unit.code, item.digest) not in sent]
    outcomes = dict(_deliver(campaign, waiting)) if waiting else {}
    return kept + [_record(letter, outcomes, sent) for letter in letters]


def _kept(one: Outgoing) -> Sent:
    """A file that does not go out: it may be another unit's."""
    return Sent(one.unit.code, one.unit.name, one.unit.email, one.path.name, not_theirs(), False)


def _files(campaign: Campaign, what: str) -> list[Outgoing]:
    """What the ledger says was issued; what went back to the units; their lists of disputes and of duties."""
    from toolkit.distribute import file_names, former_names
    from toolkit.tasks.files import lists_of_units

    if what == MARKED:
        return list(_sent_back(campaign, campaign.folder / SENT_BACK))
    if what == LISTS:
        return [Outgoing(unit, path) for unit, path in lists_of_units(campaign) if path.is_file()]
    names, said, units = file_names(campaign.units), round_words().disputes, campaign.units
    if what == ISSUED:
        issued = campaign.ledger.issued()
        former = former_names(units)
        found = [
            Outgoing(unit, campaign.issued / name, issued[unit.code], unit.name)
            for unit in units
            if unit.code in issued
            for name in _there(campaign.issued, (names[unit.code], *former.get(unit.code, ())))
        ]
    else:
        folder = campaign.folder / SENT_BACK / said["folder"]
        found = [Outgoing(unit, folder / said["file"].format(stem=Path(names[unit.code]).stem)) for unit in units]
    return [one for one in found if one.path.is_file()]


def _there(folder: Path, names: Sequence[str]) -> Sequence[str]:
    """The first of the names that a file in a folder has; the workbook of before goes where no newer one is."""
    return [name for name in names if (folder / name).is_file()][:1]


def _sent_back(campaign: Campaign, folder: Path) -> Iterator[Outgoing]:
    """What was written for units that are not done, and what a person put beside it; nobody's files go to nobody."""
    noted = {folder / name: known for name, known in campaign.ledger.sent_back_to().items()}
    there = sorted(folder.rglob("*.xlsx")) if folder.is_dir() else []
    added = units_of(campaign, [path for path in there if path not in noted])
    noted |= {path: (code, campaign.units.names.get(code, ""), digest_of(path)) for path, code in added.items()}
    own: dict[str, list[Outgoing]] = {}
    for path in there:
        code, name, digest = noted.get(path, ("", "", ""))
        if unit := campaign.units.get(code):
            own.setdefault(code, []).append(Outgoing(unit, path, digest, name))
    for state in unit_states(campaign, date.today()):
        if state.state not in DONE:
            yield from own.get(state.unit, ())


def _letter(campaign: Campaign, what: str, unit: Unit, path: Path) -> _Letter:
    from toolkit.round_trip.chase import deadline_text

    said, data = round_words().mail, path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    facts = {
        "title": campaign.title,
        "unit": unit.name,
        "file": path.name,
        "deadline": deadline_text(campaign),
        "return_to": campaign.return_to,
    }
    message = EmailMessage()
    message["Subject"] = " ".join(said[f"{what}_subject"].format(**facts).split())
    message["From"] = campaign.mail.get("from", "")
    message["To"] = unit.email
    message["Message-ID"] = f"<{digest[:32]}.{unit.code}@xltool.invalid>"
    message.set_content(said[f"{what}_body"].format(**facts))
    message.add_attachment(data, maintype=_XLSX[0], subtype=_XLSX[1], filename=path.name)
    message.set_boundary(f"=_{digest[:40]}")
    return _Letter(unit, path, digest, message)


def _written(campaign: Campaign, letter: _Letter) -> Sent:
    unit, said = letter.unit, round_words().mail
    folder = campaign.output / said["folder"]
    write_whole(folder / f"{safe_name(letter.path.stem)}.eml", letter.message.as_bytes())
    outcome = said["written"] if unit.email else said["no_address"]
    return Sent(unit.code, unit.name, unit.email, letter.path.name, outcome, bool(unit.email))


def _sent_before(campaign: Campaign) -> set[tuple[str, str]]:
    """(unit, SHA-256) of every file that was sent."""
    note = round_words().mail["note"]
    lines = (line for line in campaign.ledger.history() if line["what"] == note)
    return {(str(line["unit"]), str(line["detail"]).split(" ", 1)[0]) for line in lines}


def _deliver(campaign: Campaign, letters: list[_Letter]) -> Iterator[tuple[Path, str]]:
    """(file, problem or ""); a refused address does not stop the others, and each success is noted at once.

    When the server goes away on the way, the letter under way and those after it are not sent; the next call
    sends exactly these.
    """
    note, gone = round_words().mail["note"], ""
    with _server(campaign) as server:
        for letter in letters:
            problem, lost = (gone, True) if gone else _attempt(server, letter)
            if lost:
                gone = problem
            if not problem:
                campaign.ledger.note(note, letter.unit.code, f"{letter.digest} {letter.path.name} {letter.unit.email}")
            yield letter.path, problem


def _attempt(server: smtplib.SMTP, letter: _Letter) -> tuple[str, bool]:
    """Sends one letter: what went wrong ("" = nothing), and whether the server is gone."""
    try:
        server.send_message(letter.message)
    except smtplib.SMTPServerDisconnected:
        return round_words().mail["gone"], True
    except smtplib.SMTPException as error:
        return _reason(error), False
    except OSError:
        return round_words().mail["gone"], True
    return "", False


def _reason(error: smtplib.SMTPException) -> str:
    """The server's answer as text."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return str(error)
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


@contextmanager
def _server(campaign: Campaign) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and logged in as the settings ask.

    Raises: XltoolError: MAIL-002 no connection, MAIL-004 to MAIL-006 certificate, password, no encryption offered.
    """
    mail = campaign.mail
    with ExitStack() as stack:
        try:
            server = stack.enter_context(_connected(campaign))
            if mail["user"]:
                server.login(mail["user"], os.environ.get(PASSWORD, ""))
        except (OSError, smtplib.SMTPException) as error:
            code = next((code for kind, code in _SITUATIONS if isinstance(error, kind)), "MAIL-002")
            raise XltoolError(code, host=mail["host"], port=mail["port"], problem=error) from error
        yield server


def _connected(campaign: Campaign) -> smtplib.SMTP:
    mail = campaign.mail
    place = mail["host"], int(mail["port"])
    if mail["ssl"] == "on":
        return smtplib.SMTP_SSL(*place, timeout=_TIMEOUT, context=_trust(campaign))
    server = smtplib.SMTP(*place, timeout=_TIMEOUT)
    if mail["starttls"] == "on":
        try:
            server.starttls(context=_trust(campaign))
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server


def _trust(campaign: Campaign) -> ssl.SSLContext:
    """The system's certificates, and the one that the settings name."""
    context = ssl.create_default_context()
    if name := campaign.mail["ca"]:
        try:
            context.load_verify_locations(campaign.folder / name)
        except OSError as error:
            raise XltoolError("MAIL-007", file=name, problem=error) from error
    return context


def _record(letter: _Letter, outcomes: dict[Path, str], sent: set[tuple[str, str]]) -> Sent:
    unit, said = letter.unit, round_words().mail
    done = True
    if not unit.email:
        outcome, done = said["no_address"], False
    elif (unit.code, letter.digest) in sent:
        outcome = said["again"]
    elif problem := outcomes[letter.path]:
        outcome, done = said["refused"].format(problem=problem), False
    else:
        outcome = said["sent"]
    return Sent(unit.code, unit.name, unit.email, letter.path.name, outcome, done)
