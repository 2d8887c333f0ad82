"""The office on its own screen, from the tests' side."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ARTEFACTS = HERE.parent / "artefacts"
SYSTEM_PYTHON = "/usr/bin/python3"
TOOLS = ("soffice", "Xvfb", "xdotool")
RUNNING = "正在运行"


def missing() -> str:
    """What this machine lacks for clicking; "" when nothing."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    found = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return "、".join([*absent, *(["python3-uno"] if found.returncode else [])])


class Clicks:
    """One office for many clicks; every unknown method is a command of `office_screen.Screen`."""

    def __init__(self) -> None:
        if lacking := missing():
            if os.environ.get("CI", "").lower() == "true":
                pytest.fail(f"needed in CI: {lacking}")
            pytest.skip(f"not installed: {lacking}")
        command = [SYSTEM_PYTHON, str(HERE / "office_screen.py")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def __getattr__(self, name: str):
        def order(**options):
            self._process.stdin.write(json.dumps({"do": name, **options}) + "\n")
            self._process.stdin.flush()
            answer = self._answer()
            if "error" in answer and name != "shot":
                self.picture(f"failed_{name}")
            assert "error" not in answer, f"{name} {options}: {answer['error']}"
            return answer["value"]

        return order

    def press(self, label: str, seconds: float = 180) -> dict[str, str]:
        """Clicks a button, waits for its end; status, message, progress."""
        self.click(label=label)
        self.wait(running=RUNNING, seconds=seconds)
        found = self.cells(names=["out_status", "out_message", "out_progress"])
        return {name.removeprefix("out_"): text for name, text in found.items()}

    def picture(self, name: str) -> None:
        """Keeps a picture of the screen."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.shot(path=str(ARTEFACTS / f"{name}.png"))

    def end(self) -> None:
        """Stops the office and its screen."""
        self._process.stdin.close()
        self._process.wait(30)

    def _answer(self) -> dict:
        line = self._process.stdout.readline()
        assert line, "the office on the screen has died"
        return json.loads(line)
