"""What a run knew serves the commands after it: with the same answers, while nothing has changed, and only ours."""

import io
import pickle
import shutil
from datetime import date

import pytest
from click.testing import CliRunner

from toolkit import pipeline, remembered, rerun
from toolkit.campaign import open_campaign
from toolkit.cli import main_group
from toolkit.job import campaign_job
from toolkit.seal import LENGTH, seal
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds

DAY = {"yizheng-2022": "2023-03-01", "yunnan-2025": "2026-03-01"}


@pytest.fixture(scope="module", params=DAY)
def done(request, tmp_path_factory):
    """A round of two units that was run once, and its day."""
    folder = tmp_path_factory.mktemp("记") / "批次"
    write_sample(folder, policy=request.param, units=2, seed=5, defects="heavy")
    xltool("run", folder, DAY[request.param])
    return folder, DAY[request.param]


def xltool(command: str, folder, day: str, *more: str):
    answer = CliRunner().invoke(main_group, [command, str(folder), "--as-of", day, *more], catch_exceptions=False)
    assert answer.exit_code in (0, 1), answer.output
    return answer.output


def job(folder, day: str):
    return campaign_job(open_campaign(folder), date.fromisoformat(day))


@pytest.fixture
def anew(monkeypatch):
    """Whether the commands check anew; what they would find then is of no interest."""

    class Anew(Exception):
        pass

    def check(_):
        raise Anew

    monkeypatch.setattr(pipeline, "check", check)

    def worked(folder, day: str) -> bool:
        try:
            rerun.check(job(folder, day))
        except Anew:
            return True
        return False

    return worked


def test_what_is_remembered_is_what_a_new_check_finds(done):
    new, known = pipeline.check(job(*done)), rerun.Rerun(job(*done), job(*done).campaign.output).known()
    assert known is not None
    for name in ("findings", "earlier", "disputes", "rulings"):
        assert getattr(known, name) == getattr(new, name), name
    assert known.batch.returns == new.batch.returns and known.merged.returns[0] is known.batch.returns[0]
    assert known.merged.accounting == new.merged.accounting and known.merged.lost == new.merged.lost
    for one, other in ((known.batch.tables, new.batch.tables), (known.merged.rejected, new.merged.rejected)):
        assert list(one) == list(other)
        assert all(one[sheet].equals(other[sheet]) and one[sheet].dtypes.equals(other[sheet].dtypes) for sheet in one)
    assert known.allowance == new.allowance and known.compliance == new.compliance and known.figures == new.figures
    assert known.plans == new.plans and known.dataset.returned == new.dataset.returned


@pytest.mark.parametrize("command", ["report-up", "disputes", "pages", "summary"])
def test_commands_write_the_same_bytes(done, tmp_path, command):
    def outputs() -> dict[str, bytes]:
        xltool(command, *done)
        files = (path for path in done[0].rglob("*") if path.is_file() and ".xltool" not in path.parts)
        return {str(path.relative_to(done[0])): path.read_bytes() for path in files}

    with_memory = outputs()
    for name in (remembered.CHECKED, remembered.TABLES):
        (done[0] / name).rename(tmp_path / name.replace("/", "_"))
    assert outputs() == with_memory
    for name in (remembered.CHECKED, remembered.TABLES):
        (tmp_path / name.replace("/", "_")).rename(done[0] / name)


def test_nothing_is_read_again(done, anew):
    assert not anew(*done)


def test_a_run_whose_outputs_are_gone_writes_them_from_what_it_knew(done, anew):
    output = done[0] / "汇总"
    before = {path.name: path.read_bytes() for path in output.glob("*.xlsx")}
    shutil.rmtree(output)
    xltool("run", *done, "--fewer")
    written = {path.name: path.read_bytes() for path in output.glob("*.xlsx")}
    assert len(written) >= 6 and written.items() <= before.items()
    assert not anew(*done)


def changed(folder, name: str, how) -> None:
    path = folder / name
    path.write_bytes(how(path.read_bytes()))


CHANGES = {
    "another return": lambda folder: (folder / "回收" / "x.xlsx").write_bytes(b"new"),
    "a return fewer": lambda folder: next((folder / "回收").glob("*.xlsx")).unlink(),
    "the settings": lambda folder: (folder / "批次设置.yaml").open("a").write("# 改\n"),
    "a decision": lambda folder: open_campaign(folder).ledger.decide("U001", "通过", "0" * 64, "甲", "已核实无误"),
    "damaged": lambda folder: changed(folder, remembered.CHECKED, lambda data: data[:-1] + b"?"),
    "tables damaged": lambda folder: changed(folder, remembered.TABLES, lambda data: data[:-1] + b"?"),
    "tables gone": lambda folder: (folder / remembered.TABLES).unlink(),
    "one for the other": lambda folder: shutil.copy(folder / remembered.TABLES, folder / remembered.CHECKED),
    "another's seal": lambda folder: changed(folder, remembered.CHECKED, lambda data: bytes(LENGTH) + data[LENGTH:]),
    "a seal without a name": lambda folder: changed(
        folder, remembered.CHECKED, lambda data: seal(data[LENGTH:]) + data[LENGTH:]
    ),
    "empty": lambda folder: changed(folder, remembered.CHECKED, lambda data: b""),
}


@pytest.fixture(params=CHANGES)
def change(request):
    return CHANGES[request.param]


def test_any_change_makes_commands_check_anew(done, anew, change, tmp_path):
    folder, kept = done[0], tmp_path / "alt"
    shutil.copytree(folder, kept)
    try:
        change(folder)
        assert anew(*done)
    finally:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
    assert not anew(*done)


def test_a_round_that_moved_is_checked_anew(done, anew, tmp_path):
    shutil.copytree(done[0], tmp_path / "批次")
    assert anew(tmp_path / "批次", done[1])


FOREIGN = {
    "a function of the system": ("posix", "system"),
    "a module inside one of ours": ("toolkit.model.privacy", "re.compile"),
    "a function of ours": ("toolkit.model.privacy", "mask"),
    "a type that starts a program": ("toolkit.reading.supervisor", "Worker"),
    "what evaluates text": ("pandas", "eval"),
    "what reads a file": ("pandas", "read_pickle"),
    "a builtin": ("builtins", "exec"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_nothing_else_is_made_though_it_is_sealed(done, anew, name):
    """The seal is one lock, the names are another: what names anything else is checked anew, and not called."""
    found = job(*done)
    state = rerun.Rerun(found, found.campaign.output)._record()["input"]
    module, function = FOREIGN[name]
    called = b"\x80\x04" + b"".join(b"\x8c" + bytes([len(one)]) + one.encode() for one in (module, function))
    data = called + b"\x93\x8c\x011\x85R."
    with pytest.raises(pickle.UnpicklingError, match=function):
        remembered._Bounded(io.BytesIO(data)).load()
    path = found.campaign.folder / remembered.CHECKED
    before = path.read_bytes()
    path.write_bytes(seal(remembered._named(found, remembered.CHECKED, state) + data) + data)
    try:
        assert remembered.recall(found, state) is None and anew(*done)
    finally:
        path.write_bytes(before)


def test_large_runs_are_not_kept_whole(done, monkeypatch):
    written = []
    monkeypatch.setattr(remembered, "write_whole", lambda path, *_: written.append(path.name))
    checked = rerun.Rerun(job(*done), job(*done).campaign.output).known()
    rows = sum(map(len, checked.batch.tables.values()))
    for most in (rows, rows - 1):
        monkeypatch.setattr(remembered, "MOST_ROWS", most)
        remembered.remember(checked, "0")
    assert written == ["checked", "tables"]
