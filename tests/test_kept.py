"""What is kept of a reading: found again only for the same content and definitions, never believed when damaged."""

import hmac
import marshal
import os
import random
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from reading_books import STAMP, small_form
from test_reading_batch import put, snapshot, unit_paper
from zoo.containers import encrypted

from toolkit import seal
from toolkit.model.unit import UnitList
from toolkit.reading import kept, read_returns
from toolkit.reading.supervisor import Worker

pytestmark = [pytest.mark.rounds, pytest.mark.usefixtures("own_workers")]

FORM = small_form()
CODES = ("A1x", "A2x", "A3x", "A4x", "A5x")


@pytest.fixture
def asked(monkeypatch):
    """The number of files that workers were asked about."""
    counted = []
    ask = Worker.ask
    monkeypatch.setattr(Worker, "ask", lambda self, *args: (counted.append(1), ask(self, *args))[1])
    return counted


@pytest.fixture
def files(tmp_path):
    inbox = tmp_path / "回收"
    inbox.mkdir()
    papers = {f"{code}.xlsx": unit_paper(code, {"code": f"{code}-1", "members": "若干"}).bytes() for code in CODES}
    return put(inbox, **papers, **{"空.xlsx": b"", "页.xlsx": b"<html><table></table>"})


def read(files, memory: Path | None, **how):
    return read_returns(files, FORM, UnitList(), workers=2, memory_folder=memory, expected=STAMP, **how)


def test_what_is_known_is_not_read_again(files, tmp_path, asked):
    alone = snapshot(read(files, None))
    assert snapshot(read(files, tmp_path / "m")) == alone
    asked.clear()
    assert snapshot(read(files, tmp_path / "m")) == alone
    assert asked == []
    assert snapshot(read(files, tmp_path / "m", fresh=True)) == alone
    assert len(asked) == len(files)


def test_other_definitions_read_again(files, tmp_path, asked, monkeypatch):
    read(files, tmp_path / "m")
    asked.clear()
    read(files, tmp_path / "m", aliases={"org": {"甲乙": "note"}})
    assert len(asked) == len(files)
    asked.clear()
    monkeypatch.setattr(kept, "program_digest", lambda: "another version")
    read(files, tmp_path / "m", aliases={"org": {"甲乙": "note"}})
    assert len(asked) == len(files)


def test_only_new_content_is_read_whatever_its_name(files, tmp_path, asked):
    read(files, tmp_path / "m")
    asked.clear()
    files[0][1].write_bytes(unit_paper("B1x").bytes())
    files[1] = ("改名.xlsx", files[1][1].rename(files[1][1].with_name("改名.xlsx")))
    batch = read(files, tmp_path / "m")
    assert len(asked) == 1
    assert snapshot(batch) == snapshot(read(files, None))


DAMAGES = {
    "empty": lambda data: b"",
    "cut": lambda data: data[:-7],
    "longer": lambda data: data + b"\0",
    "an unkeyed checksum": lambda data: sha256(data[32:]).digest() + data[32:],
    "a checksum with the key of nobody": lambda data: hmac.digest(b"", data[32:], "sha256") + data[32:],
    "a bit": lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:],
    "the checksum": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "other data": lambda data: data[:32] + marshal.dumps({"refused": "F001"}),
    "rubbish": lambda data: b"\xff" * 500,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_read_again(files, tmp_path, asked, damage):
    alone = snapshot(read(files, tmp_path / "m"))
    for path in (tmp_path / "m").iterdir():
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
    asked.clear()
    assert snapshot(read(files, tmp_path / "m")) == alone
    assert len(asked) == len(files)


def test_the_entry_of_another_file_is_not_believed(files, tmp_path, asked):
    alone = snapshot(read(files, tmp_path / "m"))
    paths = sorted((tmp_path / "m").iterdir())
    contents = [path.read_bytes() for path in paths]
    for path, data in zip(paths, contents[1:] + contents[:1], strict=True):
        path.write_bytes(data)
    asked.clear()
    assert snapshot(read(files, tmp_path / "m")) == alone
    assert len(asked) == len(files)


def test_what_belongs_to_files_that_are_gone_is_removed(files, tmp_path):
    read(files, tmp_path / "m")
    before = {path.name for path in (tmp_path / "m").iterdir()}
    read(files[1:], tmp_path / "m")
    after = {path.name for path in (tmp_path / "m").iterdir()}
    assert after < before and len(after) == len(files) - 1


def test_what_a_password_opened_is_not_kept(tmp_path):
    plain = unit_paper("A1x").bytes()
    files = put(tmp_path, **{"a.xlsx": encrypted(plain, "kept-secret"), "b.xlsx": encrypted(plain, "other")})
    opened = read(files, tmp_path / "m", passwords={"": ["kept-secret"]})
    assert [r.state for r in opened.returns] == ["accepted", "unreadable"]
    assert not (tmp_path / "m").exists() or not list((tmp_path / "m").iterdir())
    assert [r.state for r in read(files, tmp_path / "m").returns] == ["unreadable"] * 2
    assert [r.state for r in read(files, tmp_path / "m", passwords={"": ["other"]}).returns] == [
        "unreadable",
        "accepted",
    ]


def test_a_run_that_stops_half_way_goes_on_there(files, tmp_path):
    def stop(done, total):
        if done == 3:
            raise KeyboardInterrupt

    def entries() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (tmp_path / "m").iterdir()}

    with pytest.raises(KeyboardInterrupt):
        read_returns(files, FORM, UnitList(), workers=1, memory_folder=tmp_path / "m", progress=stop, expected=STAMP)
    known = entries()
    assert 3 <= len(known) < len(files)
    assert snapshot(read(files, tmp_path / "m")) == snapshot(read(files, None))
    assert len(entries()) == len(files) and known.items() <= entries().items(), (
        "what was read before was not read again"
    )


def test_a_disk_that_takes_nothing_costs_nothing(files, tmp_path):
    (tmp_path / "m").write_bytes(b"a file where the folder should be")
    assert snapshot(read(files, tmp_path / "m")) == snapshot(read(files, None))


def test_a_crash_is_not_kept(files, tmp_path, monkeypatch):
    from toolkit.reading import supervisor

    with monkeypatch.context() as patched:
        patched.setattr(supervisor, "_START", "import os,sys; sys.stdin.buffer.read(8); os.abort()")
        assert {r.state for r in read(files, tmp_path / "m").returns} == {"unreadable"}
    assert snapshot(read(files, tmp_path / "m")) == snapshot(read(files, None))


def forged(path: Path) -> None:
    """Other amounts under a right name, sealed as well as somebody can who has the program but not the key."""
    answer = marshal.loads(path.read_bytes()[32:])
    for sheet in answer.get("sheets", ()):
        if "members" in sheet["columns"]:
            sheet["columns"]["members"] = [99] * len(sheet["rows"])
    frame = marshal.dumps(answer)
    path.write_bytes(sha256(path.name.encode() + frame).digest() + frame)


def test_forged_readings_are_not_believed(files, tmp_path, asked):
    """With the unkeyed checksum of before, forged amounts stood in 汇总数据."""
    alone = snapshot(read(files, tmp_path / "m"))
    for path in (tmp_path / "m").iterdir():
        forged(path)
    asked.clear()
    assert snapshot(read(files, tmp_path / "m")) == alone
    assert len(asked) == len(files)


def test_random_rubbish_is_read_anew(files, tmp_path, asked):
    alone, rng = snapshot(read(files, tmp_path / "m")), random.Random(18)
    for _ in range(5):
        for path in (tmp_path / "m").iterdir():
            rubbish = rng.randbytes(rng.randrange(200))
            path.write_bytes(
                rng.choice([rubbish, sha256(rubbish).digest() + rubbish, path.read_bytes() + rubbish + b"."])
            )
        asked.clear()
        assert snapshot(read(files, tmp_path / "m")) == alone
        assert len(asked) == len(files)


@pytest.mark.skipif(sys.platform == "win32", reason="other rights")
def test_nobody_else_reads_what_is_kept(files, tmp_path):
    read(files, tmp_path / "m")
    for path in (tmp_path / "m", *(tmp_path / "m").iterdir(), seal.folder() / "seal.key"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("linked", ["m", ".", ".."])
def test_nothing_is_kept_or_removed_where_a_link_leads(linked, files, tmp_path):
    """Whoever could write into the round let every file of another folder be removed."""
    memory, theirs = tmp_path / "轮" / "x" / "m", tmp_path / "theirs"
    link = [memory, *memory.parents][["m", ".", ".."].index(linked)]
    place = theirs / memory.relative_to(link)
    place.mkdir(parents=True)
    (place / "要紧.docx").write_bytes(b"1")
    place.chmod(0o755)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(theirs, target_is_directory=True)
    assert snapshot(read(files, memory)) == snapshot(read(files, None))
    assert [path.name for path in place.iterdir()] == ["要紧.docx"] and stat.S_IMODE(place.stat().st_mode) == 0o755


def test_only_what_is_kept_is_removed(files, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "要紧.docx").write_bytes(b"1")
    read(files, tmp_path / "m")
    assert (tmp_path / "m" / "要紧.docx").exists()


@pytest.fixture
def other_settings(tmp_path, monkeypatch):
    for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "settings"))
    return seal.folder()


def test_another_user_reads_anew(files, tmp_path, asked, other_settings):
    read(files, tmp_path / "m")
    (other_settings / "seal.key").unlink()
    seal._keys.clear()
    asked.clear()
    read(files, tmp_path / "m")
    assert len(asked) == len(files)


def test_without_a_key_nothing_is_kept_and_nothing_believed(files, tmp_path, asked, other_settings):
    other_settings.parent.mkdir(parents=True)
    other_settings.write_bytes(b"a file where the folder should be")
    for _ in range(2):
        asked.clear()
        assert snapshot(read(files, tmp_path / "m")) == snapshot(read(files, None))
        assert len(asked) == 2 * len(files)
    assert not (tmp_path / "m").exists() or not list((tmp_path / "m").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="other rights")
@pytest.mark.parametrize("spoil", [lambda path: path.chmod(0o644), lambda path: path.write_bytes(b"short")])
def test_a_key_that_is_no_secret_is_made_anew(other_settings, spoil):
    mark = seal.seal(b"x")
    assert seal.unbroken(b"x", mark) and not seal.unbroken(b"y", mark) and not seal.unbroken(b"x", b"")
    spoil(other_settings / "seal.key")
    seal._keys.clear()
    assert not seal.unbroken(b"x", mark)
    assert stat.S_IMODE((other_settings / "seal.key").stat().st_mode) == 0o600


def test_programs_that_start_at_once_have_one_key(other_settings):
    code = "from toolkit import seal; print(seal.seal(b'x').hex())"
    command = [sys.executable, "-c", code]
    root = Path(__file__).parent.parent
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=os.environ) for _ in range(6)]
    assert len({one.communicate()[0] for one in started}) == 1
