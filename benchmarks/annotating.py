"""Times marking a returned file in units of reading the same file: fresh, and marked before.

    python benchmarks/annotating.py [--units 8] [--policy yunnan-2025]

Both run in this process on the same bytes; the quickest of the rounds counts. Reading is what a worker process
does with a file; marking is everything from its bytes to the bytes of the marked copy.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROUNDS = 5


def main() -> None:
    """Prints the two ratios."""
    from toolkit.annotate import Told, marked_copy, to_send_back
    from toolkit.job import job_for
    from toolkit.ooxml.handed_in import content_of
    from toolkit.pipeline import check
    from toolkit.reading.extract import Extractor
    from toolkit.reading.plan import make_plan
    from toolkit.trial import write_sample

    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "round"
        year = 2025
        write_sample(folder, policy=options.policy, units=options.units, seed=1, defects="heavy", year=year)
        checked = check(job_for([folder], as_of=date(year + 1, 1, 15)))
        own = to_send_back(checked.batch, checked.findings)
        form, reader = checked.job.form, Extractor(make_plan(checked.job.form))
        told = {
            item.index: (content_of(item), Told(item.located, own[item.file]))
            for item in checked.batch.returns
            if item.file in own and item.located and content_of(item).startswith(b"PK")
        }
        marked = {index: marked_copy(data, form, about) for index, (data, about) in told.items()}
    cells = sum(len(one.cells) for _, about in told.values() for one in about.findings)
    reading = _quickest(lambda: [reader.read(data) for data, _ in told.values()])
    fresh = _quickest(lambda: [marked_copy(data, form, about) for data, about in told.values()])
    again = _quickest(lambda: [marked_copy(marked[index], form, about) for index, (_, about) in told.items()])
    print(f"{len(told)} files, {cells} marked cells, reading {reading * 1000 / len(told):.1f} ms a file")
    print(f"marking {fresh / reading:.2f} x reading, marking a marked copy {again / reading:.2f} x")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=8)
    parser.add_argument("--policy", default="yunnan-2025")
    return parser.parse_args()


def _quickest(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main()
