"""The worker process: reads one file's bytes at a time from standard input, answers on standard output.

Frames hold marshalled plain data. The first is [what to read with, memory limit]; each further one is (the bytes of a
file, passwords to try), for a plan with what a person said of its sheets. An answer is a
dict as from the reader's `read`, or {"crash": name of the exception}.
"""

from __future__ import annotations

import gc
import marshal
import os

from toolkit.reading.frames import LENGTH, LISTS, PLAIN, STAMPS, receive
from toolkit.reading.memory import limit_memory


def main() -> None:
    """Serves files until standard input ends."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    gc.disable()
    first = receive(source)
    if first is None:
        return
    what, memory = marshal.loads(first)
    limit_memory(memory)
    reader = _reader(what)
    while (data := receive(source)) is not None:
        try:
            answer = marshal.dumps(reader.read(*marshal.loads(data)))
        except BaseException as error:
            answer = marshal.dumps({"crash": type(error).__name__})
        sink.write(LENGTH.pack(len(answer)))
        sink.write(answer)
        sink.flush()


def _reader(what: object):
    """PLAIN: all cells as they are; LISTS: tables of text too, merged cells filled down; STAMPS: identities.

    Else a plan (see plan.py) by which tables are read.
    """
    if what == PLAIN:
        from toolkit.reading.plain import PlainReader

        return PlainReader()
    if what == LISTS:
        from toolkit.reading.plain import ListReader

        return ListReader()
    if what == STAMPS:
        from toolkit.reading.stamps import StampReader

        return StampReader()
    from toolkit.reading.extract import Extractor

    return Extractor(what)


if __name__ == "__main__":
    main()
