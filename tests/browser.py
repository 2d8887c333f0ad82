"""A headless Chromium for the tests, spoken to through two pipes: it needs no package and opens no port.

Each `Browser` has a profile of its own, so that tests neither meet a running browser nor one another.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
IN_CI = os.environ.get("CI", "").lower() == "true"
TIME_LIMIT = 90
_FLAGS = (
    *("--headless", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--hide-scrollbars", "--disable-extensions", "--disable-background-networking"),
    *("--disable-component-update", "--no-default-browser-check", "--force-color-profile=srgb"),
)


def needs_browser(test):
    """Marks a test that needs Chromium: skipped with a plain message where it is missing, failing in CI."""
    missing = pytest.mark.skipif(
        CHROMIUM is None and not IN_CI, reason="Chromium is not installed; install chromium to run this test"
    )
    return pytest.mark.browser(missing(test))


class Browser:
    """A browser with one page.

    Args (of what it has heard):
        said: messages of the console, errors of scripts, refusals by the content security policy, dialogs.
        asked: addresses that were asked for.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self._last, self._rest, self._answers = 0, b"", {}
        self._loaded = False

    def __enter__(self) -> Browser:
        if CHROMIUM is None:
            pytest.fail("Chromium is missing; in CI it is required")
        self._profile = tempfile.mkdtemp(prefix="browser-")
        ends = (*os.pipe(), *os.pipe())
        theirs_in, self._out, self._in, theirs_out = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
        for end in ends:
            os.close(end)
        command = ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", CHROMIUM, *_FLAGS]
        self._process = subprocess.Popen(
            [*command, f"--user-data-dir={self._profile}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._profile},
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._session = ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, path: Path, width: int, height: int = 900) -> None:
        """Opens a file in a window of a width in pixels; below 700 it is a phone."""
        facts = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
        self._call("Emulation.setDeviceMetricsOverride", **facts)
        self._loaded = False
        self._call("Page.navigate", url=path.resolve().as_uri())
        end = time.monotonic() + TIME_LIMIT
        while not self._loaded:
            self._hear(end)

    def run(self, script: str) -> object:
        """The value of an expression on the page; a test fails when it throws."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            pytest.fail(f"{script}: {json.dumps(answer['exceptionDetails'], ensure_ascii=False)[:2000]}")
        return answer["result"].get("value")

    def picture(self, path: Path, whole: bool = False) -> Path:
        """A picture of the window, or of the whole page, as PNG."""
        data = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))
        return path

    def printed(self, path: Path) -> Path:
        """The page as it is printed on A4, as PDF."""
        data = self._call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"]
        path.write_bytes(base64.b64decode(data))
        return path

    def _call(self, method: str, **params: object) -> dict:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + TIME_LIMIT
        while self._last not in self._answers:
            self._hear(end)
        answer = self._answers.pop(self._last)
        if "error" in answer:
            pytest.fail(f"{method}: {answer['error']}")
        return answer["result"]

    def _hear(self, end: float) -> None:
        """Takes what the browser says next."""
        ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
        data = os.read(self._in, 1 << 20) if ready else b""
        if not data:
            pytest.fail(f"Chromium does not answer (exit code {self._process.poll()})")
        *messages, self._rest = (self._rest + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self._note(message["method"], message.get("params", {}))

    def _note(self, event: str, facts: dict) -> None:
        if event == "Page.loadEventFired":
            self._loaded = True
        elif event == "Network.requestWillBeSent":
            self.asked.append(facts["request"]["url"])
        elif event == "Page.javascriptDialogOpening":
            self.said.append(f"dialog: {facts['message']}")
            self._last += 1
            closing = {"id": self._last, "method": "Page.handleJavaScriptDialog", "params": {"accept": False}}
            os.write(self._out, json.dumps(closing | {"sessionId": self._session}).encode() + b"\0")
        elif event == "Runtime.consoleAPICalled":
            self.said.append(f"{facts['type']}: {[one.get('value') for one in facts['args']]}")
        elif event == "Runtime.exceptionThrown":
            self.said.append(json.dumps(facts["exceptionDetails"], ensure_ascii=False)[:2000])
        elif event == "Log.entryAdded":
            self.said.append(f"{facts['entry']['level']}: {facts['entry']['text']}")
