"""The charts of the SLA report: SVG in one client colour and greys, labelled where they are read."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from itertools import pairwise

INK = "#1c1b19"
SOFT = "#6f6b64"
LINE = "#dcd8d0"
PALE = "#efece6"
FONT = "Inter, 'Noto Sans', sans-serif"


def as_image(svg: str) -> str:
    """A data: URI for an ``img``, which carries the text alternative."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def bar(reached: Decimal | None, goal: Decimal, color: str) -> str:
    """The share as a bar of 0–100 %, with a mark at the goal."""
    width, height = 150, 14
    place = [f'<rect x="0" y="4" width="{width}" height="6" rx="3" fill="{PALE}"/>']
    if reached is not None:
        length = max(3.0, float(reached) * width)
        place.append(f'<rect x="0" y="4" width="{length:.1f}" height="6" rx="3" fill="{color}"/>')
    mark = float(goal) * width
    place.append(f'<rect x="{min(mark, width - 1.5) - 0.75:.2f}" y="0" width="1.5" height="14" fill="{INK}"/>')
    return _svg(width, height, place)


def sparkline(shares: Sequence[Decimal | None], goal: Decimal, color: str, ends: tuple[str, str]) -> str:
    """Six months as a line over the goal's hairline; the last point is marked, months without data are gaps.

    ends: what stands below the first and the last point.
    """
    width, height, pad = 84, 30, 4
    known = [float(share) for share in shares if share is not None]
    low, high = min([*known, float(goal)]), max([*known, float(goal)])
    spread = max(high - low, 0.02)

    def y(value: float) -> float:
        return pad + (high - value) / spread * (height - 2 * pad)

    step = (width - 2 * pad) / max(1, len(shares) - 1)
    points = [None if share is None else (pad + n * step, y(float(share))) for n, share in enumerate(shares)]
    goal_y = y(float(goal))
    place = [
        f'<line x1="0" x2="{width}" y1="{goal_y:.1f}" y2="{goal_y:.1f}" stroke="{SOFT}" stroke-width="0.6"'
        ' stroke-dasharray="2 2"/>'
    ]
    for left, right in pairwise(points):
        if left and right:
            place.append(
                f'<line x1="{left[0]:.1f}" y1="{left[1]:.1f}" x2="{right[0]:.1f}" y2="{right[1]:.1f}"'
                f' stroke="{color}" stroke-width="1.6" stroke-linecap="round"/>'
            )
    for number, point in enumerate(points):
        if point:
            last = number == len(points) - 1
            place.append(f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="{2.6 if last else 1.3}" fill="{color}"/>')
    place.append(_text(0, height + 8, ends[0], 7, SOFT, anchor="start"))
    place.append(_text(width, height + 8, ends[1], 7, SOFT, anchor="end"))
    return _svg(width, height + 10, place)


def day_columns(days: Sequence[tuple[str, int]], color: str) -> str:
    """One column a day, labelled with its number below and its count above."""
    width, height, floor = 520, 96, 80
    slot = width / max(1, len(days))
    top = max([count for _, count in days], default=0) or 1
    place = [f'<line x1="0" x2="{width}" y1="{floor}" y2="{floor}" stroke="{LINE}" stroke-width="0.8"/>']
    for number, (label, count) in enumerate(days):
        x, size = number * slot, count / top * (floor - 14)
        middle = x + slot / 2
        if count:
            place.append(
                f'<rect x="{x + slot * 0.18:.1f}" y="{floor - size:.1f}" width="{slot * 0.64:.1f}"'
                f' height="{size:.1f}" rx="1.5" fill="{color}"/>'
            )
            place.append(_text(middle, floor - size - 3, str(count), 6.5, SOFT))
        place.append(_text(middle, floor + 10, label, 6.5, SOFT))
    return _svg(width, height, place)


def heat_map(heat: Sequence[Sequence[int]], weekdays: Sequence[str], color: str) -> str:
    """Seven rows of 24 hours; the count stands in its cell."""
    left, cell, row, head = 34, 20.2, 17, 12
    width, height = left + 24 * cell, head + 7 * row
    top = max((max(hours) for hours in heat), default=0) or 1
    dark = is_dark(color)
    place = [_text(left + (hour + 0.5) * cell, 8, f"{hour:02}", 6.5, SOFT) for hour in range(24)]
    for day, hours in enumerate(heat):
        y = head + day * row
        place.append(_text(0, y + 11, weekdays[day], 7.5, INK, anchor="start"))
        for hour, count in enumerate(hours):
            x, share = left + hour * cell, count / top
            fill, strength = (color, 0.14 + 0.86 * share) if count else (PALE, 1.0)
            place.append(
                f'<rect x="{x + 0.7:.1f}" y="{y + 0.7:.1f}" width="{cell - 1.4:.1f}" height="{row - 1.4}" rx="2"'
                f' fill="{fill}" fill-opacity="{strength:.2f}"/>'
            )
            if count:
                ink = "#ffffff" if dark and share > 0.5 else INK
                place.append(_text(x + cell / 2, y + 10.8, str(count), 6.5, ink))
    return _svg(width, height, place)


def is_dark(color: str) -> bool:
    """Whether white text is the more legible one on ``color``."""
    luminance = _luminance(color)
    return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05


def on_paper(color: str) -> str:
    """``color``, darkened until a mark in it stands out from white paper (3 : 1, WCAG 1.4.11)."""
    while 1.05 / (_luminance(color) + 0.05) < 3:
        channels = (int(int(color[n : n + 2], 16) * 0.92) for n in (1, 3, 5))
        color = "#" + "".join(f"{channel:02x}" for channel in channels)
    return color


def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _text(x: float, y: float, text: str, size: float, fill: str, *, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size}" fill="{fill}"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(width: float, height: float, place: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return head + "".join(place) + "</svg>"
