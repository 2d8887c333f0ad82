"""A watched folder serves its own round, whatever links, pipes and sizes somebody puts into its job folder."""

import os
import shutil
import sys
import threading
import time

import pytest

from tests.macros import contract
from tests.test_macros_bridge import empty_round
from toolkit import bridge
from toolkit.bridge.protocol import JOBS, REQUEST
from toolkit.model.errors import XltoolError

pytestmark = [pytest.mark.rounds, pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")]
__all__ = ["empty_round"]


@pytest.fixture
def two(empty_round, tmp_path):
    """The job folder of the round that is watched, and another round."""
    other = tmp_path / "别处"
    shutil.copytree(empty_round, other)
    for folder in (empty_round, other):
        (folder / JOBS).mkdir(parents=True, exist_ok=True)
    return empty_round / JOBS, other


def watched(folder, put, expected: int) -> list[str]:
    """What a watcher of a round says when somebody puts something into it; it must not be held up."""
    heard, ended = [], threading.Event()
    watcher = threading.Thread(target=bridge.watch, args=(folder, heard.append, 0.02, ended.is_set), daemon=True)
    watcher.start()
    time.sleep(0.3)  # what is there before it begins is thrown away
    put()
    until = time.monotonic() + (20 if expected else 2)
    while time.monotonic() < until and len(heard) < max(expected, 1):
        time.sleep(0.02)
    ended.set()
    watcher.join(20)
    assert not watcher.is_alive()
    return heard


def left(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def a_link_to_a_request_elsewhere(jobs, other):
    asked = contract.request(other, "status", name="elsewhere", cfg_folder=str(other))
    (jobs / "a.req").symlink_to(asked)


def a_link_to_a_request_of_the_other_round(jobs, other):
    asked = contract.request(other, "status").rename(other / JOBS / "b.req")
    (jobs / "a.req").symlink_to(asked)


def a_pipe(jobs, other):
    os.mkfifo(jobs / "a.req")


def a_folder(jobs, other):
    (jobs / "a.req").mkdir()


@pytest.mark.parametrize(
    "put", [a_link_to_a_request_elsewhere, a_link_to_a_request_of_the_other_round, a_pipe, a_folder]
)
def test_what_is_no_file_is_no_request(two, put):
    """By a link the watcher of one round worked on another; a pipe held it up for ever, a folder filled the screen."""
    jobs, other = two
    before = {name: data for name, data in left(other).items() if name.suffix != REQUEST}
    assert watched(jobs.parents[1], lambda: put(jobs, other), 0) == []
    assert {name: data for name, data in left(other).items() if name.suffix != REQUEST} == before
    with pytest.raises(XltoolError, match="M001"):
        bridge.serve(jobs / "a.req")


def test_requests_go_on_being_heard_beside_it(two, empty_round):
    jobs, other = two

    def put():
        a_pipe(jobs, other)
        contract.request(empty_round, "status").rename(jobs / "b.req")

    [said] = watched(empty_round, put, 1)
    assert "情况已刷新" in said


def test_a_job_folder_that_leads_elsewhere_is_not_watched(two, empty_round):
    jobs, other = two
    kept = contract.request(other, "status").rename(other / JOBS / "b.req")
    shutil.rmtree(jobs)
    jobs.symlink_to(other / JOBS, target_is_directory=True)
    with pytest.raises(XltoolError, match="M031"):
        bridge.watch(empty_round, print)
    assert kept.exists()


def test_the_round_that_is_watched_goes_before_the_place_of_the_request(two, empty_round):
    other = two[1]
    asked = contract.request(other, "status").rename(other / JOBS / "b.req")
    assert "[M030]" in bridge.serve(asked, watched=empty_round).message


def test_a_request_without_end_is_none(two, empty_round):
    jobs, _ = two
    asked = contract.request(empty_round, "status").rename(jobs / "a.req")
    with asked.open("ab") as stream:
        stream.write(b"x=y\r\n" * 400_000)
    assert "[M001]" in bridge.serve(asked).message
