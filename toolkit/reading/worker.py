"""The worker process: reads one file's bytes at a time from standard input, answers on standard output.

Frames are an eight-byte length and marshalled plain data. The first frame is [plan, memory limit]; each further
one is (the bytes of a file, passwords to try). An answer is a dict as from `Extractor.read` (`PlainReader.read` when
there is no plan), or {"crash": name of the exception}.
"""

from __future__ import annotations

import gc
import marshal
import os
import struct
from typing import BinaryIO

from toolkit.reading.memory import limit_memory

LENGTH = struct.Struct("<Q")


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
    plan, memory = marshal.loads(first)
    limit_memory(memory)
    reader = _reader(plan)
    while (data := receive(source)) is not None:
        try:
            answer = marshal.dumps(reader.read(*marshal.loads(data)))
        except BaseException as error:
            answer = marshal.dumps({"crash": type(error).__name__})
        sink.write(LENGTH.pack(len(answer)))
        sink.write(answer)
        sink.flush()


def _reader(plan: object):
    """What reads by a plan; without one, what gives all cells as they are."""
    if plan is None:
        from toolkit.reading.plain import PlainReader

        return PlainReader()
    from toolkit.reading.extract import Extractor

    return Extractor(plan)


def receive(source: BinaryIO) -> bytes | None:
    """The next frame, or None at the end of the stream."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    data = source.read(size)
    return data if len(data) == size else None


if __name__ == "__main__":
    main()
