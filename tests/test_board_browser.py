"""进度看板.html in a browser: no error, no request, no sideways scrolling, filters, matrix, hostile names, print."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser import Browser, needs_browser
from office import pages
from test_board import HOSTILE, NAME, many, read

from toolkit.board.page import page
from toolkit.job import campaign_job
from toolkit.outputs import write_all
from toolkit.pipeline import check
from toolkit.trial import write_sample

WIDE, PHONE = 1366, 390
pytestmark = [pytest.mark.rounds, pytest.mark.slow]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Twelve units with the usual defects, one of them with a hostile name and reason; the page of 408 like them."""
    folder = tmp_path_factory.mktemp("看板") / "批 次#1"
    campaign = write_sample(folder, policy="yizheng-2022", units=12, seed=1, defects="typical")
    write_all(check(campaign_job(campaign, date(2024, 1, 31))), campaign.output)
    path, large = campaign.output / NAME, campaign.output / "大.html"
    data = read(path)
    data["units"][1]["name"] = data["texts"][data["units"][1]["why"][0][1]] = HOSTILE
    path.write_bytes(page(data))
    large.write_bytes(page(many(data, 34)))
    return SimpleNamespace(path=path, large=large, data=data)


@pytest.fixture(scope="module")
def browser():
    with Browser() as found:
        yield found


@pytest.fixture
def at(browser, made):
    """Opens a page in a width; afterwards nothing was said on the console, and nothing asked for but the page."""
    browser.said.clear()
    browser.asked.clear()

    def opened(width: int, path: Path = made.path) -> Browser:
        browser.open(path, width)
        assert browser.run("document.documentElement.dataset.ready") == "1"
        return browser

    yield opened
    assert browser.said == []
    assert {one.rpartition("/")[0] for one in browser.asked} == {made.path.parent.as_uri()}
    assert all(one.endswith(".html") for one in browser.asked)


def count(found: Browser, selector: str) -> int:
    return found.run(f"document.querySelectorAll({json.dumps(selector)}).length")


def text(found: Browser, selector: str) -> str:
    return found.run(f"document.querySelector({json.dumps(selector)}).innerText")


def choose(found: Browser, name: str, value: str | bool) -> None:
    """Types or chooses what a person would."""
    key = "checked" if isinstance(value, bool) else "value"
    found.run(
        f"(() => {{ const node = document.getElementById({json.dumps(name)}); node.{key} = {json.dumps(value)};"
        " node.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def click(found: Browser, selector: str) -> None:
    found.run(f"document.querySelector({json.dumps(selector)}).click()")


@needs_browser
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_it_opens_and_fits(at, made, tmp_path, width):
    found = at(width)
    found.picture(tmp_path / f"{width}.png")
    for section in ("units", "clauses", "matrix", "issues", "files"):
        found.run(f"document.getElementById('{section}').scrollIntoView()")
        if section == "matrix":
            click(found, "#cells td")
        found.picture(tmp_path / f"{width}_{section}.png")
    click(found, "#unit-table .opener")
    click(found, "#unit-table details summary")
    click(found, "#clause-table .opener")
    click(found, "#issue-table .opener")
    assert count(found, "tr.detail") == 3
    found.picture(tmp_path / f"{width}_whole.png", whole=True)
    assert found.run("document.documentElement.scrollWidth - innerWidth") <= 0
    assert found.run("getComputedStyle(document.getElementById('too-old')).display") == "none"
    assert len(list(tmp_path.glob("*.png"))) == 7


@needs_browser
def test_what_it_says_is_what_the_data_say(at, made):
    found, data = at(WIDE), made.data
    assert found.run("document.title").startswith(data["title"])
    tiles = found.run("[...document.querySelectorAll('.tile b')].map((one) => one.textContent)")
    assert tiles == [value for _, value, _ in data["tiles"]]
    assert text(found, "#said").split("\n")[0] == data["said"][0]
    heads = found.run("[...document.querySelectorAll('#unit-table tbody tr')].map((row) => row.cells[2].textContent)")
    assert heads == [str(one.get("hard", "—")) for one in data["units"]]


@needs_browser
def test_search_and_filters_change_the_rows(at, made):
    found, units = at(WIDE), made.data["units"]
    assert count(found, "#unit-table tbody tr") == len(units) == 12
    choose(found, "search", units[3]["code"])
    assert count(found, "#unit-table tbody tr") == 1 and units[3]["name"] in text(found, "#unit-table tbody")
    choose(found, "search", "没有这样的单位")
    assert count(found, "#unit-table tbody tr") == 0 and text(found, "#unit-count") == "0家"
    choose(found, "search", "")
    choose(found, "overall", "0")
    assert count(found, "#unit-table tbody tr") == sum(one["overall"] == 0 for one in units)
    choose(found, "overall", "")
    choose(found, "sort", "order")
    first = min(units, key=lambda one: one["order"])
    assert text(found, "#unit-table tbody .opener") == first["name"]
    for name, values, rows in (
        ("clause-nature", ("0", "2"), "#clause-table tbody tr"),
        ("nature", ("0", ""), "#cells thead th"),
        ("level", ("0", ""), "#issue-table tbody tr"),
    ):
        sizes = []
        for value in values:
            choose(found, name, value)
            sizes.append(count(found, rows))
        assert len(set(sizes)) == 2 and min(sizes) > 0, name
    before = count(found, "#cells td")
    choose(found, "bad", False)
    assert count(found, "#cells td") > before
    choose(found, "clause-bad", False)
    choose(found, "clause-nature", "")
    assert count(found, "#clause-table tbody tr") == min(100, len(made.data["clauses"]))


@needs_browser
def test_the_matrix_answers(at, made):
    found = at(WIDE)
    assert text(found, "#why") == ""
    choose(found, "nature", "")
    click(found, "#cells td.bad")
    said = text(found, "#why").split("｜")
    assert said[0] in {one["name"] for one in made.data["units"]} and said[2] == "✗ 不达标"
    assert said[3] in made.data["texts"] and any(part.startswith("怎么办：") for part in said)
    found.run(
        "document.querySelector('#cells .picked').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))"
    )
    assert text(found, "#why").split("｜")[1] != said[1] and count(found, "#cells .picked") == 1
    found.run("document.querySelector('#most-missed button').click()")
    assert count(found, "#cells thead th") == 2


@needs_browser
def test_chips_bars_and_links_lead_where_they_say(at, made):
    found = at(WIDE)
    click(found, "#overalls button")
    assert count(found, "#unit-table tbody tr") == made.data["overalls"][0][2]
    click(found, "#worst-units button")
    assert count(found, "#unit-table tbody tr.detail") == 1
    links = found.run("[...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'))")
    inside = [one[1:] for one in links if one.startswith("#")]
    assert inside and all(count(found, f"[id='{one}']") == 1 for one in inside)
    outside = [one for one in links if not one.startswith("#")]
    assert len(outside) >= 6 and set(outside) <= {one[1] for one in (*made.data["files"], *made.data["returned"])}


@needs_browser
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_a_hostile_name_stays_text(at, made, width):
    found = at(width)
    choose(found, "search", "<img")
    assert text(found, "#unit-table tbody .opener") == HOSTILE
    click(found, "#unit-table tbody .opener")
    choose(found, "bad", False)
    click(found, "#cells tbody tr td")
    choose(found, "whose", str([one["name"] for one in made.data["units"]].index(HOSTILE)))
    assert count(found, "img") == 0 and count(found, "script") == 2 and count(found, "[onerror]") == 0
    assert found.run("document.documentElement.scrollWidth - innerWidth") <= 0


@needs_browser
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_408_units(at, made, width, tmp_path):
    found = at(width, made.large)
    portion = 100 if width == WIDE else 15
    assert text(found, "#unit-count") == "408家" and count(found, "#unit-table tbody tr") == portion
    click(found, "#unit-table .more")
    assert count(found, "#unit-table tbody tr") == 2 * portion
    choose(found, "nature", "")
    choose(found, "bad", False)
    found.picture(tmp_path / f"{width}.png")
    assert found.run("document.documentElement.scrollWidth - innerWidth") <= 0


@needs_browser
def test_print(at, made, tmp_path):
    """Overview, units and clauses on A4; of a large round every unit, not only those that the screen shows."""
    small = at(WIDE).printed(tmp_path / "看板.pdf")
    assert 3 <= pages(small) <= 5
    assert pages(at(WIDE, made.large).printed(tmp_path / "大.pdf")) >= 408 // 30
