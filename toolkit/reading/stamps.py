"""The identity of files that cannot be peeked into: with a password or in an old format; read in worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit.model.batch import Return
from toolkit.model.form import Form
from toolkit.model.stamp import Stamp, from_pairs
from toolkit.model.unit import UnitList
from toolkit.reading.identity import Names
from toolkit.reading.loading import Loader
from toolkit.reading.plan import make_plan
from toolkit.reading.returns import Reading
from toolkit.reading.supervisor import Supervisor

_NOTHING = Form(policy="", version="", title="", sheets=(), code_lists={}, rules=())
_OLE = b"\xd0\xcf\x11\xe0"


def stamps_inside(files: Sequence[tuple[str, Path]], how: Reading) -> list[Stamp]:
    """The stamps of the OLE2 files among the files; of those that need a password only when it is given."""
    old = [(name, path) for name, path in files if _is_ole(path)]
    returns = [Return(index, name, path) for index, (name, path) in enumerate(old)]
    units = UnitList()
    names = Names(units)
    loader = Loader(returns, lambda file: how.passwords_for(file, names, units))
    boss = Supervisor(make_plan(_NOTHING), how.workers, how.timeout, how.memory)
    found = {job: answer for job, answer in boss.run(range(len(old)), loader.load) if answer}
    pairs = [(answer.get("meta", {}), answer.get("custom", {})) for _, answer in sorted(found.items())]
    return [stamp for meta, custom in pairs if (stamp := from_pairs(meta) or from_pairs(custom))]


def _is_ole(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(len(_OLE)) == _OLE
    except OSError:
        return False
