"""Documents that are open in a running LibreOffice behind the xlwings engine.

The office is reached through `office_server.py` under the system's Python, which has `uno`.
"""

import json
import subprocess
from functools import partial
from pathlib import Path

from tests.macros import xlwings_engine
from tests.macros.clicking import SYSTEM_PYTHON

SERVER = Path(__file__).with_name("office_server.py")
ORDERS = ("titles", "values", "enter", "paint", "protected", "unprotect", "protect", "print_only", "save_copy")


class Server:
    """Answers orders about the open documents; every order is a method of `office_server.Documents`."""

    def __init__(self, pipe):
        command = [SYSTEM_PYTHON, str(SERVER), pipe]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, name, *arguments):
        """The answer to an order.

        Raises: RuntimeError: the office refused.
        """
        self._process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the server has died")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def end(self):
        """Lets go of the office, which goes on."""
        self._process.stdin.close()
        self._process.wait(30)


class Workbook:
    """One open document."""

    def __init__(self, server, fullname):
        self.fullname = fullname
        self._order = server.order
        self._names = None
        for name in ORDERS:
            setattr(self, name, partial(server.order, name, fullname))

    def names(self):
        """Name → place; asked once, because xlwings asks anew for every name."""
        if self._names is None:
            self._names = self._order("names", self.fullname)
        return self._names

    def colour(self, place):
        found = self._order("colour", self.fullname, place)
        return found and tuple(found)

    def allowed(self, title, name):
        """LibreOffice keeps what a protected sheet allows to itself, also when it is protected anew."""
        return False

    def front(self):
        self._order("front", self.fullname)

    def select(self, place):
        self._order("select", self.fullname, place)

    def selected(self):
        """(sheet, address) of what is selected on the screen."""
        return tuple(self._order("selected", self.fullname))


def install(server):
    """The engine with the documents that are open now, active in xlwings; its one app."""
    workbooks = [Workbook(server, fullname) for fullname in server.order("documents")]
    return xlwings_engine.install("libreoffice", workbooks)
