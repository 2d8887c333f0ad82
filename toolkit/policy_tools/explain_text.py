"""Explanations as lines for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.policy_tools.show import shown_unit
from toolkit.policy_tools.texts import say, texts


def clause_lines(record: Mapping) -> str:
    """A clause's results of one unit."""
    words = texts()["explain"]
    lines = [say("explain", "heading", unit=record["unit"], clause=record["id"], title=record["title"])]
    lines += [_labelled("quote", record["quote"], "show")]
    if indicator := record["indicator"]:
        lines += [_labelled("formula", indicator["formula"], "show")]
        lines += [_labelled("force", indicator["force_in_words"], "show")]
    else:
        lines += [_labelled("reason", record["reason"], "show")]
    lines += _parameters(record["parameters"])
    if not record["results"]:
        lines += ["", words["nothing"]]
    for result in record["results"]:
        lines += ["", _labelled("subject", result["subject"]), _labelled("level", result["level"])]
        lines += [_labelled("reason", result["reason"])]
        lines += [_labelled("fix", result["fix"])] if result["fix"] else []
        lines += _rows(result["rows"]) + _steps(result["steps"])
    if record["also_read"]:
        lines += ["", f"{words['also_read']}：", *_listed(record["also_read"])]
    return "\n".join(lines)


def _steps(steps: list[str]) -> list[str]:
    return [f"{texts()['explain']['steps']}：", *(f"  {number}. {step}" for number, step in enumerate(steps, 1))]


def person_lines(record: Mapping) -> str:
    """The allowance of one or several people of the same name or key."""
    words = texts()["explain"]
    lines: list[str] = []
    for person in record["persons"]:
        units = "、".join(dict.fromkeys(post["unit"] for post in person["posts"]))
        lines += [say("explain", "person", name=person["name"], person=person["person"], unit=units)]
        lines += [f"{words['clause']}：{person['clause']}　{person['quote']}"]
        lines += [_labelled("formula", record["formula"], "show")]
        lines += _parameters(record["parameters"])
        for post in person["posts"]:
            lines += ["", say("explain", "post", **post), "  " + _post(post)]
            lines += _rows(post["rows"])
            lines += _steps(post["steps"])
        lines += [""]
        lines += [say("explain", "month", **month) for month in person["months"]] or [words["no_months"]]
        due = person["due"] or words["undetermined"]
        lines += [say("explain", "total", due=due, paid=person["paid"] or words["undetermined"])]
        lines += [_labelled("level", person["level"]), _labelled("reason", person["reason"])]
        lines += [_labelled("fix", person["fix"])] if person["fix"] else []
        lines += [""]
    return "\n".join(lines).rstrip()


def _post(post: Mapping) -> str:
    words = texts()["explain"]
    open_words = {"rate": words["unknown_rate"]}
    return "；".join(
        say("explain", "value", label=words[key], value=post[key] or open_words.get(key, words["undetermined"]))
        for key in ("rate", "months", "due", "paid")
    )


def _parameters(parameters: list[Mapping]) -> list[str]:
    words = texts()["explain"]
    if not parameters:
        return []
    lines = [f"{words['used']}："]
    for item in parameters:
        value = words["unset"] if item["value"] in ("", words["unset"]) else item["in_words"] + shown_unit(item["unit"])
        since = say("explain", "since", since=item["since"]) if item["since"] else ""
        origin = "；".join(part for part in (item["origin"], item["source"], since) if part)
        lines.append("  " + say("explain", "used_parameter", title=item["title"], value=value, origin=origin))
    return lines


def _rows(rows: list[Mapping]) -> list[str]:
    words = texts()["explain"]
    if not rows:
        return [f"{words['rows']}：{words['no_rows']}"]
    return [f"{words['rows']}：", *_listed(rows)]


def _listed(rows: list[Mapping]) -> list[str]:
    words, lines = texts()["explain"], []
    for row in rows:
        values = "，".join(
            say("explain", "value", label=key, value=value or words["blank"]) for key, value in row["values"].items()
        )
        facts = {"file": row["file"], "sheet": row["sheet"], "row": row["row"], "values": values}
        lines.append("  " + say("explain", "row" if row["row"] else "form", **facts))
    return lines


def _labelled(key: str, value: str, topic: str = "explain") -> str:
    return f"{texts()[topic][key]}：{value}"
