"""VBA modules as text → `vbaProject.bin`. Source: [MS-OVBA] 2.3, 2.4.3.

No compiled code is written and the version is 0xFFFF, as the specification asks of writers: the host
compiles from the source and can never meet code that is older than its text.
"""

from __future__ import annotations

import hashlib
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from macros.compound_file import compound_file
from macros.compression import compress

STANDARD, DOCUMENT = "standard", "document"
WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"
_CODEPAGE, _LOCALE = 1252, 0x409
_SYSTEM_32, _UNKNOWN_COOKIE = 1, 0xFFFF
_REFERENCES = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
_SEEDS = {"CMG": 0x1C, "DPB": 0x38, "GC": 0x54}
"""Any byte will do; a fixed one keeps the build reproducible."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module.

    Args:
        name: code name, ASCII, at most 22 characters (longer ones make Excel offer a repair).
        kind: STANDARD, or DOCUMENT for the workbook and its sheets.
        text: the source without `Attribute` lines, ASCII, any line ends.
        base: VB_Base of a document.
    """

    name: str
    kind: str
    text: str = ""
    base: str = ""

    @property
    def stream(self) -> bytes:
        """The source as it stands in the project: attributes first, CRLF."""
        attributes = [f'VB_Name = "{self.name}"']
        if self.kind == DOCUMENT:
            attributes += [
                f'VB_Base = "{self.base}"',
                "VB_GlobalNameSpace = False",
                "VB_Creatable = False",
                "VB_PredeclaredId = True",
                "VB_Exposed = True",
                "VB_TemplateDerived = False",
                "VB_Customizable = True",
            ]
        lines = [*(f"Attribute {line}" for line in attributes), *self.text.splitlines()]
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def pack(modules: Sequence[Module], name: str) -> bytes:
    """The vbaProject.bin of a project; same text, same bytes.

    Raises: ValueError: a source is not ASCII, or a code name is too long.
    """
    for module in modules:
        if len(module.name) > 22:
            raise ValueError(f"code name longer than 22 characters: {module.name}")
    digest = hashlib.sha256(b"\0".join(module.stream for module in modules)).digest()
    project_id = "{" + str(uuid.UUID(bytes=digest[:16], version=4)).upper() + "}"
    streams = {module.name: compress(module.stream) for module in modules}
    project = {
        "_VBA_PROJECT": struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0),
        "dir": compress(_directory(name, modules)),
        **streams,
    }
    names = b"".join(_both(module.name + "\0") for module in modules) + b"\0\0"
    return compound_file({"VBA": project, "PROJECT": _project(name, modules, project_id), "PROJECTwm": names})


def encrypt(data: bytes, project_id: str, seed: int) -> str:
    """The hexadecimal text of protected data ([MS-OVBA] 2.4.3.2)."""
    key = sum(project_id.encode("ascii")) & 0xFF
    result = [seed, seed ^ 2, seed ^ key]
    plain = key
    for byte in bytes((seed & 6) >> 1) + struct.pack("<I", len(data)) + data:
        result.append(byte ^ ((result[-2] + plain) & 0xFF))
        plain = byte
    return "".join(f"{byte:02X}" for byte in result)


def _both(text: str) -> bytes:
    return text.encode("ascii") + text.encode("utf-16-le")


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", kind, len(data)) + data


def _pair(kind: int, wide_kind: int, text: str) -> bytes:
    """A text in the code page followed by the same text in UTF-16."""
    return _record(kind, text.encode("ascii")) + _record(wide_kind, text.encode("utf-16-le"))


def _short(kind: int, number: int) -> bytes:
    return _record(kind, struct.pack("<H", number))


def _long(kind: int, number: int) -> bytes:
    return _record(kind, struct.pack("<I", number))


def _directory(name: str, modules: Sequence[Module]) -> bytes:
    """The `dir` stream: project information, references, modules."""
    parts = [
        *(_long(0x01, _SYSTEM_32), _long(0x02, _LOCALE), _long(0x14, _LOCALE), _short(0x03, _CODEPAGE)),
        *(_record(0x04, name.encode("ascii")), _pair(0x05, 0x40, ""), _record(0x06), _record(0x3D)),
        *(_long(0x07, 0), _long(0x08, 0), struct.pack("<HIIH", 0x09, 4, 1, 1), _pair(0x0C, 0x3C, "")),
    ]
    for reference, library in _REFERENCES:
        text = library.encode("ascii")
        parts += [_pair(0x16, 0x3E, reference), _record(0x0D, struct.pack("<I", len(text)) + text + bytes(6))]
    parts += [_short(0x0F, len(modules)), _short(0x13, _UNKNOWN_COOKIE)]
    for module in modules:
        parts += [_pair(0x19, 0x47, module.name), _pair(0x1A, 0x32, module.name), _pair(0x1C, 0x48, "")]
        parts += [_long(0x31, 0), _long(0x1E, 0), _short(0x2C, _UNKNOWN_COOKIE)]
        parts += [_record(0x21 if module.kind == STANDARD else 0x22), _record(0x2B)]
    return b"".join([*parts, _record(0x10)])


def _project(name: str, modules: Sequence[Module], project_id: str) -> bytes:
    """The PROJECT stream: unprotected, visible."""
    listed = [
        f"Module={module.name}" if module.kind == STANDARD else f"Document={module.name}/&H00000000"
        for module in modules
    ]
    secrets = {"CMG": bytes(4), "DPB": b"\0", "GC": b"\xff"}
    lines = [f'ID="{project_id}"', *listed, f'Name="{name}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines += [f'{key}="{encrypt(data, project_id, _SEEDS[key])}"' for key, data in secrets.items()]
    lines += ["", "[Host Extender Info]"]
    lines += ["&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000", "", "[Workspace]"]
    lines += [f"{module.name}=0, 0, 0, 0, C" for module in modules]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
