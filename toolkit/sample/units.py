"""An invented unit list: who is in it, which organisations they have."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from toolkit.model.unit import KnownOrg, Unit, UnitList
from toolkit.sample.words import full_name, place_name, words

_KINDS = (
    ("机关", 0.40),
    ("事业单位", 0.22),
    ("国有企业", 0.10),
    ("人民团体", 0.06),
    ("园镇", 0.10),
    ("村（社区）", 0.12),
)
_SHAPES = (("branch", 0.70), ("branches", 0.12), ("general", 0.10), ("joint", 0.05), ("committee", 0.03))


def make_units(policy_id: str, count: int, seed: int) -> UnitList:
    """An invented unit list in official order: two bureaus, of which the second speaks for the area, then by category.

    Args:
        policy_id: a pack for which names.yaml has places; another pack uses those of the first.
        count: number of units, at least 1.
    """
    places = words()["places"]
    place = places.get(policy_id) or next(iter(places.values()))
    rng = Random(f"units/{policy_id}/{seed}/{count}")
    kinds = rng.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS], k=max(count - 2, 0))
    order = [kind for kind, _ in _KINDS]
    names = _Names(place)
    drafts = [("机关", place["top"], place["level"]), ("机关", place["bureau"], place["level"])][:count]
    drafts += [(kind, *names.take(kind)) for kind in sorted(kinds, key=order.index)]
    codes = [f"{place['prefix']}{number:0{max(2, len(str(count)))}d}" for number in range(1, count + 1)]
    towns = [code for code, draft in zip(codes, drafts, strict=True) if draft[0] == "园镇"]
    bureau = codes[min(1, count - 1)]
    return UnitList(
        tuple(
            replace(_unit(rng, place, code, draft, _parent(code, codes[0], bureau), towns), speaks=code == bureau)
            for code, draft in zip(codes, drafts, strict=True)
        )
    )


def _parent(code: str, top: str, bureau: str) -> str:
    return "" if code == top else top if code == bureau else bureau


class _Names:
    """Hands out unit names, each once."""

    def __init__(self, place: dict[str, str]) -> None:
        self.place = place
        self.counts: dict[str, int] = {}

    def take(self, kind: str) -> tuple[str, str]:
        """The next name of a kind, and the level of the unit."""
        number = self.counts.get(kind, 0)
        self.counts[kind] = number + 1
        area, known = self.place["area"], words()
        if kind == "园镇":
            return f"{area}{place_name(number)}{self.place['town_end']}", "园镇（乡镇）级"
        if kind == "村（社区）":
            return f"{area}{place_name(number + 300)}{('社区', '村')[number % 2]}", "村（社区）级"
        pool = known[{"机关": "departments", "事业单位": "institutions", "国有企业": "enterprises"}.get(kind, "bodies")]
        turn, index = divmod(number, len(pool))
        return area + (place_name(turn - 1 + 150) if turn else "") + pool[index], "部门（单位）"


def _unit(
    rng: Random, place: dict[str, str], code: str, draft: tuple[str, str, str], parent: str, towns: list[str]
) -> Unit:
    kind, name, level = draft
    short = name.removeprefix("中共").removeprefix(place["area"])
    return Unit(
        code=code,
        name=name,
        category=kind,
        level=level,
        parent=parent,
        short_names=(short,) if kind in ("园镇", "村（社区）") else (place["short"] + short,),
        town=rng.choice(towns) if kind == "村（社区）" and towns else "",
        contact=full_name(rng),
        orgs=_orgs(rng, code, name.removeprefix("中共")),
    )


def _orgs(rng: Random, code: str, name: str) -> tuple[KnownOrg, ...]:
    """The organisations of a unit: mostly one branch."""
    shape = rng.choices([shape for shape, _ in _SHAPES], [weight for _, weight in _SHAPES])[0]
    first = f"{code}-01"
    if shape == "branch":
        return (KnownOrg(first, f"中共{name}离退休干部党支部委员会", "党支部"),)
    if shape == "joint":
        return (KnownOrg(first, f"中共{name}离退休干部联合党支部", "联合党支部"),)
    if shape == "branches":
        return tuple(_branch(code, name, number, "", number) for number in (1, 2))
    ending, kind, sizes = ("总支部委员会", "党总支", (2, 3)) if shape == "general" else ("委员会", "党委", (3, 4, 5))
    branches = tuple(_branch(code, name, number + 1, first, number) for number in range(1, rng.choice(sizes) + 1))
    return (KnownOrg(first, f"中共{name}离退休干部{ending}", kind), *branches)


def _branch(code: str, name: str, number: int, parent: str, place: int) -> KnownOrg:
    ordinal = "一二三四五"[place - 1]
    return KnownOrg(f"{code}-{number:02d}", f"中共{name}离退休干部第{ordinal}党支部", "党支部", parent)
