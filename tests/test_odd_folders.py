"""The folder 回收 as it may be: a link to anything, a device, closed, without end; one sentence, no wait."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from rounds import Round

from toolkit import files
from toolkit.job import campaign_job, scan
from toolkit.model.errors import XltoolError

UNIX = pytest.mark.skipif(os.name == "nt", reason="links and devices of Unix")
NOBODY = 65534
TARGETS = {
    "nowhere": ("/nowhere", "K026"),
    "itself": ("回收", "K026"),
    "zeros": ("/dev/zero", "K026"),
    "nothing": ("/dev/null", "K026"),
    "pipe": ("pipe", "K026"),
    "file": ("单位名录.xlsx", "K026"),
    "round": (".", "K026"),
    "above": ("..", "K026"),
    "processes": ("/proc", "O020"),
    "one process": ("/proc/self", "O020"),
    "hardware": ("/sys", "O020"),
    "devices": ("/dev", "O020"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    made = Round(tmp_path_factory.mktemp("odd") / "批次", units=1)
    made.issue()
    made.put(0)
    return made


@contextmanager
def linked(campaign, target):
    """回收 is a link for a while."""
    inbox, aside = campaign.inbox, campaign.folder / "aside"
    inbox.rename(aside)
    inbox.symlink_to(target)
    try:
        yield
    finally:
        inbox.unlink()
        aside.rename(inbox)


@UNIX
@pytest.mark.parametrize("kind", TARGETS)
def test_a_link_to_no_folder_of_returns(made, kind):
    target, code = TARGETS[kind]
    if kind == "pipe" and not (made.campaign.folder / "pipe").exists():
        os.mkfifo(made.campaign.folder / "pipe")
    with linked(made.campaign, target), pytest.raises(XltoolError) as error:
        campaign_job(made.campaign, None)
    assert error.value.code == code and "回收" in str(error.value)


@UNIX
def test_a_link_to_a_folder_elsewhere_is_that_folder(made, tmp_path):
    (tmp_path / "甲.xlsx").write_bytes(b"x")
    with linked(made.campaign, tmp_path):
        assert [name for name, _ in campaign_job(made.campaign, None).files] == ["甲.xlsx"]


def test_a_round_without_the_folder_has_no_returns(made):
    inbox, aside = made.campaign.inbox, made.campaign.folder / "aside"
    inbox.rename(aside)
    try:
        assert campaign_job(made.campaign, None).files == []
    finally:
        aside.rename(inbox)


def test_a_folder_without_end_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_MOST", 3)
    for number in range(4):
        (tmp_path / f"{number}.xlsx").touch()
    with pytest.raises(XltoolError) as error:
        scan([tmp_path])
    assert error.value.code == "O021" and tmp_path.name in str(error.value)


@UNIX
@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_closed_folder_is_named_itself(mode):
    """Not what the program looks for in it."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as outside:
        Path(outside).chmod(0o755)
        closed = Path(outside) / "回收"
        closed.mkdir(mode=mode)
        if root:
            os.seteuid(NOBODY)
        try:
            scan([closed])
        except XltoolError as error:
            assert error.code == "O011" and "回收”打不开" in str(error)
        finally:
            if root:
                os.seteuid(0)
            closed.chmod(0o755)
