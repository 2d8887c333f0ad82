"""A LibreOffice on a screen of its own, clicked with a real mouse; driven by JSON lines on standard input.

Runs under the Python that has `uno` (the system's), not under the project's. One command a line in, one answer a line
out: {"do": "open", "path": …}, {"do": "click", "label": …}, {"do": "cells", "names": […]}, … see `Screen`.
"""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.lang.SystemDependent import SYSTEM_XWINDOW

WIDTH, HEIGHT = 1680, 1120
ALWAYS_EXECUTE_NO_WARN = 4


class Screen:
    """Xvfb and one office; every public method is a command."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="office-screen-"))
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(self.folder)]
        self.xvfb = _quiet(command, pass_fds=(write,))
        os.close(write)
        display = os.read(read, 20).decode().strip()
        self.env = dict(os.environ, DISPLAY=f":{display}", SAL_USE_VCLPLUGIN="gen", LC_ALL="C.UTF-8")
        pipe = self.pipe = f"xltool{os.getpid()}"
        profile = (self.folder / "profile").as_uri()
        options = ["--norestore", "--nologo", "--nodefault", "--nolockcheck", f"--accept=pipe,name={pipe};urp"]
        self.office = _quiet(
            ["soffice", f"-env:UserInstallation={profile}", *options], env=self.env, start_new_session=True
        )
        self.desktop = self._connect(pipe)
        self.document = None

    def _connect(self, pipe):
        context = uno.getComponentContext()
        create = context.ServiceManager.createInstanceWithContext
        resolver = create("com.sun.star.bridge.UnoUrlResolver", context)
        for _ in range(240):
            try:
                remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
            except Exception:
                time.sleep(0.25)
        raise SystemExit("LibreOffice did not start")

    def open(self, path):
        """Opens a workbook with macros allowed; the profile's macro security stays at its default."""
        book = Path(path)
        book.with_name(f".~lock.{book.name}#").unlink(missing_ok=True)
        mode = PropertyValue()
        mode.Name, mode.Value = "MacroExecutionMode", ALWAYS_EXECUTE_NO_WARN
        self.document = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, (mode,))
        window = self.document.CurrentController.Frame.ContainerWindow
        window.setPosSize(0, 0, WIDTH, HEIGHT, 15)

    def open_beside(self, path):
        """Opens another workbook as a person would; the commands stay with the first one."""
        self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, ())

    def place(self):
        """Name of the pipe under which others reach this office."""
        return self.pipe

    def front(self):
        """The workbook's window in front of all others."""
        window = self.document.CurrentController.Frame.ContainerWindow
        window.setFocus()
        window.toFront()

    def _area(self, name):
        return self.document.NamedRanges.getByName(name).ReferredCells

    def _cell(self, name):
        return self._area(name).getCellByPosition(0, 0)

    def set(self, name, value):
        """Puts a text into a named cell, as a person would."""
        self._cell(name).String = value

    def cells(self, names):
        """Texts of named cells."""
        return {name: self._cell(name).String for name in names}

    def formulas(self, names):
        """What stands in the cells: formulas as formulas."""
        return {name: self._cell(name).Formula for name in names}

    def table(self, name):
        """Rows of a named area up to the first empty one."""
        found = []
        for row in self._area(name).getDataArray():
            if not any(row):
                break
            found.append(list(row))
        return found

    def area(self, name):
        """All rows of a named area."""
        return [list(row) for row in self._area(name).getDataArray()]

    def click(self, label, mark="out_status", patience=20.0):
        """Clicks a button until its macro has started: the first thing it does is to write the marked cell.

        A click that is sent while the window is still being drawn is lost, as on a real screen: the button is looked
        for again before every one. One that only comes late must not be repeated: the macro would run twice.
        """
        if mark:
            self._cell(mark).String = "?"
        for clicks in (1, 2, 3):
            self._run("xdotool", "mousemove", *self._middle(label), "sleep", "0.2", "click", "1")
            end = time.monotonic() + patience
            while mark and time.monotonic() < end:
                if self._cell(mark).String != "?":
                    return clicks
                time.sleep(0.05)
            if not mark:
                return clicks
        raise RuntimeError(f"the macro of {label!r} did not start; windows: {self._windows()}")

    def _middle(self, label):
        """Where the button rests while its window lies on top: bars come and go with the focus."""
        seen = []
        for _ in range(60):
            self.front()
            button = self._button(label)
            place, size = button.getLocationOnScreen(), button.getSize()
            middle = (str(place.X + size.Width // 2), str(place.Y + size.Height // 2))
            found = self._run("xdotool", "mousemove", *middle, "getmouselocation", "--shell")
            seen.append((middle, f"WINDOW={self._number()}" in found.split()))
            if seen[-3:] == [(middle, True)] * 3:
                return middle
            time.sleep(0.1)
        raise RuntimeError(f"{label!r} is moving or covered: {seen[-3:]}; windows: {self._windows()}")

    def _number(self):
        """The X server's number of the workbook's window."""
        window = self.document.CurrentController.Frame.ContainerWindow
        return window.getWindowHandle(uno.ByteSequence(b""), SYSTEM_XWINDOW).WindowHandle

    def _windows(self):
        """Title and frame of every window that is shown, for a message."""
        numbers = self._run("xdotool", "search", "--onlyvisible", "--name", "").split()
        return [self._run("xdotool", "getwindowname", number, "getwindowgeometry", number) for number in numbers]

    def wait(self, running, seconds):
        """The status when it is no longer `running`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self._cell("out_status").String
            if status not in (running, "?"):
                return status
            time.sleep(0.1)
        return status

    def watch_cell(self, name, text, seconds):
        """Whether the text turns up in a named cell in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if text in self._cell(name).String:
                return True
            time.sleep(0.05)
        return False

    def answer_box(self, title, seconds):
        """Presses Return in a message box; whether there was one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            window = self._run("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").split()
            if window:
                time.sleep(0.4)
                self._run("xdotool", "windowfocus", window[0], "sleep", "0.2", "key", "--window", window[0], "Return")
                return True
            time.sleep(0.2)
        return False

    def sheet(self, title):
        """Shows a sheet."""
        self.document.CurrentController.setActiveSheet(self.document.Sheets.getByName(title))

    def pick(self, name, row):
        """Selects a cell in a row (from 0) of a named area, as a person does before clicking a button."""
        self.document.CurrentController.select(self._area(name).getCellByPosition(1, row))

    def front_sheet(self):
        """Title of the sheet that is shown."""
        return self.document.CurrentController.ActiveSheet.Name

    def print_to(self, path):
        """The workbook as it would be printed, as a PDF."""
        kind = PropertyValue()
        kind.Name, kind.Value = "FilterName", "calc_pdf_Export"
        self.document.storeToURL(uno.systemPathToFileUrl(path), (kind,))

    def shot(self, path):
        """A picture of the screen."""
        time.sleep(0.6)
        Path(path).write_bytes(_png((self.folder / "Xvfb_screen0").read_bytes()))

    def close(self):
        """Closes the workbook without saving."""
        self.document.setModified(False)
        self.document.close(True)

    def _button(self, label):
        for _ in range(60):
            found = self._control(label)
            if found is not None and found.getSize().Width > 0:
                return found
            time.sleep(0.25)
        raise RuntimeError(f"no visible button {label!r}")

    def _control(self, label):
        controller = self.document.CurrentController
        for form in controller.ActiveSheet.DrawPage.Forms:
            for model in form:
                if model.Label == label:
                    return controller.getControl(model).getAccessibleContext()
        return None

    def _run(self, *command):
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False).stdout

    def stop(self):
        """Ends what was started here."""
        for end, process in ((os.killpg, self.office), (os.kill, self.xvfb)):
            try:
                end(process.pid, signal.SIGTERM)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _quiet(command, **options):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def _png(dump):
    """A PNG from the X server's window dump (32 bits a pixel, blue first)."""
    head = struct.unpack(">25I", dump[:100])
    size, width, height, stride, colours = head[0], head[4], head[5], head[12], head[19]
    start = size + colours * 12
    rows = bytearray()
    for row in range(height):
        line = dump[start + row * stride : start + row * stride + width * 4]
        pixels = bytearray(width * 3)
        pixels[0::3], pixels[1::3], pixels[2::3] = line[2::4], line[1::4], line[0::4]
        rows += b"\0" + pixels

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + chunk(b"IEND", b"")


def main():
    """Answers commands until the input ends."""
    screen = Screen()
    try:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            try:
                answer = {"value": getattr(screen, order.pop("do"))(**order)}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer, ensure_ascii=False), flush=True)
    finally:
        screen.stop()
        sys.stdout.flush()
        os._exit(0)  # pyuno can crash while the interpreter shuts down after the office is gone


main()
