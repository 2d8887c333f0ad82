"""The buttons for the returned workbook that is open: thin, the work is in `macro_api`."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.bridge.desk import Desk
from toolkit.bridge.protocol import DONE, FINDINGS, Answer
from toolkit.console import console


def live_check(desk: Desk) -> Answer:
    """校验当前工作簿."""
    from toolkit import macro_api

    book = macro_api.open_return()
    desk.tell("begin")
    seen = macro_api.check_book(book, desk.folder, desk.as_of)
    if not seen.problems:
        return Answer(DONE, console().say("live_clean", file=seen.file))
    facts = {"file": seen.file, "n": len(seen.problems), "sentence": seen.problems[0].sentence}
    return Answer(FINDINGS, console().say("live_found", **facts), exit_code=1)


def live_next(desk: Desk) -> Answer:
    """下一处."""
    from toolkit import macro_api

    seen = macro_api.next_problem(macro_api.open_return(), desk.folder)
    if seen.at >= len(seen.problems):
        return Answer(DONE, console().say("live_last", file=seen.file, n=len(seen.problems)))
    facts = {"at": seen.at + 1, "n": len(seen.problems), "sentence": seen.problems[seen.at].sentence}
    return Answer(FINDINGS, console().say("live_at", **facts))


def live_explain(desk: Desk) -> Answer:
    """填入说明."""
    from toolkit import macro_api

    where = macro_api.explain(macro_api.open_return(), desk.folder, desk.value("cfg_note"))
    return Answer(DONE, console().say("live_explained", where=where), {"cfg_note": ""})


LIVE: dict[str, Callable[[Desk], Answer]] = {
    "live_check": live_check,
    "live_next": live_next,
    "live_explain": live_explain,
}
