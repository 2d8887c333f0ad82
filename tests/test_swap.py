"""The outputs of one run come together or not at all: whatever fails, at whichever call, and whenever it is killed.

XLTOOL_SECOND_FAULTS=1 tries every second fault after every first one.
"""

import errno
import hashlib
import json
import os
import random
from contextlib import suppress
from pathlib import Path

import pytest
from faults import faulty, killed, tree
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import disk
from toolkit.disk import journal
from toolkit.disk.journal import BACK, JOURNAL, SIDE, recover_folder
from toolkit.disk.swap import current, together
from toolkit.files import at_hand, holds, remove, scratch, write_new, write_whole
from toolkit.model.errors import XltoolError
from toolkit.seal import seal

pytestmark = pytest.mark.slow

ERRORS = (
    errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EBUSY, errno.EROFS, errno.EIO, errno.ENODEV,
    errno.ESTALE,
)  # fmt: skip
OLD = {"问题清单.xlsx": b"old findings", "汇总数据.xlsx": b"old rows", "表/甲.parquet": b"old", "同.txt": b"same"}
NEW = {"问题清单.xlsx": b"new findings", "汇总数据.xlsx": b"new rows!", "表/乙/丙.parquet": b"new", "同.txt": b"same"}
GONE = "表/甲.parquet"
LONG = bool(os.environ.get("XLTOOL_SECOND_FAULTS"))
LATER = (1, 2, 3, 5, 8, 11)
"""The calls at which what puts a folder right fails or is killed; in CI half of them for each kind of first fault."""


def old_round(folder: Path) -> dict[str, bytes]:
    """A folder with yesterday's outputs; what stands in it."""
    for name, data in OLD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return tree(folder)


def run(folder: Path) -> None:
    """Today's outputs."""
    with together():
        for name, data in NEW.items():
            write_whole(folder / name, data)
        remove(folder / GONE)


def outputs(folder: Path) -> dict[str, bytes]:
    """All but the side folder."""
    return {name: data for name, data in tree(folder).items() if SIDE not in name and not name.startswith(".~")}


def states(tmp_path: Path) -> tuple[dict, dict]:
    """What stands in the folder wholly old, and wholly new."""
    old = old_round(tmp_path / "old")
    old_round(tmp_path / "new")
    run(tmp_path / "new")
    return old, tree(tmp_path / "new")


def calls(tmp_path: Path, number: int = 0) -> int:
    """How many calls a whole run makes."""
    old_round(tmp_path / "count")
    with faulty(tmp_path / "count", number) as seen:
        run(tmp_path / "count")
    return seen.count


def test_all_outputs_come_together(tmp_path):
    old, new = states(tmp_path)
    assert new == {**NEW, "表": b"/", "表/乙": b"/"} and old != new
    folder = tmp_path / "x"
    assert old_round(folder) == old
    with together():
        write_whole(folder / "问题清单.xlsx", b"new")
        remove(folder / "汇总数据.xlsx")
        now = {name: data for name, data in tree(folder).items() if not name.startswith(SIDE)}
        assert now == old, "nothing is in its place before the end"
        assert at_hand(folder / "问题清单.xlsx").read_bytes() == b"new" and holds(folder / "问题清单.xlsx", b"new")
        assert not at_hand(folder / "汇总数据.xlsx").exists()
        with pytest.raises(XltoolError, match="O004"):
            write_new(folder / "问题清单.xlsx", b"other")
    assert current() is None
    assert tree(folder) == {name: data for name, data in {**old, "问题清单.xlsx": b"new"}.items() if "数据" not in name}


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt, SystemExit, XltoolError("O002", file="x")])
def test_an_error_on_the_way_leaves_everything_as_it_was(tmp_path, problem):
    before = old_round(tmp_path)
    with pytest.raises(BaseException) as seen, together():
        run(tmp_path)
        write_whole(tmp_path / "新" / "夹" / "x", b"1")
        with scratch(tmp_path / "新" / "y") as place:
            (place / "part").write_bytes(b"half")
            raise problem
    assert not isinstance(seen.value, AssertionError)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_a_fault_at_any_call_leaves_all_old_or_all_new(tmp_path, number):
    old, new = states(tmp_path)
    total = calls(tmp_path, number)
    assert total > 5
    said = set()
    for at in range(1, total + 1):
        for lasting in (False, True):
            folder = tmp_path / f"{at}{lasting}"
            old_round(folder)
            failed = False
            with faulty(folder, number, at, lasting=lasting):
                try:
                    run(folder)
                except XltoolError as error:
                    failed, code = True, error.code
                    said.add(code)
                    assert str(error).startswith(f"[{code}]") and error.exit_code
            assert outputs(folder) in ((old,) if failed else (new,)) or code == "O015", (at, lasting)
            recover_folder(folder)
            assert outputs(folder) in ((old, new) if failed else (new,)), (at, lasting)
            run(folder)
            assert tree(folder) == new, "the next run gives the same and leaves nothing"
    assert said, "some faults are said"
    assert said <= {"O001", "O002", "O003", "O013", "O010", "O015"}


def test_a_kill_at_any_call_leaves_all_old_or_all_new(tmp_path):
    old, new = states(tmp_path)
    seen = []
    for at in range(1, calls(tmp_path) + 2):
        folder = tmp_path / str(at)
        old_round(folder)
        was_killed = killed(lambda folder=folder: run(folder), folder, at)
        recover_folder(folder)
        found = outputs(folder)
        assert found in (old, new), at
        seen.append(found == new)
        assert was_killed or found == new
        run(folder)
        assert tree(folder) == new, "the next run gives the same"
    assert seen == sorted(seen) and not seen[0] and seen[-1], "from one call on it is done"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EIO])
def test_a_second_fault_or_kill_while_it_is_put_right(tmp_path, number):
    """Killed in the middle, then the next command fails or is killed too, at any call; the third one puts it right."""
    old, new = states(tmp_path)
    total = calls(tmp_path)
    for at in range(total // 2 + number % 3, total + 1, 3):
        for second in LATER if LONG else LATER[number % 2 :: 2]:
            for kill in (False, True):
                folder = tmp_path / f"{at}-{second}-{kill}"
                old_round(folder)
                killed(lambda folder=folder: run(folder), folder, at)
                if kill:
                    killed(lambda folder=folder: recover_folder(folder), folder, second)
                else:
                    with faulty(folder, number, second, lasting=bool(second % 2)):
                        try:
                            recover_folder(folder)
                        except XltoolError as error:
                            assert error.code in ("O001", "O003", "O013", "O010", "O015"), error
                recover_folder(folder)
                assert outputs(folder) in (old, new), (at, second, kill)
                run(folder)
                assert tree(folder) == new


NAMES = st.lists(st.sampled_from(["甲", "乙.xlsx", "夹/丙", "夹/丁/戊.txt", "夹/~$丙", "己'\"; .x"]), unique=True)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_changes_any_fault(tmp_path_factory, data):
    """Any files before, any written and removed, any error at any call, for once or from then on."""
    before = {name: data.draw(st.binary(max_size=9)) for name in data.draw(NAMES)}
    after = {name: data.draw(st.binary(max_size=9)) for name in data.draw(NAMES)}
    gone = data.draw(NAMES)
    number, at = data.draw(st.sampled_from(ERRORS)), data.draw(st.integers(0, 60))
    folder = tmp_path_factory.mktemp("x")

    def prepare(place: Path) -> Path:
        for name, content in before.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        return place

    def work(place: Path) -> None:
        with together():
            for name, content in after.items():
                write_whole(place / name, content)
            for name in gone:
                remove(place / name)

    (folder / "a").mkdir(), (folder / "b").mkdir()
    prepare(folder / "b")
    old = tree(folder / "b")
    work(folder / "b")
    new = tree(folder / "b")
    wanted = {**before, **after}
    assert {name: content for name, content in new.items() if content != b"/" or (folder / "b" / name).is_file()} == {
        name: content for name, content in wanted.items() if name not in gone
    }
    prepare(folder / "a")
    done = True
    with faulty(folder / "a", number, at, lasting=data.draw(st.booleans())):
        try:
            work(folder / "a")
        except XltoolError:
            done = False
    for place in (folder / "a", *(path for path in sorted((folder / "a").rglob("*")) if path.is_dir())):
        if place.is_dir():  # as the next command does for each folder in which it reads or writes
            recover_folder(place)
    assert outputs(folder / "a") in ((new,) if done else (old, new))


def test_what_a_person_changed_meanwhile_stays_when_asked_for(tmp_path, monkeypatch):
    for name in ("保留.xlsx", "覆盖.xlsx", "删.xlsx"):
        (tmp_path / name).write_bytes(b"issued")
    swapped = journal.Journal.forward

    def forward(self, keeper):
        for name in ("保留.xlsx", "删.xlsx", "新.xlsx"):
            (tmp_path / name).unlink(missing_ok=True)
            (tmp_path / name).write_bytes(b"by a person")
        swapped(self, keeper)

    monkeypatch.setattr(journal.Journal, "forward", forward)
    with together():
        for name in ("保留.xlsx", "覆盖.xlsx", "新.xlsx"):
            write_whole(tmp_path / name, b"anew", careful=True)
        remove(tmp_path / "删.xlsx", careful=True)
    wanted = {"保留.xlsx": b"by a person", "覆盖.xlsx": b"anew", "删.xlsx": b"by a person", "新.xlsx": b"by a person"}
    assert tree(tmp_path) == wanted


def test_a_folder_may_be_moved_between_the_kill_and_the_next_command(tmp_path):
    old, new = states(tmp_path)
    for at in range(calls(tmp_path) - 12, calls(tmp_path) + 1):
        folder = tmp_path / str(at)
        old_round(folder)
        killed(lambda folder=folder: run(folder), folder, at)
        moved = folder.rename(tmp_path / f"搬 {at}")
        recover_folder(moved)
        assert outputs(moved) in (old, new)


def test_two_programs_do_not_write_into_one_folder(tmp_path):
    with together():
        write_whole(tmp_path / "x", b"1")

        def other() -> None:
            from toolkit.disk import swap

            swap._CURRENT.set(None)
            with pytest.raises(XltoolError, match="O014"), together():
                write_whole(tmp_path / "x", b"2")
            recover_folder(tmp_path)

        import contextvars
        import threading

        failures = []
        thread = threading.Thread(target=lambda: contextvars.copy_context().run(_noted, other, failures))
        thread.start()
        thread.join()
        assert not failures
    assert tree(tmp_path) == {"x": b"1"}


def _noted(work, failures: list) -> None:
    try:
        work()
    except BaseException as error:
        failures.append(error)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"token": 1}', '{"token": "x", "changes": [[1]], "notes": []}'])
def test_a_damaged_journal_is_one_sentence(tmp_path, text):
    (tmp_path / SIDE).mkdir()
    for name in (JOURNAL, BACK):
        (tmp_path / SIDE / name).write_bytes(seal(text.encode()).hex().encode() + b"\n" + text.encode())
        with pytest.raises(XltoolError, match="O016"):
            recover_folder(tmp_path)
        assert (tmp_path / SIDE / name).exists()
        (tmp_path / SIDE / name).unlink()


OUTSIDE = {
    "a file elsewhere": lambda folder, other: [[str(other / "x"), SIDE, 0, False, False, False]],
    "above": lambda folder, other: [["../别处/x", SIDE, 0, False, False, False]],
    "a side folder elsewhere": lambda folder, other: [["x", str(other), 0, False, False, False]],
    "the folder itself": lambda folder, other: [["x", ".", 0, False, False, False]],
    "over a link": lambda folder, other: [["链接/x", SIDE, 0, False, False, False]],
    "a number that is a way": lambda folder, other: [["x", SIDE, "../../别处/x", False, False, False]],
    "to be removed": lambda folder, other: [[str(other / "x"), SIDE, 0, True, True, False]],
}


@pytest.mark.parametrize("name", [JOURNAL, BACK])
@pytest.mark.parametrize("forged", OUTSIDE)
def test_a_forged_journal_changes_nothing_outside_its_folder(tmp_path, forged, name):
    """Who may write into a shared folder could have put files among those of whoever runs the next command."""
    folder, other = tmp_path / "批次", tmp_path / "别处"
    for place in (folder / SIDE, other):
        place.mkdir(parents=True)
    (folder / "链接").symlink_to(other, target_is_directory=True)
    (other / "x").write_bytes(b"mine")
    for number in (0, 1):
        (folder / SIDE / f"{number}.new").write_bytes(b"forged")
    record = {"token": "t", "folders": [], "changes": OUTSIDE[forged](folder, other), "notes": []}
    data = json.dumps(record).encode()
    for mark in (b"", b"00" * 32, hashlib.sha256(data).hexdigest().encode()):
        (folder / SIDE / name).write_bytes(mark + b"\n" + data)
        with pytest.raises(XltoolError, match="O019"):
            recover_folder(folder)
        assert tree(other) == {"x": b"mine"} and (folder / SIDE / name).exists()


def test_another_users_run_is_finished_inside_its_folder(tmp_path, monkeypatch):
    """A killed run of a colleague on a shared disk: what lies in the folder is put in place."""
    _, new = states(tmp_path)
    for at in range(1, calls(tmp_path) + 1):
        folder = tmp_path / f"k{at}"
        old_round(folder)
        killed(lambda folder=folder: run(folder), folder, at)
        monkeypatch.setattr("toolkit.seal._keys", {})
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / f"user{at}"))
        recover_folder(folder)
        assert outputs(folder) in (outputs(tmp_path / "old"), {name: new[name] for name in outputs(tmp_path / "new")})


def no_links(monkeypatch, number=errno.EPERM):
    """A disk that knows no hard links, as exFAT and many shares."""

    def refuse(*args, **kwargs):
        raise OSError(number, "no links here")

    monkeypatch.setattr(os, "link", refuse)


def test_a_disk_without_hard_links(tmp_path, monkeypatch):
    no_links(monkeypatch)
    old, new = states(tmp_path)
    for at in range(1, calls(tmp_path) + 1):
        for name, way in (("f", lambda f, at: _failed(f, at)), ("k", lambda f, at: killed(lambda: run(f), f, at))):
            folder = tmp_path / f"{name}{at}"
            old_round(folder)
            way(folder, at)
            recover_folder(folder)
            assert outputs(folder) in (old, new), (name, at)


def _failed(folder: Path, at: int) -> None:
    with faulty(folder, errno.EIO, at), suppress(XltoolError):
        run(folder)


def test_targets_on_another_disk_wait_there(tmp_path, monkeypatch):
    """A folder of another device: its side folder is there, and a rename between the two is never asked for."""
    other = tmp_path / "另一个盘"
    old_round(other)
    device, real = os.stat(tmp_path).st_dev, Path.stat  # noqa: PTH116

    class Other:
        def __init__(self, found) -> None:
            self._found, self.st_dev = found, device + 1

        def __getattr__(self, name):
            return getattr(self._found, name)

    def stat(self, **how):
        found = real(self, **how)
        return Other(found) if self.is_relative_to(other) else found

    moved = []
    monkeypatch.setattr(Path, "stat", stat)
    real_replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda a, b: (moved.append((a, Path(b))), real_replace(a, b))[1])
    with together():
        write_whole(tmp_path / "这里.xlsx", b"new")
        for name, data in NEW.items():
            write_whole(other / name, data)
    assert all(a.is_relative_to(other) == b.is_relative_to(other) for a, b in moved) and len(moved) > 3
    monkeypatch.undo()
    assert tree(tmp_path)["这里.xlsx"] == b"new"
    assert {name: data for name, data in tree(other).items() if data != b"/"} == {**NEW, GONE: b"old"}


def test_a_rename_between_two_disks_copies(tmp_path, monkeypatch):
    """Bind mounts and overlays are one device, and refuse a rename from one tree into the other."""
    real = os.replace
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"new")
    (tmp_path / "b" / "x").write_bytes(b"old")

    def replace(source, target):
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "another disk")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    disk.replace(tmp_path / "a" / "x", tmp_path / "b" / "x")
    assert tree(tmp_path) == {"a": b"/", "b": b"/", "b/x": b"new"}


@pytest.mark.parametrize("times", [1, 5, 10_000])
def test_windows_is_given_a_second(tmp_path, monkeypatch, times):
    monkeypatch.setattr(disk, "WINDOWS", True)
    left, real = [times], os.replace
    slept = []
    monkeypatch.setattr(disk.time, "sleep", slept.append)
    monkeypatch.setattr(disk.time, "monotonic", lambda: sum(slept))

    def replace(source, target):
        if Path(target).name == "x.xlsx" and left[0]:
            left[0] -= 1
            raise PermissionError(13, "used by another process")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    (tmp_path / "x.xlsx").write_bytes(b"old")
    old_round(tmp_path)
    before = tree(tmp_path)
    if times < 20:
        with together():
            write_whole(tmp_path / "x.xlsx", b"new")
            run(tmp_path)
        assert (tmp_path / "x.xlsx").read_bytes() == b"new" and len(slept) == times
    else:
        with pytest.raises(XltoolError, match="O003"), together():
            run(tmp_path)
            write_whole(tmp_path / "x.xlsx", b"new")
        assert tree(tmp_path) == before and 0.9 < sum(slept) < 1.2


@pytest.mark.parametrize(
    ("lock", "program"), [("~$x.xlsx", "Excel"), (".~lock.x.xlsx#", "LibreOffice"), (".~x.xlsx", "WPS")]
)
def test_a_file_that_is_open_is_said_with_the_program(tmp_path, monkeypatch, lock, program):
    """Windows refuses before anything is done; the sentence names who has it open, as its lock file says."""
    monkeypatch.setattr(disk, "WINDOWS", True)
    monkeypatch.setattr(disk, "PATIENCE", 0.0)
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"old")
    assert disk.opened_in(path) == ""
    (tmp_path / lock).touch()
    before, real = tree(tmp_path), os.open

    def refuse(place, flags, *more, **how):
        if Path(place) == path and flags & os.O_RDWR:
            raise PermissionError(13, "sharing violation")
        return real(place, flags, *more, **how)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(XltoolError, match="O012") as seen, together():
        write_whole(tmp_path / "y.xlsx", b"new")
        write_whole(path, b"new")
    assert program in str(seen.value) and "中打开" in str(seen.value)
    assert tree(tmp_path) == before


def test_a_file_where_a_folder_is_needed(tmp_path):
    (tmp_path / "汇总").write_bytes(b"")
    for place in ("汇总/x.xlsx", "汇总/a/b/x.xlsx"):
        with pytest.raises(XltoolError, match="O009"):
            write_whole(tmp_path / place, b"1")
        with pytest.raises(XltoolError, match="O009"), together():
            write_whole(tmp_path / place, b"1")
    assert tree(tmp_path) == {"汇总": b""}


def test_a_disk_that_is_not_there(tmp_path, monkeypatch):
    """Z: after the share was disconnected; a folder that goes away while a run writes."""
    monkeypatch.setattr("toolkit.disk.swap._there", _nowhere)
    with pytest.raises(XltoolError, match="O010"), together():
        write_whole(Path("Z:/x.xlsx"), b"1")
    monkeypatch.undo()
    folder = tmp_path / "汇总"
    old_round(folder)
    with pytest.raises(XltoolError, match="O010"), together():
        write_whole(folder / "问题清单.xlsx", b"new")
        folder.rename(tmp_path / "移走")
        write_whole(folder / "汇总数据.xlsx", b"new")
    assert outputs(tmp_path / "移走") == OLD | {"表": b"/"}
    old_round(folder)
    with pytest.raises(XltoolError, match="O010"), together():
        write_whole(folder / "问题清单.xlsx", b"new")
        write_whole(folder / "汇总数据.xlsx", b"new")
        at_hand(folder / "汇总数据.xlsx").unlink()  # by whoever tidies up
    assert tree(folder) == OLD | {"表": b"/"}


def _nowhere(path: Path) -> Path:
    raise FileNotFoundError(errno.ENOENT, "no such drive", str(path))


def test_a_name_that_is_too_long(tmp_path):
    for place in (Path("党" * 100) / "x.xlsx", Path("党" * 100 + ".xlsx"), Path(*["夹" * 60] * 30) / "x"):
        with pytest.raises(XltoolError, match="O008"):
            write_whole(tmp_path / place, b"1")
        with pytest.raises(XltoolError, match="O008"), together():
            write_whole(tmp_path / place, b"1")
    assert not [path for path in tree(tmp_path) if path.endswith("x")]


def test_the_bytes_of_a_big_output_are_whole(tmp_path, monkeypatch):
    """A system may take less than it is given."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data[:1000])))
    data = random.Random(3).randbytes(12_345)
    with together():
        write_whole(tmp_path / "x", data)
    write_whole(tmp_path / "y", data)
    assert tree(tmp_path) == {"x": data, "y": data}
