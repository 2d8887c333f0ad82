"""Mail goes to a real server on loopback, once; receipts say what was taken."""

import email
from dataclasses import replace
from email import policy
from io import BytesIO

import openpyxl
import pytest
from docx import Document
from post_office import certificates, post_office
from rounds import Round

from toolkit.campaign import SENT_BACK
from toolkit.model.errors import XltoolError
from toolkit.model.stamp import DISPUTES, Stamp
from toolkit.our_books import meta_rows
from toolkit.outputs import write_marked
from toolkit.round_trip import states
from toolkit.round_trip.belonging import ADDRESSEE
from toolkit.round_trip.mailing import PASSWORD, send
from toolkit.round_trip.receipt import receipts, write_receipts

pytestmark = pytest.mark.rounds


def with_addresses(units):
    """The second unit has no address."""
    return [replace(unit, email="" if n == 1 else f"u{n}@example.cn") for n, unit in enumerate(units)]


@pytest.fixture
def made(tmp_path):
    made = Round(tmp_path / "批次", pick=with_addresses)
    made.issue()
    return made


def serve(made, office, user="", starttls="off", more=""):
    facts = f'host: "127.0.0.1", port: "{office.port}", starttls: "{starttls}", user: "{user}", from: "bgs@example.cn"'
    made.settings(mail=f"{{{facts}{more}}}")


CA = ', ca: "根证书.pem"'


def test_the_address_is_read_from_the_unit_list(made):
    assert [unit.email for unit in made.units] == ["u0@example.cn", "", "u2@example.cn", "u3@example.cn"]


def test_every_unit_gets_its_own_workbook_once(made):
    with post_office() as office:
        serve(made, office)
        first = send(made.campaign, "issued")
        again = send(made.campaign, "issued")
    assert [one.done for one in first] == [True, False, True, True]
    assert [one.outcome for one in again] == ["以前发过，没有重发", "名录里没有邮箱", *["以前发过，没有重发"] * 2]
    assert [(sender, to) for sender, to, _ in office.messages] == [
        ("bgs@example.cn", [f"u{n}@example.cn"]) for n in (0, 2, 3)
    ]
    for place, (_, _, message) in zip((0, 2, 3), office.messages, strict=True):
        part = next(message.iter_attachments())
        name = made.returns.names[made.units[place].code]
        assert part.get_filename() == name
        assert part.get_content() == (made.campaign.issued / name).read_bytes()
        assert made.units[place].name in message["Subject"]
    assert [line["unit"] for line in made.campaign.ledger.history() if line["what"] == "发信"] == [
        made.units[n].code for n in (0, 2, 3)
    ]


def test_a_refused_address_does_not_stop_the_others_and_is_tried_again(made):
    with post_office(refused={"u0@example.cn"}) as office:
        serve(made, office)
        done = send(made.campaign, "issued")
        assert [one.done for one in done] == [False, False, True, True] and "550" in done[0].outcome
        office.refused.clear()
        assert [one.done for one in send(made.campaign, "issued")] == [True, False, True, True]
    assert len(office.messages) == 3


def test_the_password_comes_from_the_environment(made, monkeypatch):
    with post_office(password="geheim") as office:
        serve(made, office, user="bgs")
        monkeypatch.setenv(PASSWORD, "wrong")
        with pytest.raises(XltoolError, match="MAIL-005"):
            send(made.campaign, "issued")
        monkeypatch.setenv(PASSWORD, "geheim")
        send(made.campaign, "issued")
    assert office.logins[-1] == ["bgs", "geheim"] and len(office.messages) == 3
    assert "geheim" not in (made.campaign.folder / "批次设置.yaml").read_text("utf-8")


@pytest.mark.parametrize("at_once", (False, True))
def test_letters_and_password_travel_encrypted(made, monkeypatch, at_once):
    monkeypatch.setenv(PASSWORD, "geheim")
    folder = certificates(made.campaign.folder)
    with post_office(password="geheim", tls=folder, at_once=at_once) as office:
        serve(made, office, "bgs", "on", CA + (', ssl: "on"' if at_once else ""))
        done = send(made.campaign, "issued")
    assert [one.done for one in done] == [True, False, True, True]
    assert office.encrypted == [True] * 3 and office.logins == [["bgs", "geheim"]]


def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_password(made, monkeypatch):
    monkeypatch.setenv(PASSWORD, "geheim")
    folder = certificates(made.campaign.folder)
    with post_office(password="geheim", tls=folder) as office:
        serve(made, office, "bgs", "on")
        with pytest.raises(XltoolError, match="MAIL-004"):
            send(made.campaign, "issued")
        certificates(made.campaign.folder)  # another root than that of the running server
        serve(made, office, "bgs", "on", CA)
        with pytest.raises(XltoolError, match="MAIL-004"):
            send(made.campaign, "issued")
        serve(made, office, "bgs", "on", ', ca: "没有.pem"')
        with pytest.raises(XltoolError, match="MAIL-007"):
            send(made.campaign, "issued")
    assert not office.logins and not office.messages
    assert not [line for line in made.campaign.ledger.history() if line["what"] == "发信"]


def test_a_server_without_encryption_gets_nothing_unless_the_settings_say_so(made):
    with post_office() as office:
        serve(made, office, starttls="on")
        with pytest.raises(XltoolError, match="MAIL-006"):
            send(made.campaign, "issued")
    with pytest.raises(XltoolError, match="MAIL-002"):
        send(made.campaign, "issued")  # nobody listens any more
    assert not office.messages


def test_when_the_server_goes_away_the_next_call_sends_the_rest(made):
    with post_office(leaves_after=1) as office:
        serve(made, office)
        done = send(made.campaign, "issued")
        assert [one.done for one in done] == [True, False, False, False]
        assert [("中途断开" in one.outcome) for one in done] == [False, False, True, True]
        noted = [line["unit"] for line in made.campaign.ledger.history() if line["what"] == "发信"]
        assert noted == [made.units[0].code]
        office.leaves_after = 999
        rest = send(made.campaign, "issued")
    assert [one.outcome for one in rest] == ["以前发过，没有重发", "名录里没有邮箱", "已发", "已发"]
    assert [to for _, to, _ in office.messages] == [["u0@example.cn"], ["u2@example.cn"], ["u3@example.cn"]]


def asked(made, place: int) -> bytes:
    """A list of disputes that was written for a unit."""
    book = openpyxl.Workbook()
    meta = book.create_sheet("_meta")
    stamp = Stamp(campaign=made.campaign.id)
    for row in meta_rows(DISPUTES, stamp, {ADDRESSEE: made.units[place].code}):
        meta.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_lists_of_disputes_go_to_their_unit(made):
    folder = made.campaign.folder / SENT_BACK / "争议核对"
    folder.mkdir(parents=True)
    names = [f"{made.returns.names[unit.code].removesuffix('.xlsx')}_争议核对.xlsx" for unit in made.units]
    name = names[2]
    (folder / name).write_bytes(asked(made, 2))
    (folder / names[3]).write_bytes(asked(made, 2))
    with post_office() as office:
        serve(made, office)
        done = send(made.campaign, "disputes")
    assert [(one.unit, one.file) for one in done if one.done] == [(made.units[2].code, name)]
    assert [one.unit for one in done if not one.done] == [made.units[3].code], "the list of another unit"
    [(_, to, message)] = office.messages
    assert to == ["u2@example.cn"] and "争议" in message["Subject"]


def test_a_dry_run_writes_the_messages_and_sends_nothing(made):
    done = send(made.campaign, "issued", dry_run=True)
    paths = sorted((made.campaign.output / "邮件").glob("*.eml"))
    assert len(paths) == len(done) == 4
    before = [path.read_bytes() for path in paths]
    send(made.campaign, "issued", dry_run=True)
    assert [path.read_bytes() for path in paths] == before
    message = email.message_from_bytes(before[0], policy=policy.default)
    assert message["To"] == "u0@example.cn" and made.units[0].name in message.get_body().get_content()


def test_marked_copies_go_to_the_unit_of_their_stamp(made):
    folder = made.campaign.folder / SENT_BACK
    (folder / "退.xlsx").write_bytes(made.workbook(2))
    with post_office() as office:
        serve(made, office)
        assert [one.unit for one in send(made.campaign, "marked")] == [made.units[2].code]
    assert office.messages[0][1] == ["u2@example.cn"]


def test_lists_of_problems_go_out_too_and_nothing_to_units_that_are_done(made):
    """A file that cannot be marked goes back as a list; it names no other unit. Accepting a unit ends its letters."""
    (made.campaign.inbox / f"{made.units[3].name}.xlsx").write_bytes(b"PK broken")
    made.put(2, cells={("party_org", "full_members", 0): 999})
    write_marked(made.check())
    rehearsed = send(made.campaign, "marked", dry_run=True)
    assert [one.unit for one in rehearsed] == [made.units[2].code, made.units[3].code]
    [path] = (made.campaign.folder / SENT_BACK).glob("*问题清单.xlsx")
    texts = {str(cell.value) for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row if cell.value}
    assert not [text for unit in made.units[:3] for text in texts if unit.name in text or unit.code in text]
    states.decide(made.campaign, made.units[2].code, states.ACCEPT, "另案核实，人数属实")
    assert [one.unit for one in send(made.campaign, "marked", dry_run=True)] == [made.units[3].code]


def test_what_is_missing_is_one_sentence(made):
    with pytest.raises(XltoolError, match="MAIL-001"):
        send(made.campaign, "issued")
    with pytest.raises(XltoolError, match="MAIL-003"):
        send(made.campaign, "marked")


def test_a_receipt_says_hash_rows_totals_and_time(made):
    path = made.put(0)
    made.put(2, cells={("party_org", "full_members", 0): 999})
    checked = made.check()
    code = made.units[0].code
    states.decide(made.campaign, code, states.ACCEPT, "核实过")
    found = receipts(checked, made.day)
    assert [one.unit for one in found] == [code]
    one = found[0]
    record = next(row for row in made.campaign.ledger.returned() if row["file"] == path.name)
    assert (one.sha256, one.seen) == (record["sha256"], record["seen"][:16].replace("T", " "))
    assert one.read == one.merged + one.rejected + checked.batch.returns[0].not_data
    assert one.merged == sum(one.rows.values()) > 0
    letter, plain = write_receipts(checked, made.day, code)
    text = plain.read_text("utf-8-sig")
    printed = [one.text for one in Document(str(letter)).paragraphs if one.text]
    assert printed[0] == "回执" and "；".join(printed[1:]) == "；".join(line for line in text.splitlines() if line)
    for fact in (one.sha256, one.seen, made.units[0].name, f"汇总 {one.merged} 行", f"{one.due} 元", "核实过"):
        assert fact in text
    with pytest.raises(XltoolError, match="REC-001"):
        receipts(checked, made.day, made.units[2].code)
