"""The shared layer: refused writes raise, long text is cut visibly, labels are strict, doctests hold."""

import doctest
import importlib
import pkgutil

import pytest
from openpyxl import load_workbook

import toolkit.summary
from toolkit.drawing.values import checked
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.privacy import mask
from toolkit.summary import labels
from toolkit.summary.book import Book
from toolkit.summary.labels import Heading, SheetWords

MODULES = [name for _, name, _ in pkgutil.iter_modules(toolkit.summary.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(f"toolkit.summary.{name}")).failed == 0


def test_a_refused_write_raises():
    with pytest.raises(XltoolError, match=r"SUM-001.*表"):
        checked(-1, "表")
    page = Book("").page(SheetWords("表"), [Heading("a", "甲", 10, "text")])
    with pytest.raises(XltoolError, match="SUM-001"):
        page.put(1_048_576, 0, "超出", page.book.styles.blank)


def test_text_longer_than_a_cell_is_cut_visibly(tmp_path):
    book = Book("", tmp_path / "a.xlsx")
    page = book.page(SheetWords("表"), [Heading("a", "甲", 10, "text")])
    page.put(0, 0, "长" * 40_000, book.styles.blank)
    page.put(1, 0, "𠮷" * 16_000, book.styles.blank)
    book.close()
    first, second = (cell.value for cell in load_workbook(tmp_path / "a.xlsx").active["A"])
    assert first.endswith("……（共40000字，后略）") and len(first) < 32_767
    assert second == "𠮷" * 16_000


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("      overview:\n        name: 概况", "      overview:\n        nmae: 概况"), "name"),
        (("kind: money", "kind: monny"), "monny"),
        (("{key: item, label: 项　目", "{key: count, label: 项　目"), "重复"),
    ],
)
def test_labels_are_read_strictly(tmp_path, monkeypatch, change, problem):
    text = labels.FILE.read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "labels.yaml").write_text(text.replace(*change, 1), encoding="utf-8")
    monkeypatch.setattr(labels, "FILE", tmp_path / "labels.yaml")
    with pytest.raises(DefinitionError, match=problem):
        labels.words.__wrapped__()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("110105194912310022", "110105********0022"),
        ("身份证１１０１０５１９４９１２３１００２２", "身份证１１０１０５********００２２"),
        ("110105 19491231 002x", "110105********002x"),
        ("联系13812345678或0514-83456789", "联系138****5678或0514-83456789"),
        ("3210810011", "3210810011"),
    ],
)
def test_masking(text, shown):
    assert mask(text) == shown
