"""Stands in for xltool where there is no Excel: the same bridge, on the workbooks that are open in LibreOffice.

Arguments: the name of the office's pipe, then those of xltool (`bridge REQUEST`).
"""

import sys
from pathlib import Path

from tests.macros.office_books import Server, install
from toolkit.bridge import serve

server = Server(sys.argv[1])
install(server)
serve(Path(sys.argv[3]))
server.end()
