"""From the canonical data of a report to what its template shows: every figure said in the client's locale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from kernel.bidi import isolated
from sla_contracts import report_charts as charts
from sla_contracts import report_corrections, report_quality
from sla_contracts.opening_hours import DAYS
from sla_contracts.report_sentences import sentences, verdict
from sla_contracts.speech import Speech, texts

Data = Mapping[str, Any]


def page(data: Data, data_sha256: str) -> dict[str, Any]:
    """The template's context. Reads nothing but ``data``."""
    tenant, period = data["tenant"], data["period"]
    speech = Speech(data["language"], country=tenant["country"], time_zone=period["time_zone"])
    tile = tenant["color"] if _is_color(tenant["color"]) else "#3b5bdb"
    color = charts.on_paper(tile)
    judged_money = [clause for clause in data["clauses"] if Decimal(clause["penalty"])]
    return {
        "language": speech.language,
        "say": texts(speech.language),
        "tenant": tenant,
        "tile": tile,
        "on_tile": "#ffffff" if charts.is_dark(tile) else charts.INK,
        "color": color,
        "month": _capital(speech.month(period["month"])),
        "verdict": verdict(data, speech),
        "running_month": _running(data, speech),
        "preview": speech.say("preview_mark", cut_off=speech.instant(_at(data["cut_off"]))) if is_preview(data) else "",
        "sentences": sentences(data, speech),
        "sections": _sections(data, speech, color),
        "money": speech.money(Decimal(data["penalty"]), data["currency"]),
        "money_line": speech.say("money_due", client=isolated(tenant["legal_name"]))
        if Decimal(data["penalty"])
        else speech.say("money_none"),
        "money_sums": [
            *(_money_sum(clause, data["currency"], speech) for clause in judged_money),
            *(_bonus_sum(clause, data["currency"], speech) for clause in data["clauses"] if Decimal(clause["bonus"])),
            *report_quality.sums(data, speech),
        ],
        "contract": _contract_line(data, speech),
        "cut_off": speech.moment(_at(data["cut_off"])),
        "data_sha256": data_sha256,
        "volume": _volume(data, speech, color),
        "times": _times(data, speech),
        "reasons": _reasons(data, speech),
        "quality": report_quality.page_of(data, speech),
        "breaches": _breaches(data, speech),
        "exclusions": _exclusions(data, speech),
        "corrections": report_corrections.page_of(data, speech),
        "definitions": _definitions(data, speech),
        "terms": [_terms(version, speech) for version in data["contract"]["versions"]],
    }


def on_letter(data: Data) -> dict[str, str]:
    """Colour, month and language for the mail that brings the report."""
    tenant, period = data["tenant"], data["period"]
    speech = Speech(data["language"], country=tenant["country"], time_zone=period["time_zone"])
    tile = tenant["color"] if _is_color(tenant["color"]) else "#3b5bdb"
    return {
        "language": speech.language,
        "color": charts.on_paper(tile),
        "month": _capital(speech.month(period["month"])),
    }


def is_preview(data: Data) -> bool:
    """Whether the month still ran when the figures were taken."""
    return _at(data["cut_off"]) < _at(data["period"]["end"])


def _sections(data: Data, speech: Speech, color: str) -> list[dict[str, Any]]:
    """One table a version: a contract that changed in the month is judged in its parts."""
    versions = data["contract"]["versions"]
    return [
        {
            "heading": _span_of(version, speech) if len(versions) > 1 else "",
            "rows": [
                _row(clause, data, speech, color)
                for clause in data["clauses"]
                if clause["version"] == version["number"]
            ],
        }
        for version in versions
    ]


def _row(clause: Data, data: Data, speech: Speech, color: str) -> dict[str, Any]:
    goal, reached = Decimal(clause["goal"]), _decimal(clause["share"])
    shares = [_decimal(month["shares"].get(clause["code"])) for month in data["trend"]]
    said = [
        f"{speech.month_letters(month['month'])} {speech.percent(share, 1) if share is not None else '–'}"
        for month, share in zip(data["trend"], shares, strict=True)
    ]
    shown = speech.percent(reached, goal=goal) if reached is not None else "–"
    goal_shown = speech.percent(goal)
    if not clause["judged"]:
        state, word = "none", speech.say("not_judged")
    elif clause["kept"]:
        state, word = "kept", speech.say("kept")
    else:
        state, word = "missed", speech.say("missed", points=speech.number(Decimal(clause["points_off"]), 2))
    median = clause["median_seconds"]
    return {
        "title": clause["title"],
        "state": state,
        "word": word,
        "share": shown,
        "goal": goal_shown,
        "bar": charts.as_image(charts.bar(reached, goal, color)),
        "bar_alt": speech.say("alt_bar", share=shown, goal=goal_shown),
        "trend": charts.as_image(charts.sparkline(shares, goal, color, _ends(data, speech))),
        "trend_alt": speech.say("alt_trend", values=", ".join(said)),
        "counted": speech.number(clause["counted"]),
        "late": speech.number(clause["breached"]),
        "median": speech.span(median, coarse=True) if median is not None else "–",
        "penalty": speech.money(Decimal(clause["penalty"]), data["currency"])
        if Decimal(clause["per_point"]) or clause["tiers"]
        else "–",
    }


def _ends(data: Data, speech: Speech) -> tuple[str, str]:
    """The first and last month under a sparkline."""
    months = data["trend"]
    return speech.month_letters(months[0]["month"]), speech.month_letters(months[-1]["month"])


def _money_sum(clause: Data, currency: str, speech: Speech) -> str:
    points, cap = Decimal(clause["points_off"]), Decimal(clause["cap_points"])
    if clause["tiers"]:
        amount = speech.money(Decimal(clause["penalty"]), currency)
        return speech.say("money_tier", title=clause["title"], points=speech.number(points, 2), amount=amount)
    capped = points > cap
    return speech.say(
        "money_cap" if capped else "money_sum",
        title=clause["title"],
        points=speech.number(cap if capped else points, 2),
        per_point=speech.money(Decimal(clause["per_point"]), currency),
        amount=speech.money(Decimal(clause["penalty"]), currency),
    )


def _bonus_sum(clause: Data, currency: str, speech: Speech) -> str:
    return speech.say(
        "money_bonus",
        title=clause["title"],
        points=speech.number(Decimal(clause["points_over"]), 2),
        amount=speech.money(Decimal(clause["bonus"]), currency),
    )


def _contract_line(data: Data, speech: Speech) -> str:
    contract = data["contract"]
    numbers = ", ".join(speech.say("version", number=version["number"]) for version in contract["versions"])
    return f"{contract['reference']}, {numbers}"


def _running(data: Data, speech: Speech) -> str:
    return speech.say("running_month", cut_off=speech.instant(_at(data["cut_off"]))) if is_preview(data) else ""


def _volume(data: Data, speech: Speech, color: str) -> dict[str, Any]:
    volume = data["volume"]
    total, heat = volume["conversations"], volume["heat"]
    days = [(str(date.fromisoformat(row["day"]).day), row["count"]) for row in volume["by_day"]]
    weekdays = [speech.weekday(day) for day in range(7)]
    peak, day, hour = max(((n, -d, -h) for d, hours in enumerate(heat) for h, n in enumerate(hours)))
    return {
        "total": speech.number(total),
        "word": speech.say(speech.form("conversations", total)),
        "empty": not total,
        "channels": [
            _part(speech.code("channel", r["channel"]), r["count"], total, speech) for r in volume["by_channel"]
        ],
        "languages": [
            _part(_capital(speech.language_name(r["language"])), r["count"], total, speech)
            for r in volume["by_language"]
        ],
        "days": charts.as_image(charts.day_columns(days, color)),
        "days_alt": speech.say("alt_days", values=", ".join(f"{name}: {count}" for name, count in days)),
        "heat": charts.as_image(charts.heat_map(heat, weekdays, color)),
        "heat_alt": speech.say("alt_heat", day=speech.weekday(-day, short=False), hour=f"{-hour:02}:00", n=peak),
    }


def _times(data: Data, speech: Speech) -> list[dict[str, str]]:
    """How long it took, clause by clause; a report of before may not hold it."""
    several = len(data["contract"]["versions"]) > 1
    return [
        {
            "title": clause["title"],
            "version": speech.say("version", number=clause["version"]) if several else "",
            "half": speech.span(clause["median_seconds"], coarse=True),
            "most": speech.span(clause["nine_of_ten_seconds"], coarse=True),
            "longest": speech.span(clause["longest_seconds"], coarse=True),
        }
        for clause in data["clauses"]
        if clause.get("longest_seconds") is not None
    ]


def _part(label: str, count: int, total: int, speech: Speech) -> dict[str, Any]:
    share = Decimal(count) / Decimal(total) if total else Decimal(0)
    return {
        "label": label,
        "count": speech.number(count),
        "share": speech.percent(share, 1),
        "width": f"{float(share) * 100:.1f}",
    }


def _reasons(data: Data, speech: Speech) -> list[dict[str, Any]]:
    rows = data["contact_reasons"]
    total = sum(row["count"] for row in rows)
    return [_part(row["label"], row["count"], total, speech) for row in rows]


def _breaches(data: Data, speech: Speech) -> dict[str, Any]:
    breaches = data["breaches"]
    listed = [
        {
            "case": row["case"] or "–",
            "title": row["title"],
            "channel": speech.code("channel", row["channel"]),
            "language": row["language"].upper(),
            "arrived": speech.instant(_at(row["started_at"])),
            "target": speech.span(row["target_seconds"]),
            "taken": speech.span(row["used_seconds"]),
            "outcome": speech.say(f"outcome_{row['outcome']}"),
            "ledger": row["clock"][-12:],
        }
        for row in breaches["listed"]
    ]
    rest = [
        {"title": r["title"], "channel": speech.code("channel", r["channel"]), "count": speech.number(r["count"])}
        for r in breaches["rest"]
    ]
    note = ""
    if rest:
        shown = {"listed": speech.number(len(listed)), "total": speech.number(breaches["total"])}
        note = speech.say("breaches_listed", **shown)
    return {"listed": listed, "rest": rest, "note": note, "total": speech.number(breaches["total"])}


def _exclusions(data: Data, speech: Speech) -> list[dict[str, Any]]:
    return [
        {
            "reason": speech.code("reason", row["reason"]),
            "title": row["title"],
            "count": speech.number(row["count"]),
            "cases": ", ".join(row["cases"]) + (" …" if row["count"] > len(row["cases"]) else ""),
        }
        for row in data["exclusions"]
    ]


def _definitions(data: Data, speech: Speech) -> list[str]:
    zone = data["period"]["time_zone"]
    keys = ("def_met", "def_pause", "def_points", "def_hash")
    return [
        speech.say("def_period", time_zone=zone),
        speech.say("def_formula"),
        *dict.fromkeys(_formula(clause, speech) for clause in data["clauses"] if clause["formula"]),
        *([speech.say("def_quality")] if report_quality.is_shown(data) else []),
        *(speech.say(key) for key in keys),
    ]


def _formula(clause: Data, speech: Speech) -> str:
    return speech.say(f"formula_{clause['formula']}", title=clause["title"], seconds=clause["abandons_under_seconds"])


def _terms(version: Data, speech: Speech) -> dict[str, Any]:
    return {
        "heading": _span_of(version, speech),
        "sha256": version["terms_sha256"],
        "targets": [
            {
                "title": f"{speech.code('group', t['channel_group'])}: {speech.code('metric', t['metric']).lower()}"
                if speech.language != "de"
                else f"{speech.code('group', t['channel_group'])}: {speech.code('metric', t['metric'])}",
                "priority": speech.code("priority", t.get("priority", "normal")),
                "span": speech.span(t["seconds"]),
                "hours": _hours(version["calendars"][t["calendar"]], speech),
            }
            for t in version["targets"]
        ],
    }


def _hours(calendar: Data, speech: Speech) -> str:
    """Days that share hours are joined: “Mon–Fri 09:00–18:00, Sat 09:00–14:00”."""
    week = [calendar["weekly"].get(day, []) for day in DAYS]
    if all(hours == [["00:00", "24:00"]] for hours in week):
        said = speech.say("always_open")
    else:
        said = ", ".join(_day_run(first, last, week, speech) for first, last in _runs(week) if week[first])
    holidays = calendar.get("holidays")
    if holidays:
        said += ", " + speech.say("holidays_closed", country=speech.country_name(holidays["country"]))
    return said


def _runs(week: Sequence[object]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day, hours in enumerate(week):
        if runs and week[runs[-1][1]] == hours:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _day_run(first: int, last: int, week: Sequence[Sequence[Sequence[str]]], speech: Speech) -> str:
    days = speech.weekday(first) if first == last else f"{speech.weekday(first)}–{speech.weekday(last)}"
    return f"{days} " + " + ".join(f"{start}–{end}" for start, end in week[first])


def _span_of(version: Data, speech: Speech) -> str:
    start, until = speech.day(_at(version["valid_from"])), version["valid_until"]
    if until is None:
        return speech.say("version_span", number=version["number"], start=start)
    end = speech.day(_at(until) - timedelta(microseconds=1))
    return speech.say("version_span_until", number=version["number"], start=start, end=end)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_color(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])
