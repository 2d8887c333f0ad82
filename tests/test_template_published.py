"""The committed templates are what the definitions say today."""

from __future__ import annotations

import subprocess
import sys

import pytest

from toolkit.templating import publish

pytestmark = pytest.mark.rounds


def test_committed_templates_and_readme_are_fresh():
    fresh = publish.files()
    stale = [name for name, data in fresh.items() if (publish.FOLDER / name).read_bytes() != data]
    assert not stale, "run: python -m toolkit.templating.publish"
    assert {path.name for path in publish.FOLDER.iterdir()} == set(fresh)


def test_publishing_in_another_process_gives_the_same_bytes(tmp_path):
    run = [sys.executable, "-m", "toolkit.templating.publish", str(tmp_path)]
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    shown = subprocess.run(run, check=True, capture_output=True, text=True, env=elsewhere)
    assert len(shown.stdout.splitlines()) == len(publish.files())
    for name, data in publish.files().items():
        assert (tmp_path / name).read_bytes() == data


def test_the_readme_names_every_sheet_column_and_choice():
    text = publish.files()[publish.README].decode()
    for policy in map(publish.load_policy, publish.policy_ids()):
        form = publish.load_form(policy)
        for sheet in form.sheets:
            assert f"### {sheet.label}" in text
            for column in sheet.columns:
                assert f"| {column.label} | `{column.name}` |" in text
                if column.choices:
                    assert "、".join(form.choices(column)) in text
