"""The generated pages and data are what the program says today.

After a change of commands, rules, messages, families or worked examples: make docs
"""

import re
from pathlib import Path

import pytest

from toolkit.policy_tools.docs import ROOT, files
from toolkit.registers.systems import systems

FILES = files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_generated_files_are_up_to_date(path):
    assert path.read_text(encoding="utf-8") == FILES[path], "run make docs"


def test_every_named_system_is_on_the_page():
    page = next(text for path, text in FILES.items() if path.name == "registers.md")
    assert len(systems()) == 58 and all(f"| {one.name} |" in page for one in systems())


def test_every_command_is_on_the_page_with_words_for_everything():
    page = next(text for path, text in FILES.items() if path.name == "commands.md")
    assert page.count("## xltool ") >= 20
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert [row for row in rows if not row[-1].strip(" |")] == []


def test_every_rule_and_code_is_on_the_page():
    from toolkit.forms import load_form
    from toolkit.model.catalogue import entries
    from toolkit.policies import load_policy, policy_ids

    page = next(text for path, text in FILES.items() if path.name == "rules.md")
    rules = {rule.code for name in policy_ids() for rule in load_form(load_policy(name)).rules}
    codes = {entry.code for entry in entries().values() if entry.severity or entry.exit}
    assert {code for code in rules | codes if f"| {code} |" not in page} == set()


def test_the_tests_that_readme_names_are_there_and_every_fault_of_the_round_is_named():
    text = (Path(__file__).parent / "README.md").read_text("utf-8")
    named = set(re.findall(r"(test_\w+\.py)(?:::(test_\w+))?", text))
    modules = {name: Path(__file__).with_name(name) for name, _ in named}
    assert {name for name, path in modules.items() if not path.is_file()} == set()
    functions = {
        name: set(re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)) for name, path in modules.items()
    }
    assert {one for one in named if one[1] and one[1] not in functions[one[0]]} == set()
    assert re.findall(r"^\| ROUND-(\d\d) ", text, re.M) == [f"{number:02}" for number in range(1, 20)]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "SECURITY.md", "CONTRIBUTING.md", "tests/README.md"])
def test_links_between_the_pages_lead_somewhere(name):
    page = ROOT / name
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
    named = re.findall(r"`((?:toolkit|tests)/[\w/]+\.\w+)`", page.read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).is_file()] == []
