"""The allowance block of a policy pack as frozen rules; everything that differs between policies is in it.

Keys of the block (`pack.yaml`, `allowance:`), all words are those of the forms:

    regime            floor_with_pool | highest_post_only
    posts             post type → column of sheet `unit` with the standard, or {column, parameter}: either may be
                      left out; a parameter that is set goes before the column. The short form `subsidy_std_x`
                      goes with a parameter `std_x` where the pack has one.
    tie_order         posts from first to last, for equal standards
    floor_parameter   least standard per month: the parameter for all posts; under floor_with_pool it is what
                      is due, and a post without one is due its standard
    floors            the same by post: {post: parameter}
    ceiling           {post: {of: post, ratio_parameter: name}}: at most this share of the other post's standard
    amount_posts      the posts that the clause on the amount is about; without it, all posts. The others are only
                      weighed against double pay
    clauses           amount, and where the policy has them budget, exclusive, eligible
    scope_parameter   names the parameter that lists the types of organisation whose posts are paid
    in_service, yes, no, budget_stat, eligible: see `defaults.yaml`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.errors import DefinitionError
from toolkit.model.policy import Policy

REGIMES = FLOOR_WITH_POOL, HIGHEST_POST_ONLY = ("floor_with_pool", "highest_post_only")
_KEYS = ("regime", "posts", "tie_order", "floor_parameter", "floors", "ceiling", "amount_posts", "clauses")
_CLAUSES = ("amount", "budget", "exclusive", "eligible")


@dataclass(frozen=True, slots=True)
class PostRule:
    """How one post is paid.

    Args:
        column: column of sheet `unit` with the unit's standard, "" = none.
        parameter: parameter with a standard for all units, "" = none; goes before the column when set.
        floor: parameter with the least standard, "" = none.
        cap_of, cap_ratio: the standard is at most this parameter's share of the other post's standard.
    """

    post: str
    column: str = ""
    parameter: str = ""
    floor: str = ""
    cap_of: str = ""
    cap_ratio: str = ""


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who may hold the posts of the eligibility clause: one of the statuses, or also one of the other posts."""

    posts: tuple[str, ...]
    statuses: tuple[str, ...]
    or_posts: tuple[str, ...]
    org_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The block, checked; see the module's docstring."""

    regime: str
    posts: Mapping[str, PostRule]
    tie: Mapping[str, int]
    clauses: Mapping[str, str]
    amount_posts: frozenset[str]
    scope_parameter: str
    in_service: tuple[str, ...]
    yes: str
    no: str
    budget_stat: str
    eligible: Eligible
    labels: Mapping[str, str]


def rules_of(policy: Policy) -> Rules:
    """The rules of a policy.

    Raises: DefinitionError: an unknown key, post, clause or parameter, or a missing one.
    """
    block = _Block(policy)
    block.known(block.data, (*_KEYS, *(key for key in defaults() if key != "labels")))
    posts = {post: _post(block, post, spec) for post, spec in block.mapping("posts").items()}
    if not posts:
        block.fail("“posts”至少要有一项职务")
    if block.get("regime") == FLOOR_WITH_POOL and not any(rule.floor for rule in posts.values()):
        block.fail("“floor_with_pool”要有最低标准，请给出“floor_parameter”或“floors”")
    order = block.listed("tie_order") or tuple(posts)
    if set(order) != set(posts):
        block.fail("“tie_order”应恰好列出“posts”里的各项职务")
    scope = str(block.get("scope_parameter"))
    return Rules(
        regime=block.one_of("regime", REGIMES),
        posts=posts,
        tie={post: place for place, post in enumerate(order)},
        clauses=_clauses(block),
        amount_posts=_amount_posts(block, tuple(posts)),
        scope_parameter=scope if scope in policy.parameters else "",
        in_service=block.listed("in_service"),
        yes=str(block.get("yes")),
        no=str(block.get("no")),
        budget_stat=str(block.get("budget_stat")),
        eligible=_eligible(block),
        labels=defaults()["labels"],
    )


@cache
def defaults() -> dict:
    """`defaults.yaml` as plain data."""
    return dict(strictyaml.plain(strictyaml.load(Path(__file__).with_name("defaults.yaml"))))


class _Block:
    """The block with its defaults, and failures that name the pack."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.data = dict(policy.allowance)

    def fail(self, problem: str):
        raise DefinitionError(f"{self.policy.id}/pack.yaml", self.line(), f"allowance：{problem}")

    def line(self) -> int:
        path = self.policy.folder / "pack.yaml"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        return next((number for number, text in enumerate(lines, 1) if text.startswith("allowance:")), 1)

    def get(self, key: str):
        return self.data.get(key, defaults().get(key))

    def known(self, mapping: Mapping, keys: tuple[str, ...]) -> None:
        for key in mapping:
            if key not in keys:
                self.fail(f"不认识的键“{key}”")

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        if self.get(key) not in allowed:
            self.fail(f"“{key}”只能是 {'、'.join(allowed)}")
        return str(self.get(key))

    def mapping(self, key: str) -> Mapping:
        value = self.get(key)
        if value is not None and not isinstance(value, Mapping):
            self.fail(f"“{key}”应为键值对")
        return value or {}

    def listed(self, key: str) -> tuple[str, ...]:
        return _texts(self.get(key))

    def parameter(self, name: object) -> str:
        if name and name not in self.policy.parameters:
            self.fail(f"政策包没有参数“{name}”")
        return str(name or "")


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else tuple(value or ())  # type: ignore[arg-type]


def _post(block: _Block, post: str, spec: object) -> PostRule:
    if isinstance(spec, Mapping):
        block.known(spec, ("column", "parameter"))
        column, parameter = str(spec.get("column", "")), block.parameter(spec.get("parameter"))
    else:
        column = str(spec)
        name = column.removeprefix("subsidy_")
        parameter = name if name in block.policy.parameters else ""
    floor = block.mapping("floors").get(post, block.get("floor_parameter"))
    cap = block.mapping("ceiling").get(post) or {}
    block.known(cap, ("of", "ratio_parameter"))
    if cap and cap.get("of") not in block.mapping("posts"):
        block.fail(f"“ceiling”里“{post}”的“of”应为“posts”里的一项职务")
    if not (column or parameter or floor):
        block.fail(f"职务“{post}”没有标准：请给出“column”、“parameter”或最低标准")
    return PostRule(
        post=post,
        column=column,
        parameter=parameter,
        floor=block.parameter(floor),
        cap_of=str(cap.get("of", "")),
        cap_ratio=block.parameter(cap.get("ratio_parameter")),
    )


def _amount_posts(block: _Block, posts: tuple[str, ...]) -> frozenset[str]:
    found = block.listed("amount_posts") or posts
    if not set(found) <= set(posts):
        block.fail("“amount_posts”只能列出“posts”里的职务")
    return frozenset(found)


def _clauses(block: _Block) -> dict[str, str]:
    clauses = dict(block.mapping("clauses"))
    block.known(clauses, _CLAUSES)
    if "amount" not in clauses:
        block.fail("“clauses”缺少“amount”")
    for clause in clauses.values():
        if clause not in block.policy.clauses:
            block.fail(f"没有条款“{clause}”")
    return clauses


def _eligible(block: _Block) -> Eligible:
    given = block.mapping("eligible")
    keys = tuple(defaults()["eligible"])
    block.known(given, keys)
    return Eligible(**{key: _texts(given.get(key, defaults()["eligible"][key])) for key in keys})
