"""The one form of XML: it says the same as the part, whatever prefixes, quotes and encodings the writer used."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.ooxml.archive import Refused
from toolkit.ooxml.canonical import MAIN, STRICT, canonical, transitional
from toolkit.ooxml.styles import Styles
from toolkit.ooxml.usual import is_plain
from toolkit.ooxml.vml import blocks, drawing_text, notes

_NAMES = st.sampled_from(["si", "t", "div", "v", "f", "is"])
_SPACES = st.sampled_from([MAIN, "urn:a", "urn:b", STRICT + "officeDocument/relationships"])
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\r\n\t"), max_size=8)
_TREES = st.recursive(
    st.tuples(_SPACES, _NAMES, st.dictionaries(_NAMES, _TEXTS, max_size=2), _TEXTS, st.just(())),
    lambda inner: st.tuples(
        _SPACES, _NAMES, st.dictionaries(_NAMES, _TEXTS, max_size=2), _TEXTS, st.tuples(inner, inner)
    ),
    max_leaves=12,
)


def written(tree, prefixes: dict[str, str], quote: str) -> str:
    """A tree as a writer with these prefixes writes it, every namespace declared anew where it is used."""
    space, name, attributes, text, inner = tree
    prefix = prefixes[space]
    full = f"{prefix}:{name}" if prefix else name
    declared = f" xmlns{':' + prefix if prefix else ''}={quote}{space}{quote}"
    given_ = "".join(f" {key}={quoteattr(value, NEW_LINES)}" for key, value in attributes.items())
    body = escape(text, {"\r": "&#13;"}) + "".join(written(one, prefixes, quote) for one in inner)
    return f"<{full}{declared}{given_}>{body}</{full}>"


NEW_LINES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def said(part: bytes) -> list:
    """What a part says: names by namespace, attributes, texts, in order."""
    return [
        (_usual(one.tag), sorted(one.attrib.items()), one.text or "", one.tail or "")
        for one in ElementTree.fromstring(part).iter()
    ]


def _usual(tag: str) -> str:
    space, _, name = tag.removeprefix("{").rpartition("}")
    return f"{{{transitional(space)}}}{name}"


@given(
    _TREES,
    st.permutations(["", "x", "y", "ns"]),
    st.sampled_from("'\""),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_it_says_the_same(tree, names, quote, encoding):
    prefixes = dict(zip((MAIN, "urn:a", "urn:b", STRICT + "officeDocument/relationships"), names, strict=True))
    declared = "utf-16" if encoding == "utf-16" else "utf-8"
    text = f'<?xml version="1.0" encoding="{declared}"?><!-- x -->' + written(
        (MAIN, "sst", {}, "", (tree, tree)), prefixes, quote
    )
    part = text.encode(encoding)
    made = canonical(part)
    assert said(made) == said(part)
    assert canonical(made) == made


def test_elements_in_elements_of_their_name_stay_apart():
    assert canonical(f'<sst xmlns="{MAIN}"><si><si t="1"/></si></sst>'.encode()).endswith(b'<si><si t="1"/></si></sst>')


def test_lists_of_prefixes_name_the_prefixes_that_are_written():
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    part = (
        f'<q:sst xmlns:q="{MAIN}" xmlns:m="{mc}" xmlns:a="urn:a" xmlns:b="urn:a" m:Ignorable="a b">'
        '<m:AlternateContent><m:Choice Requires="b"><b:t/></m:Choice></m:AlternateContent></q:sst>'
    )
    made = canonical(part.encode())
    assert b'Ignorable="a a"' in made and b'Requires="a"' in made and b"<a:t/>" in made


@pytest.mark.parametrize("bad", [b"<a><b></a>", b"", b"<!DOCTYPE a><a/>", b"<a>\xff</a>"])
def test_what_is_no_xml_is_refused(bad):
    with pytest.raises(Refused):
        canonical(bad)


def test_a_plain_part_is_known_without_parsing_it():
    assert is_plain(f'<sst xmlns="{MAIN}"><si/></sst>'.encode())
    for other in (f"<sst xmlns='{MAIN}'/>", f'<x:sst xmlns:x="{MAIN}"/>', f'<sst xmlns="{MAIN}"><!-- --></sst>'):
        assert not is_plain(other.encode())


VML = (
    "<xml xmlns:{v}='urn:schemas-microsoft-com:vml' xmlns:{o}='urn:schemas-microsoft-com:office:office' "
    "xmlns:{x}='urn:schemas-microsoft-com:office:excel'><{o}:shapelayout><{o}:idmap data='3,4'/></{o}:shapelayout>"
    "<{v}:shape id='_x0000_s3073'><{v}:textbox><div><div style='a'/></div></{v}:textbox>"
    "<{x}:ClientData ObjectType='Note'><{x}:Row>6</{x}:Row><{x}:Column>2</{x}:Column></{x}:ClientData>"
    "</{v}:shape></xml>"
)


@pytest.mark.parametrize("prefixes", [("v", "o", "x"), ("a", "b", "c"), ("o", "x", "v")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_old_drawings_of_any_writer_are_understood(prefixes, encoding):
    text = drawing_text(VML.format(**dict(zip("vox", prefixes, strict=True))).encode(encoding))
    assert notes(text) == {(7, 3)} and blocks(text) == [3, 4] and ElementTree.fromstring(text) is not None


def test_old_drawings_that_are_no_xml_are_understood():
    broken = VML.format(v="v", o="o", x="x").replace("'", '"').replace("<div>", "<div><br>")
    assert notes(drawing_text(broken.encode())) == {(7, 3)}


def test_formats_are_found_alike_in_one_search_and_tag_by_tag():
    inner = b'<xf numFmtId="0" fillId="1"/><xf fontId="0"><alignment/></xf><xf fontId="1"></xf>'
    head = f'<styleSheet xmlns="{MAIN}">'.encode()
    parts = [b"<fonts%s><font/></fonts>", b"<fills%s><fill/></fills>", b"<borders%s><border/></borders>"]
    parts += [b"<cellStyleXfs%s><xf/></cellStyleXfs>", b"<cellXfs%s>" + inner + b"</cellXfs>"]
    quick = Styles(head + b"".join(part % b' count="1"' for part in parts) + b"</styleSheet>")
    slow = Styles(head + b"".join(part % b"" for part in parts) + b"</styleSheet>")
    assert quick.items("cellXfs") == slow.items("cellXfs") and len(quick.items("cellXfs")) == 3


@pytest.mark.parametrize(
    "inner", ['<si xmlns="">7</si>', '<y:si xmlns:y="urn:y" xmlns=""><t/></y:si>', '<a xmlns=""/><si/>']
)
def test_a_default_namespace_that_is_taken_back_ends_nothing(inner):
    made = canonical(f'<sst xmlns="{MAIN}">{inner}</sst>'.encode())
    assert canonical(made) == made and len(said(made)) == 1 + inner.count("<") - inner.count("</")
