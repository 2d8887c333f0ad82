"""A compound file (OLE2) from named streams. Source: [MS-CFB], version 3, 512-byte sectors."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, MINI_SECTOR, MINI_LIMIT = 512, 64, 4096
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_HEADER_FATS = 109

Tree = Mapping[str, "bytes | Tree"]


@dataclass
class _Entry:
    """A directory entry; left, right and child are numbers of other entries."""

    name: str
    kind: int
    data: bytes = b""
    left: int = FREE
    right: int = FREE
    child: int = FREE
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        """The 128 bytes of the entry, always black, without times."""
        name = self.name.encode("utf-16-le") + b"\0\0"
        head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), self.kind, 1)
        links = struct.pack("<III", self.left, self.right, self.child)
        return head + links + bytes(36) + struct.pack("<IQ", self.start, self.size)


@dataclass
class _Sectors:
    """Sectors in order, with the allocation table that chains them."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    table: list[int] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        """Number of the first sector of `data`."""
        count = -(-len(data) // self.size)
        if not count:
            return END
        first = len(self.table)
        self.table += [*range(first + 1, first + count), END]
        self.data += data.ljust(count * self.size, b"\0")
        return first


def compound_file(tree: Tree) -> bytes:
    """The file with the given storages (mappings) and streams (bytes); same tree, same bytes."""
    entries = [_Entry("Root Entry", _ROOT)]
    _enter(tree, 0, entries)
    sectors, minis = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (sectors if entry.size >= MINI_LIMIT else minis).add(entry.data)
    entries[0].start, entries[0].size = sectors.add(bytes(minis.data)), len(minis.data)
    mini_table = _padded(b"".join(struct.pack("<I", number) for number in minis.table))
    mini_start = sectors.add(mini_table)
    empty = _Entry("", 0).packed()[:64] + bytes(2) + bytes(2) + struct.pack("<III", FREE, FREE, FREE) + bytes(48)
    directory = b"".join(entry.packed() for entry in entries)
    directory += empty * (-len(entries) % (SECTOR // len(empty)))
    directory_start = sectors.add(directory)
    return _assemble(sectors, directory_start, mini_start, len(mini_table) // SECTOR)


def _assemble(sectors: _Sectors, directory: int, mini: int, minis: int) -> bytes:
    """Header, sectors, and the allocation table behind them."""
    each = SECTOR // 4
    fats = 1
    while fats * each < len(sectors.table) + fats:
        fats += 1
    if fats > _HEADER_FATS:
        raise ValueError("a compound file this large needs DIFAT sectors")
    first = len(sectors.table)
    table = sectors.table + [FAT] * fats
    fat = _padded(b"".join(struct.pack("<I", number) for number in table))
    places = [first + number if number < fats else FREE for number in range(_HEADER_FATS)]
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIII", 0, fats, directory, 0, MINI_LIMIT)
    header += struct.pack("<IIII", mini, minis, END, 0) + struct.pack(f"<{_HEADER_FATS}I", *places)
    return header + bytes(sectors.data) + fat


def _padded(table: bytes) -> bytes:
    return table.ljust(-(-len(table) // SECTOR) * SECTOR, b"\xff")


def _enter(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    """Adds the children of a storage, in the order in which MS-CFB sorts names: by length, then by letters."""
    numbers = []
    for name, content in tree.items():
        number = len(entries)
        numbers.append(number)
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _enter(content, number, entries)
    numbers.sort(key=lambda number: (len(entries[number].name), entries[number].name.upper()))
    entries[parent].child = _balanced(numbers, entries)


def _balanced(numbers: list[int], entries: list[_Entry]) -> int:
    """Number of the root of a balanced search tree over siblings."""
    if not numbers:
        return FREE
    middle = len(numbers) // 2
    root = entries[numbers[middle]]
    root.left = _balanced(numbers[:middle], entries)
    root.right = _balanced(numbers[middle + 1 :], entries)
    return numbers[middle]
