"""What the file says counts, whatever its style: hidden rows, merges, counts, names of streams, sheets that are cut."""

import io
import itertools
import random
import re
import zipfile

import pytest
from rare_writers import WRITERS
from reading_books import GOOD, Paper, edit, small_form
from test_reading_batch import put
from zoo.legacy import xls

from toolkit.model.unit import Unit, UnitList
from toolkit.reading import read_returns

pytestmark = [pytest.mark.usefixtures("own_workers"), pytest.mark.rounds]
FORM, SHEET = small_form(), "xl/worksheets/sheet2.xml"
UNITS = UnitList((Unit("U1", "甲局", "机关", "县"),))
ROWS = [{**GOOD, "code": f"U1-{at:02}"} for at in range(1, 5)]


def veiled() -> bytes:
    """Row 8 hidden, row 9 without height, B9:B10 merged, column F hidden."""
    paper = Paper(FORM, {"org": ROWS})

    def hook(book, sheet, title):
        if title == "党组织情况":
            sheet.set_row(7, None, None, {"hidden": True})
            sheet.set_row(8, 0)
            sheet.merge_range("B9:B10", "退休支部")
            sheet.set_column(5, 5, None, None, {"hidden": True})

    paper.hooks.append(hook)
    return paper.bytes()


def read(tmp_path, data: bytes, name: str = "a.xlsx"):
    return read_returns(put(tmp_path, **{name: data}), FORM, UNITS, workers=1)


def seen(batch) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.code, one.cells) for one in batch.returns[0].findings if one.code in ("S010", "S011", "S012", "F016")}


WANTED = {("S010", ("A8", "A9", "F7")), ("S011", ("B10",))}


def turned(part: bytes) -> bytes:
    """All attributes of rows, cells and merges the other way round."""
    return re.sub(
        rb"<(row|c|mergeCell|col)((?: [\w:]+=\"[^\"]*\")+)",
        lambda found: b"<" + found[1] + b"".join(re.findall(rb' [\w:]+="[^"]*"', found[2])[::-1]),
        part,
    )


STYLES = {
    "two blanks": lambda part: re.sub(rb' (hidden|ht|r|ref|min|max)="', rb'  \1="', part),
    "single quotes": lambda part: re.sub(rb'(hidden|ht|r|ref|min|max)="([^"]*)"', rb"\1='\2'", part),
    "line ends in tags": lambda part: re.sub(rb' (hidden|ht|ref|min)="', rb'\n\t\1="', part),
    "blanks round the sign": lambda part: re.sub(rb' ([\w:]+)="', rb' \1 = "', part),
    "blank before the end": lambda part: re.sub(rb"<(row|mergeCell|col)([^>/]*?)(/?)>", rb"<\1\2 \3>", part),
    "two blanks in merges": lambda part: part.replace(b"<mergeCell ref", b"<mergeCell  ref"),
    "a line a merge": lambda part: part.replace(b"<mergeCell ref", b"<mergeCell\r\nref"),
    "a tab in rows": lambda part: re.sub(rb' (hidden|ht)="', rb'\t\1="', part),
    "words for numbers": lambda part: part.replace(b'hidden="1"', b'hidden="true"'),
    "the other way round": turned,
    "ends of its own": lambda part: re.sub(rb"<(mergeCell|col) ([^>]*)/>", rb"<\1 \2></\1>", part),
}


@pytest.mark.parametrize("style", STYLES)
def test_hidden_rows_and_merges_are_seen_in_any_style(style, tmp_path):
    """Written with single quotes or two blanks, nothing was said of them."""
    assert seen(read(tmp_path, edit(veiled(), {SHEET: STYLES[style]}))) == WANTED


@pytest.mark.parametrize("writer", WRITERS)
def test_hidden_rows_and_merges_are_seen_of_any_writer(writer, tmp_path):
    assert seen(read(tmp_path, WRITERS[writer](veiled()))) == WANTED


def looked_otherwise() -> bytes:
    """A text that is struck out, a text that is not shown, a number under leading zeros."""
    paper = Paper(FORM, {"org": ROWS})

    def hook(book, sheet, title):
        if title == "党组织情况":
            sheet.write_string("B7", "退休支部", book.add_format({"font_strikeout": True}))
            sheet.write_string("B8", "退休支部", book.add_format({"num_format": ";;;"}))
            sheet.write_number("I7", 12, book.add_format({"num_format": "000000"}))

    paper.hooks.append(hook)
    return paper.bytes()


@pytest.mark.parametrize("writer", WRITERS)
def test_the_look_of_texts_is_seen_of_any_writer(writer, tmp_path):
    """xlsx-populate writes the type of a cell before its style: nothing was said of the looks of texts."""
    batch = read(tmp_path, WRITERS[writer](looked_otherwise()))
    found = {(one.code, one.cells) for one in batch.returns[0].findings}
    assert found == {("C032", ("B7",)), ("C045", ("B8",)), ("C043", ("I7",))}


def test_any_mixture_of_styles_says_the_same(tmp_path):
    rng = random.Random(22)
    for number, (one, two) in enumerate(itertools.permutations(STYLES, 2)):
        if rng.random() < 0.4:
            folder = tmp_path / str(number)
            folder.mkdir()
            mixed = edit(edit(veiled(), {SHEET: STYLES[one]}), {SHEET: STYLES[two]})
            assert seen(read(folder, mixed)) == WANTED


@pytest.mark.parametrize("count", [b"0", b"1", b"4294967295", b"99999999999999999999", b"x", b"-1"])
@pytest.mark.parametrize("name", [b"count", b"uniqueCount"])
def test_a_wrong_count_of_texts_refuses_nothing(count, name, tmp_path):
    """Too big a number refused a harmless file."""
    good = Paper(FORM).bytes({"in_memory": True})
    wrong = edit(
        good, {"xl/sharedStrings.xml": lambda part: re.sub(rb'\b%s="\d+"' % name, name + b'="' + count + b'"', part)}
    )
    batch = read(tmp_path, wrong)
    assert batch.returns[0].state == "accepted" and not batch.returns[0].findings
    assert batch.tables["org"]["members"].tolist() == [30]


CUTS = {
    "cut in the middle": lambda part: part[: len(part) // 2],
    "cut after the rows": lambda part: part[: part.find(b"</sheetData>")],
    "empty": lambda part: b"",
    "not closed": lambda part: part.replace(b"</row>", b"", 1),
    "no rows at all": lambda part: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData><row", part, flags=re.S),
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_sheet_that_is_cut_is_not_one_without_headings(cut, tmp_path):
    """It was said that its headings had not been found."""
    batch = read(tmp_path, edit(veiled(), {SHEET: CUTS[cut]}))
    codes = {one.code for one in batch.returns[0].findings}
    assert "S012" not in codes and codes & {"F035", "F016", "F002", "S004"}, codes
    assert len(batch.tables["org"]) == 0


def streams(data: bytes, name: str) -> bytes:
    """An OLE2 file whose stream has its name in other letters."""
    old = "Workbook".encode("utf-16-le")
    assert len(name) == 8 and data.count(old)
    return data.replace(old, name.encode("utf-16-le"))


@pytest.mark.parametrize("name", ["WORKBOOK", "workbook", "WorkBook"])
def test_the_letters_of_a_stream_do_not_matter(name):
    from toolkit.reading import sniff

    assert sniff.ole_kind(streams(xls(Paper(FORM)), name)) == sniff.XLS


def test_mutants_of_old_workbooks_cost_themselves_only(tmp_path):
    """A fifth of them ends the worker that reads them; the good ones among them are read all the same."""
    rng, old = random.Random(22), xls(Paper(FORM))
    files = {}
    for number in range(24):
        data = bytearray(old)
        for _ in range(rng.randrange(1, 40)):
            data[rng.randrange(512, len(data))] = rng.randrange(256)
        files[f"{number:02}.xls"] = bytes(data)
        files[f"{number:02}好.xlsx"] = Paper(FORM, {"org": [{**GOOD, "members": number}]}).bytes()
    batch = read_returns(put(tmp_path, **files), FORM, UNITS, workers=2)
    states = {item.file: item.state for item in batch.returns}
    assert {state for file, state in states.items() if "好" in file} == {"accepted"}
    assert len(states) == 48


def test_a_number_in_a_file_name_is_hidden_everywhere(tmp_path, capsys):
    """On the console, in 退回 and in the ledger it stood in full."""
    import sqlite3

    from rounds import Round

    from toolkit.cli import terminal
    from toolkit.outputs import write_marked
    from toolkit.reading import visible

    number, mobile = "320902195601013219", "13800138000"
    made = Round(tmp_path / "批次", units=2)
    made.put(0, f"{made.units[0].name}_{number}_{mobile}.xlsx", cells={("party_org", "full_members", 0): 999})
    checked = made.check()
    written = write_marked(checked)
    made.states()
    for path in [*written, *(made.campaign.folder / "退回").rglob("*")]:
        assert number not in path.name and mobile not in path.name
    with sqlite3.connect(made.campaign.folder / ".xltool" / "台账.sqlite") as ledger:
        kept = "\n".join(ledger.iterdump())
    assert number not in kept and mobile not in kept
    terminal.echo(f"{number} {mobile}")
    assert number not in capsys.readouterr().out and number not in visible(f"{number}.xlsx")


def test_parts_have_their_names_once():
    """The books of these tests are packages as any other."""
    with zipfile.ZipFile(io.BytesIO(veiled())) as package:
        assert len(set(package.namelist())) == len(package.namelist())


TEXT, MEMBERS = "退休支部".encode(), b'<c r="F7"><v>30</v></c>'
FOREIGN = {
    "value beside": (SHEET, MEMBERS, b'<c r="F7"><v>30</v><x:v xmlns:x="urn:x">31</x:v></c>'),
    "value beside, by default": (SHEET, MEMBERS, b'<c r="F7"><v>30</v><v xmlns="urn:x">31</v></c>'),
    "cell": (SHEET, MEMBERS, b'<x:c xmlns:x="urn:x" r="F7"><v>31</v></x:c>'),
    "row": (SHEET, b"</sheetData>", b'<x:row xmlns:x="urn:x" r="99"><c r="A99"><v>1</v></c></x:row></sheetData>'),
    "text": ("xl/sharedStrings.xml", TEXT + b"</t>", TEXT + b'</t><x:t xmlns:x="urn:x">?</x:t>'),
    "item": ("xl/sharedStrings.xml", b"<si>", b'<x:si xmlns:x="urn:x"><t>?</t></x:si><si>'),
    "choice": ("xl/sharedStrings.xml", TEXT + b"</t>", TEXT + b'</t><x:any xmlns:x="urn:x"><t>?</t></x:any>'),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_only_looks_like_a_cell_is_never_read_as_one(name, tmp_path):
    """Readers that go by names alone took the value, the cell or the text of another namespace for ours."""
    part, old, new = FOREIGN[name]
    data = edit(Paper(FORM).bytes(), {part: lambda xml: xml.replace(old, new, 1)})
    returned = read(tmp_path, data).returns[0]
    assert (returned.state, [one.code for one in returned.findings]) == ("unreadable", ["F035"])


@pytest.mark.parametrize("number", ["-1", "+1", "1.0", "1e0", "1 ", "0x1", "\uff11"])
def test_a_text_of_no_number_is_not_the_first_text(number, tmp_path):
    new = rf"\g<1>{number}<".encode()
    data = edit(Paper(FORM).bytes(), {SHEET: lambda xml: re.sub(rb'(<c r="B7" t="s"><v>)[0-9]+<', new, xml)})
    found = {(one.code, one.cells) for one in read(tmp_path, data).returns[0].findings}
    assert found & {("F012", ("B7",)), ("C026", ("B7",))}


TARGETS = ["../xl/./worksheets/../worksheets/sheet2.xml", "worksheets/sheet%32.xml", "./worksheets/sheet2.xml"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_sheet_is_found_by_any_way_that_leads_to_it(target, tmp_path):
    new = f'Target="{target}"'.encode()
    rels = {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b'Target="worksheets/sheet2.xml"', new)}
    batch = read(tmp_path, edit(Paper(FORM).bytes(), rels))
    assert (batch.returns[0].state, len(batch.tables["org"])) == ("accepted", 1)


def test_rows_without_numbers_have_those_of_their_cells(tmp_path):
    data = edit(Paper(FORM).bytes(), {SHEET: lambda xml: re.sub(rb'<row r="\d+"', b"<row", xml)})
    batch = read(tmp_path, data)
    assert (list(batch.returns[0].findings), batch.tables["org"]["name"].tolist()) == ([], ["退休支部"])


def test_of_two_workbooks_in_one_file_none_is_read(tmp_path):
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    more = b'<Relationship Id="rIdZ" Type="' + kind + b'" Target="xl/two.xml"/></Relationships>'
    known = b'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    made = Paper(FORM).bytes()
    changes = {
        "_rels/.rels": lambda xml: xml.replace(b"</Relationships>", more),
        "[Content_Types].xml": lambda xml: xml.replace(
            b"</Types>", b'<Override PartName="/xl/two.xml" ContentType="' + known
        ),
    }
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        data = edit(made, changes, {"xl/two.xml": package.read("xl/workbook.xml")})
    assert [one.code for one in read(tmp_path, data).returns[0].findings] == ["F008"]
