"""A picture of loss curves: an SVG of lines with a legend, made of text alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["svg"]

_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b")
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM, _LEGEND = 640, 360, 56, 24, 40, 190


def svg(title: str, x_name: str, y_name: str, curves: Mapping[str, Sequence[float]]) -> str:
    """Each curve over 1, 2, 3, …; those without a point are left out."""
    shown = {name: list(ys) for name, ys in curves.items() if ys}
    longest = max((len(ys) for ys in shown.values()), default=1)
    values = [y for ys in shown.values() for y in ys] or [0.0]
    low, high = min(0.0, *values), max(values) or 1.0
    right, bottom = _WIDTH - _LEGEND, _HEIGHT - _BOTTOM

    def place(number: int, y: float) -> str:
        across = _LEFT + (right - _LEFT) * (number / max(longest - 1, 1))
        return f"{across:.1f},{bottom - (bottom - _TOP) * (y - low) / (high - low):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/><text x="{_LEFT}" y="16">{title}</text>',
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="black"/>',
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{x_name}, 1 to {longest}</text>',
        f'<text x="4" y="{_TOP + 4}">{high:.2f}</text><text x="4" y="{bottom}">{low:.2f}</text>',
        f'<text x="4" y="{(_TOP + bottom) / 2}">{y_name}</text>',
    ]
    for number, (name, ys) in enumerate(shown.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(place(at, y) for at, y in enumerate(ys))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{right + 8}" y="{_TOP + 18 * number + 12}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])
