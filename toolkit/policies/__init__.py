"""The policy packs: clauses, dated parameters, indicators and task bundles as YAML."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from toolkit.model.errors import XltoolError
from toolkit.model.policy import Policy
from toolkit.model.problems import Problems
from toolkit.policies.loading import dated_values, read_pack
from toolkit.policies.values import COUNT, parse_value

__all__ = ["COUNT", "FOLDER", "dated_values", "load_policy", "pack_folder", "parse_value", "policy_ids"]

FOLDER = Path(__file__).parent


def policy_ids() -> tuple[str, ...]:
    """The packs that ship with the toolkit, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml")))


def pack_folder(name: str | Path) -> Path:
    """The folder of a shipped pack's id, or the folder itself.

    Raises: XltoolError: P001 no such pack.
    """
    folder = FOLDER / name if str(name) in policy_ids() else Path(name)
    if not (folder / "pack.yaml").is_file():
        raise XltoolError("P001", policy=name, known="、".join(policy_ids()))
    return folder.resolve()


def load_policy(name: str | Path) -> Policy:
    """The policy of a shipped pack's id or of a folder.

    Raises:
        XltoolError: P001 no such pack.
        DefinitionError: the pack breaks its own rules; with file and line.
    """
    folder = pack_folder(name)
    known = ((path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file())
    return _load(folder, tuple((name, about.st_mtime_ns, about.st_size) for name, about in known))


@lru_cache(maxsize=32)
def _load(folder: Path, files: tuple[tuple[str, int, int], ...]) -> Policy:
    """The pack as its files stand: a changed file makes another policy."""
    policy = read_pack(folder, Problems())
    assert policy is not None
    return policy
