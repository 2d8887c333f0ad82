"""Stands in for xltool: answers the bridge's protocol truly, but works for half a minute."""

import sys
import time
from pathlib import Path

from toolkit.bridge import serve, tasks
from toolkit.bridge.protocol import DONE, Answer


def slowly(desk):
    for number in range(1, 101):
        desk.reporter.tell(f"慢慢做 {number}", number, 100)
        time.sleep(0.3)
    return Answer(DONE, "做完了。")


tasks.TASKS["status"] = slowly
serve(Path(sys.argv[2]))
