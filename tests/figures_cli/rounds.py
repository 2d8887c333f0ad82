"""Rounds on disk that any version of the program can work on: its commands and openpyxl, nothing else of it.

What a unit fills in is written under the labels that it reads; what came out is read by the labels of the columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from figures_cli.returns import organisation
from openpyxl import load_workbook

from toolkit.cli import main_group

Row = Mapping[str, object]


def command(*words: object) -> Result:
    """One command; what it raises is raised, so that a crash is never taken for a wrong figure."""
    return CliRunner().invoke(main_group, [str(word) for word in words], catch_exceptions=False)


def folder_for(factory: pytest.TempPathFactory, name: str) -> Path:
    """Where a round is made."""
    return factory.mktemp(name) / "批次"


class Round:
    """A round of units whose workbooks are filled in by hand.

    Args:
        units: rows of the unit list: 单位代码, 单位全称 and what differs from a 机关 that is a 部门（单位）.
        orgs: rows of the list of organisations; without them every unit has one branch.
        parameters: of the settings.
        as_of: date of judgement of every command, without another.
    """

    def __init__(
        self,
        folder: Path,
        policy: str,
        year: int,
        units: Iterable[Row],
        orgs: Iterable[Row] | None = None,
        parameters: str = "",
        as_of: str = "",
    ) -> None:
        self.folder, self.policy, self.year = folder, policy, year
        self.as_of = as_of or f"{year + 1}-01-15"
        self.units = [{"单位类别": "机关", "层级": "部门（单位）"} | dict(unit) for unit in units]
        self.names = {str(unit["单位代码"]): str(unit["单位全称"]) for unit in self.units}
        listed = folder.parent / "名录.xlsx"
        assert command("units", listed).exit_code == 0
        book = load_workbook(listed)
        _append(book["单位名录"], self.units)
        _append(book["党组织"], [organisation(unit) for unit in self.units] if orgs is None else orgs)
        book.save(listed)
        made = command("init", folder, "--policy", policy, "--year", year, "--units", listed)
        assert made.exit_code == 0, made.output
        self.said = made.output
        if parameters:
            self.change_settings("parameters", parameters)
        handed = command("distribute", folder)
        assert handed.exit_code == 0, handed.output

    def change_settings(self, key: str, value: str) -> None:
        """Another value of a key of the settings."""
        path = self.folder / "批次设置.yaml"
        text, count = re.subn(rf"(?m)^{key}:.*$", lambda _: f"{key}: {value}", path.read_text("utf-8"))
        assert count == 1, key
        path.write_text(text, "utf-8")

    def issued(self, code: str) -> Path:
        """The workbook that a unit got."""
        (found,) = (self.folder / "下发").rglob(f"{code}_*.xlsx")
        return found

    def give(self, code: str, sheets: Mapping[str, object], name: str = "") -> Path:
        """Fills in the workbook of a unit and puts it into 回收.

        Args:
            sheets: 单位情况 → label → value; 年度汇总数 → code → value, the others 0; 任务清单 → columns of every
                row; another sheet → its rows. A sheet that may be empty and has no rows is ticked as empty.
        """
        book = load_workbook(self.issued(code))
        for title, content in sheets.items():
            _fill(book[title], title, content)
        for line in book["封面"].iter_rows():
            title = line[1].value
            if title in book.sheetnames and not sheets.get(title) and line[3].value != "—" and title != "任务清单":
                line[3].value = "√"
                _fill(book[title], title, ())
        path = self.folder / "回收" / (name or self.issued(code).name)
        book.save(path)
        return path

    def ask(self, name: str, *words: object, dated: bool = True) -> Result:
        """A command on this round; not all commands take a date of judgement."""
        return command(name, self.folder, *words, *(("--as-of", self.as_of) if dated else ()))

    def run(self, *words: object) -> Result:
        """The whole job; the outputs are in 汇总."""
        answer = self.ask("run", *words)
        assert answer.exit_code in (0, 1), answer.output
        return answer

    def json(self, name: str, *words: object) -> dict:
        """The JSON answer of a command."""
        return json.loads(self.ask(name, *words, "--json").output)

    def rows(self, book: str, sheet: str, *labels: str) -> list[dict[str, object]]:
        """The lines of an output under the line that has these labels, as label → value."""
        return table(self.folder / "汇总" / f"{book}.xlsx", sheet, *labels)

    def verdicts(self, code: str, clause: str) -> list[tuple[str, str]]:
        """(level, reason) of a clause for every subject of a unit, from 达标情况; "" = 全辖区."""
        lines = self.rows("达标情况", "明细", "条款", "等级")
        name = self.names.get(code, "全辖区")
        return [(line["等级"], line["理由"] or "") for line in lines if (line["单位"], line["条款"]) == (name, clause)]

    def level(self, code: str, clause: str) -> str:
        """The level of a clause for a unit, on the page that the director gets."""
        (line,) = (
            line
            for line in self.rows("达标情况", "单位×条款", "单位", "总评", clause)
            if line["单位"] == self.names.get(code, "全辖区")
        )
        return line[clause]

    def levels(self, code: str) -> list[str]:
        """The levels of all clauses for a unit."""
        return [
            line["等级"] for line in self.rows("达标情况", "明细", "条款", "等级") if line["单位"] == self.names[code]
        ]

    def payments(self, code: str) -> list[dict[str, object]]:
        """The lines of a unit on 发放表: 姓名, 职务, 月数, 应发 (金额 or 下限), 已发金额, 核对结果, 说明."""
        lines = self.rows("工作补贴发放表", "发放表", "姓名", "核对结果")
        due = next(label for label in lines[0] if label.startswith("应发"))
        return [line | {"应发": line[due]} for line in lines if line["单位"] == self.names[code]]

    def payment(self, code: str, name: str) -> tuple[object, str]:
        """应发 and 核对结果 of the only line of a person."""
        lines = [line for line in self.payments(code) if line["姓名"] == name]
        assert len(lines) == 1, [(line["职务"], line["应发"], line["核对结果"], line["说明"]) for line in lines]
        (line,) = lines
        return line["应发"], line["核对结果"]

    def line(self, book: str, sheet: str, code: str, *labels: str) -> dict[str, object]:
        """The line of a unit on a page."""
        (line,) = (line for line in self.rows(book, sheet, "单位", *labels) if line["单位"] == self.names[code])
        return line

    def findings(self, code: str = "") -> list[dict[str, object]]:
        """The lines of 问题清单, of one unit or of all."""
        lines = self.rows("问题清单", "问题", "单位", "代码")
        return [line for line in lines if line["代码"] and (not code or line["单位"] == self.names[code])]

    def text(self, book: str, sheet: str) -> str:
        """All that stands on a page, a line a row."""
        return page(self.folder / "汇总" / f"{book}.xlsx", sheet)


def table(path: Path, sheet: str, *labels: str) -> list[dict[str, object]]:
    """The lines of a page below the first line on which all these labels stand, up to an empty line."""
    lines = pages(path)[sheet]
    heads = ([_label(value) for value in line] for line in lines)
    start, head = next(((at, head) for at, head in enumerate(heads) if set(labels) <= set(head)), (0, None))
    assert head, f"{path.name} › {sheet}: {labels}"
    found = []
    for line in lines[start + 1 :]:
        if not any(value is not None for value in line):
            break
        found.append({name: value for name, value in zip(head, line, strict=True) if name})
    return found


def page(path: Path, sheet: str) -> str:
    """All that stands on a page, a line a row."""
    return "\n".join(" ".join(str(value) for value in line if value is not None) for line in pages(path)[sheet])


def pages(path: Path) -> dict[str, list[tuple]]:
    """Sheet → its lines, with the values that formulas had when the book was written."""
    return _pages(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _pages(path: Path, stamp: int) -> dict[str, list[tuple]]:
    book = load_workbook(path, data_only=True, read_only=True)
    found = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    book.close()
    return found


def _label(value: object) -> str:
    """What a column is called, without its unit of measure."""
    return re.sub("（(人|元|元/月|月|课时|次|年)）$", "", str(value or "").replace("\n", ""))


def _append(sheet, rows: Iterable[Row]) -> None:
    head = [cell.value for cell in sheet[1]]
    for row in rows:
        unknown = set(row) - set(head) - {"代表本级"}
        assert not unknown, unknown
        sheet.append([row.get(label) for label in head])


def _fill(sheet, title: str, content) -> None:
    if title == "单位情况":
        cells = {_label(line[0].value): line[2] for line in sheet.iter_rows(min_col=1, max_col=3)}
        for label, value in content.items():
            cells[label].value = value
        return
    first = next(row for row in range(1, 12) if re.fullmatch("[a-z_]+", str(sheet.cell(row, 1).value or ""))) + 1
    columns = {_label(cell.value): cell.column for cell in sheet[first - 2]}
    if title == "年度汇总数":
        for row in range(first, sheet.max_row + 1):
            if code := sheet.cell(row, 1).value:
                sheet.cell(row, columns["数值"]).value = content.get(code, 0)
        return
    if title == "任务清单":
        content = [content] * sum(1 for row in range(first, sheet.max_row + 1) if sheet.cell(row, 1).value)
    known = 0 if title == "任务清单" else sum(1 for row in range(first, sheet.max_row + 1) if sheet.cell(row, 1).value)
    for number, row in enumerate(content):
        for label, value in row.items():
            sheet.cell(first + number, columns[label]).value = _typed(value)
    for number in range(len(content), known):
        for column in columns.values():
            sheet.cell(first + number, column).value = None


def _typed(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
