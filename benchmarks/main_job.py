"""The main job against a plain loop and against reading alone: ratios from one run, and peak memory.

    python benchmarks/main_job.py [--files 1000] [--policy yizheng-2022] [--plain-files 50] [--repeat 2]

Generates the returned workbooks once (kept in the system's temporary folder), then runs each way as a process
of its own. The plain loop runs over the first files only and is scaled in proportion; the output says so.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from measure import Measured, measure

HERE = Path(__file__).parent
XLTOOL = "import sys; from toolkit.cli import main; sys.exit(main())"
SEED = 1


def returned(policy_id: str, count: int) -> Path:
    """The folder with the returned workbooks, made when it is not there yet."""
    from toolkit.forms import load_form
    from toolkit.policies import load_policy
    from toolkit.sample import sample_returns, sample_units

    policy = load_policy(policy_id)
    form = load_form(policy)
    name = f"xltool-benchmark-{policy_id}-{form.version}-{count}"
    folder = Path(tempfile.gettempdir()) / name / "回收"
    done = folder.parent / "done"
    if not done.exists():
        print(f"generating {count} returned workbooks in {folder}", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        units = sample_units(policy, count, SEED)
        for file, data, _ in sample_returns(units, form, policy, policy.first_year, SEED, "typical"):
            (folder / file).write_bytes(data)
        done.touch()
    return folder


def best(command: list[str], repeat: int) -> Measured:
    """The quickest of several runs, so that what else the machine does weighs least."""
    return min((measure(command) for _ in range(repeat)), key=lambda run: run.seconds)


def runs(folder: Path, given: argparse.Namespace, out: Path) -> dict[str, tuple[Measured, float]]:
    """Each way: what was measured, and seconds for all the files."""
    files = len(list(folder.glob("*.xlsx")))
    day = ["--as-of", f"{given.year + 1}-01-15", "--policy", given.policy]
    tool = [sys.executable, "-c", XLTOOL]
    ways = {
        "calamine": ([sys.executable, str(HERE / "calamine_only.py"), str(folder)], files),
        "merge": ([*tool, "merge", str(folder), "-o", str(out / "汇总数据.xlsx"), *day], files),
        "validate": ([*tool, "validate", str(folder), "-o", str(out / "问题清单.xlsx"), *day], files),
    }
    measured = {}
    for name, (command, count) in ways.items():
        run = best(command, given.repeat)
        measured[name] = run, run.seconds * files / count
    limit = min(given.plain_files, files)
    command = [sys.executable, str(HERE / "plain_loop.py"), str(folder), given.policy, str(out / "plain.xlsx")]
    run = measure([*command, "--limit", str(limit)])
    measured["plain"] = run, run.seconds * files / limit
    return measured


def report(measured: dict[str, tuple[Measured, float]], files: int, plain_files: int) -> None:
    """Prints the table and the ratios."""
    titles = {
        "calamine": "python-calamine, reading alone, one process",
        "merge": "xltool merge: read, validate, merge, write",
        "validate": "xltool validate: read, validate, write the list",
        "plain": "plain loop: pandas + openpyxl + pandera per file",
    }
    yardstick, plain = measured["calamine"][1], measured["plain"][1]
    print(f"\n{files} files; plain loop measured on {min(plain_files, files)} and scaled in proportion")
    print(f"{'':52}{'s':>9}{'ms/file':>9}{'x calamine':>12}{'plain ÷':>9}{'MB largest':>12}{'MB together':>13}")
    for name, (run, seconds) in measured.items():
        row = f"{titles[name]:52}{seconds:9.1f}{seconds / files * 1000:9.1f}{seconds / yardstick:12.2f}"
        print(row + f"{plain / seconds:9.1f}{run.largest:12.0f}{run.together:13.0f}")
    both = measured["merge"][1] + measured["validate"][1]
    print(f"\nvalidate + merge one after the other: {both:.1f} s, {both / yardstick:.2f} x calamine, ", end="")
    print(f"plain loop ÷ this = {plain / both:.1f}")
    print(f"merge alone (it validates too): plain loop ÷ this = {plain / measured['merge'][1]:.1f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--files", type=int, default=1000, help="units; returned files are about as many")
    arguments.add_argument("--policy", default="yizheng-2022")
    arguments.add_argument("--plain-files", type=int, default=50)
    arguments.add_argument("--repeat", type=int, default=2)
    given = arguments.parse_args()
    folder = returned(given.policy, given.files)
    from toolkit.policies import load_policy

    given.year = load_policy(given.policy).first_year
    with tempfile.TemporaryDirectory() as out:
        measured = runs(folder, given, Path(out))
    report(measured, len(list(folder.glob("*.xlsx"))), given.plain_files)


if __name__ == "__main__":
    main()
