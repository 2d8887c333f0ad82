"""The committed templates: one workbook a policy, and a README that says what is in them.

python -m toolkit.templating.publish [FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from toolkit.files import write_whole
from toolkit.forms import load_form
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.model.strictyaml import Record
from toolkit.policies import load_policy, policy_ids
from toolkit.template import build_template
from toolkit.templating.texts import readme_texts, texts

FOLDER = Path(__file__).parent.parent.parent / "templates_xlsx"
README = "README.md"


def files() -> dict[str, bytes]:
    """Every published file by name: the blank template of each policy and the README."""
    pairs = [(policy, load_form(policy)) for policy in map(load_policy, policy_ids())]
    found = {file_name(policy): _blank(policy, form) for policy, form in pairs}
    found[README] = _readme(pairs).encode()
    return found


def publish(folder: Path = FOLDER) -> list[Path]:
    """Writes the published files; gives their paths.

    Raises: XltoolError: O001, O002, O003 from the disk.
    """
    paths = []
    for name, data in files().items():
        write_whole(folder / name, data)
        paths.append(folder / name)
    return paths


def file_name(policy: Policy) -> str:
    """File name of a policy's blank template."""
    return readme_texts().text("file").format(short_title=policy.short_title)


def _blank(policy: Policy, form: Form) -> bytes:
    return build_template(form, policy, Stamp(policy=policy.id, version=form.version))


def _readme(pairs: list[tuple[Policy, Form]]) -> str:
    said = readme_texts()
    parts = [f"# {said.text('title')}", said.text("intro")]
    for policy, form in pairs:
        parts += _policy(policy, form, said)
    return "\n\n".join(parts) + "\n"


def _policy(policy: Policy, form: Form, said: Record) -> list[str]:
    number = f"（{policy.document_no}）" if policy.document_no else ""
    facts = {"file": file_name(policy), "issuer": policy.issuer, "title": policy.title}
    line = said.text("policy").format(**facts, document_no=number, version=form.version)
    sheets = [_sheet_row(index, sheet, said) for index, sheet in enumerate(form.sheets, 1)]
    parts = [f"## {policy.short_title}：{form.title}", line]
    parts += [f"### {said.text('sheets_title')}", _table(said.texts("sheets_head"), sheets)]
    for sheet in form.sheets:
        columns = [_column_row(index, column, said) for index, column in enumerate(sheet.columns, 1)]
        parts += [f"### {sheet.label}", _table(said.texts("columns_head"), columns)]
    used = {column.choices for sheet in form.sheets for column in sheet.columns if column.choices}
    lists = [(f"`{name}`", said.text("join").join(form.code_lists[name])) for name in form.code_lists if name in used]
    return [*parts, f"### {said.text('lists_title')}", _table(said.texts("lists_head"), lists)]


def _sheet_row(index: int, sheet: Sheet, said: Record) -> tuple[str, ...]:
    kind = "vertical" if sheet.layout == "vertical" else "fixed" if sheet.fixed_rows else "open"
    rows = said["rows"].text(kind).format(count=len(sheet.fixed_rows))
    nil = said.text("yes") if sheet.nil_allowed else ""
    need = said["needs"].text(sheet.use)
    return str(index), sheet.label, f"`{sheet.name}`", need, rows, nil, texts().note(sheet)


def _column_row(index: int, column: Column, said: Record) -> tuple[str, ...]:
    need = said.text("prefilled") if column.prefilled else said["needs"].text(column.need)
    choices = f"`{column.choices}`" if column.choices else ""
    kind = said["types"].text(column.type)
    return str(index), column.label, f"`{column.name}`", kind, need, column.unit, choices, column.note


def _table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; bars and line breaks in cells are made harmless."""
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    from toolkit.cli.terminal import echo

    for path in publish(*map(Path, sys.argv[1:2])):
        echo(path)
