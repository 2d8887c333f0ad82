"""Patching one template many times, in units of copying the file as often."""

import shutil
import tempfile
import time
from pathlib import Path

from toolkit.files import write_whole
from toolkit.forms import load_form
from toolkit.model.stamp import Stamp
from toolkit.ooxml.filling import Template, set_cells
from toolkit.policies import load_policy
from toolkit.sample import sample_units
from toolkit.template import build_template
from toolkit.templating.prefill import unit_cells

COPIES = 200


def milliseconds(action) -> float:
    """Shortest time of an action: what else the machine does weighs least."""
    times = []
    for number in range(COPIES):
        start = time.perf_counter()
        action(number)
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def main() -> None:
    policy = load_policy("yizheng-2022")
    form = load_form(policy)
    stamp = Stamp(policy=policy.id, version=form.version, year=str(policy.first_year))
    data = build_template(form, policy, stamp)
    units = list(sample_units(policy, COPIES, 1))
    template = Template(data)
    cells = [unit_cells(form, unit, stamp) for unit in units]
    stamped = dict(stamp.pairs())
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        source = target / "template.xlsx"
        source.write_bytes(data)
        copy = milliseconds(lambda n: shutil.copyfile(source, target / f"copy{n}.xlsx"))
        durable = milliseconds(lambda n: write_whole(target / f"whole{n}.xlsx", data))
        once = milliseconds(lambda n: set_cells(data, cells[n], properties=stamped))
        many = milliseconds(lambda n: template.fill(cells[n], properties=stamped))
    print(f"template {len(data) / 1000:.0f} kB, {sum(map(len, cells[0].values()))} cells patched per copy")
    for title, value in (
        ("copy the file", copy),
        ("write it safely (fsync, rename)", durable),
        ("patch one workbook (set_cells)", once),
        ("patch a template again (Template.fill)", many),
    ):
        print(f"{title:42}{value:8.2f} ms{value / copy:8.1f} x copying")


if __name__ == "__main__":
    main()
