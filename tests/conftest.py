"""How the properties are tried: a failing example is shown as it was found.

Making it smaller can take minutes, which CI does not have; `XLTOOL_SHRINK=1 pytest tests/test_….py` does it.
"""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from office import Office
from warm import Warm, all_end

from toolkit.cli.app import GARBAGE
from toolkit.reading import supervisor
from toolkit.reading.supervisor import Worker

FOUND_AS_IT_IS = tuple(phase for phase in Phase if phase not in (Phase.shrink, Phase.explain))
os.environ["OPENPYXL_LXML"] = "False"
"""Workbooks of the tests are written by the same XML library, whether or not another package brings lxml."""
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
settings.register_profile("as found", settings.default, phases=FOUND_AS_IT_IS, print_blob=True)
if not os.environ.get("XLTOOL_SHRINK"):
    settings.load_profile("as found")

LONGEST = [
    *("one_question", "policy_reach", "parity", "macros_clicks", "faults_round", "letters", "privacy"),
    *("golden_path", "current_returns", "killed", "sdk", "tasks", "macros_bundle", "past_day", "swap"),
    *("disk_and_ledger", "director", "marked_copies", "macros_bridge", "bad_input", "third_policy"),
    *("reading_commands", "figures_cli_rows", "annotate", "registers_commands", "planted_books", "macros_office"),
    *("upward", "policy_tools", "lost_cells", "whole_round", "hostile_texts", "selfcheck", "planted_time", "board"),
    *("kept", "template_office", "unusual_styles", "reading_characters", "macros_live", "systems", "board_browser"),
    *("resaved", "remembered"),
]
"""Files of tests that take longest, in seconds of one processor: begun first, so that all processors end together."""


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Thousands of tests stay until the end: nobody looks for garbage among them, a third of the time of collecting."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        gc.enable()


def pytest_collection_modifyitems(items):
    """The longest files first, all others in their order."""
    place = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory):
    """The key of seals lies in a folder of the tests, not among the settings of whoever runs them."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
            patched.setenv(name, str(tmp_path_factory.mktemp("settings")))
        yield


@pytest.fixture(autouse=True)
def own_folder():
    """Every test leaves the process in the folder where it began: later ones start programs from there."""
    began = Path.cwd()
    yield
    ended = Path.cwd()
    os.chdir(began)
    assert ended == began, f"the test left the process in {ended}"


@pytest.fixture(scope="session", autouse=True)
def warm_workers():
    """Reading processes are handed on from reading to reading (see `warm`)."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(supervisor, "Worker", Warm)
        yield
    all_end()


@pytest.fixture(scope="session", autouse=True)
def one_office():
    """The offices that tests began end with them."""
    yield
    Office.all_end()


@pytest.fixture(scope="module")
def own_workers():
    """Every reading starts and ends its own processes, as in the program."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(supervisor, "Worker", Worker)
        yield
