"""A flame graph as one page that opens without a network: d3-flame-graph draws it, its files lie in `vendor`."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any

from perfkit.profilers.common.stacks import Frame, Stacks, is_python, is_thread
from perfkit.profilers.common.waits import is_library
from perfkit.report.visible import one_line

__all__ = ["difference_page", "page"]

_LEAST = 5e-5  # of the whole: a frame below that is a tenth of a pixel, and becomes part of its parent

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 14px system-ui, sans-serif; margin: 16px; color: #222; background: #fff; }}
h1 {{ font-size: 18px; margin: 0 0 4px; }}
p {{ margin: 0 0 10px; color: #555; }}
form {{ display: inline-flex; gap: 6px; margin-bottom: 8px; }}
#details {{ min-height: 1.4em; font-family: ui-monospace, monospace; font-size: 12px; white-space: pre-wrap; }}
#legend {{ display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 0 0 10px; }}
#legend i {{ display: inline-block; width: 12px; height: 12px; margin-right: 5px; border: 1px solid #888; }}
.d3-flame-graph rect {{ fill-opacity: 1 !important; }}
.d3-flame-graph-label {{ font-family: system-ui, sans-serif !important; }}
.d3-flame-graph-tip {{ background: #222; color: #fff; padding: 4px 8px; font-size: 12px; max-width: 60em; z-index: 1; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{about}</p>
<p>{legend}</p>
<div id="legend">{swatches}</div>
<form id="find"><input id="term" type="search" placeholder="search (a regular expression)" aria-label="search"
 size="36"><button>search</button><button type="button" id="reset">reset zoom</button></form>
<div id="details"></div>
<div id="chart"></div>
<script>{d3}</script>
<script>{flamegraph}</script>
<script type="application/json" id="data">{data}</script>
<script>
"use strict";
const held = JSON.parse(document.getElementById("data").textContent);
const nodes = held.nodes.map(([frame, value, before, after]) => {{
  const [name, place, kind] = held.frames[frame];
  return {{ name, place, kind, value, before, after, delta: after - before, children: [] }};
}});
held.nodes.forEach(([, , , , parent], i) => {{ if (i) nodes[parent].children.push(nodes[i]); }});
const root = nodes[0];
function time(ns) {{
  const size = Math.abs(ns);
  const [scale, unit] = size >= 1e9 ? [1e9, "s"] : size >= 1e6 ? [1e6, "ms"] : size >= 1e3 ? [1e3, "µs"] : [1, "ns"];
  return (ns / scale).toPrecision(3) + " " + unit;
}}
// by how much a frame differs between two profiles of the same work: counted samples, and the machine's drift
function still(n) {{
  const [one, two] = held.noise, size = Math.max(n.before, n.after);
  const chance = Math.sqrt(Math.max(n.before, one) * one + Math.max(n.after, two) * two);
  return Math.abs(n.delta) <= 2 * chance + 0.02 * size;
}}
function colour(d) {{
  const n = d.data, size = Math.max(n.before, n.after);
  if (d.highlight) return held.colours.found;
  if (!held.differs) return held.colours[n.kind];
  if (still(n)) return held.colours.same;
  return held.colours[(Math.abs(n.delta) > size / 2 ? "much " : "") + (n.delta > 0 ? "grown" : "shrunk")];
}}
function light(hex) {{  // relative luminance, as WCAG has it
  const parts = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255);
  const [r, g, b] = parts.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}}
function ink(hex) {{ return light(hex) > 0.179 ? "#000000" : "#ffffff"; }}
function label(d) {{
  const name = d.data.name + (d.data.place ? "  " + d.data.place : "") + "  ";
  if (held.differs) {{
    const change = (d.data.delta > 0 ? "+" : "") + time(d.data.delta) + (still(d.data) ? " (within noise)" : "");
    return name + time(d.data.before) + " before, " + time(d.data.after) + " after, " + change;
  }}
  return name + time(d.value) + " (" + (100 * d.value / root.value).toFixed(2) + " %)";
}}
const tip = flamegraph.tooltip.defaultFlamegraphTooltip().text(label);
const chart = flamegraph.default()
  .width(Math.max(600, document.body.clientWidth)).cellHeight(18).minFrameSize(1).transitionDuration(200)
  .sort(true).tooltip(tip).setDetailsElement(document.getElementById("details"));
chart.setLabelHandler(label);
chart.setSearchHandler((results, found, whole) => {{
  const share = (100 * found / whole).toFixed(2);
  document.getElementById("details").textContent =
    `search: ${{time(found)}} of ${{time(whole)}} (${{share}} %), ${{results.length}} frames`;
}});
chart.setColorMapper(colour);
function write() {{
  d3.selectAll("#chart .d3-flame-graph-label").style("color", d => d ? ink(colour(d)) : null);
}}
new MutationObserver(write).observe(document.getElementById("chart"),
  {{ childList: true, subtree: true, attributes: true, attributeFilter: ["class", "fill"] }});
d3.select("#chart").datum(root).call(chart);
write();
document.getElementById("find").addEventListener("submit", (event) => {{
  event.preventDefault();
  const term = document.getElementById("term").value;
  try {{ if (term) chart.search(term); else chart.clear(); }}
  catch (error) {{ document.getElementById("details").textContent = error.message; }}
}});
document.getElementById("reset").addEventListener("click", () => {{ chart.clear(); chart.resetZoom(); }});
document.body.dataset.drawn = "yes";
</script>
</body>
</html>
"""


# one colour for each kind of frame, and what it stands for; text on it is white or black, whichever is read better
_KINDS = {
    "own": ("#c2410c", "your code"),
    "installed": ("#fdba74", "installed packages"),
    "library": ("#fde68a", "Python's standard library"),
    "c": ("#93c5fd", "C functions and operations"),
    "threads": ("#334155", "other threads and processes"),
}
_CHANGES = {
    "much shrunk": ("#1d4ed8", "shrunk to less than half, or gone"),
    "shrunk": ("#93c5fd", "shrunk"),
    "same": ("#d4d4d4", "within noise"),
    "grown": ("#fca5a5", "grown"),
    "much grown": ("#b91c1c", "grown to more than double, or new"),
}
_FOUND = ("#a21caf", "found by the search")


def page(title: str, stacks: Stacks, about: str = "") -> str:
    """A flame graph of one profile; `about` says whose it is, and of which machine."""
    tree = _Tree(stacks.frames)
    for stack, weight_ns in stacks.stacks:
        tree.add(stack, weight_ns, 0, weight_ns)
    legend = "The width of a frame is its time, calls included. Click a frame to zoom; hover for its figures."
    return _filled(title, about, legend, tree, differs=False)


def difference_page(
    title: str,
    before: Stacks,
    before_passes: int,
    after: Stacks,
    after_passes: int,
    about: str = "",
    sample_ns: tuple[float, float] = (0.0, 0.0),
) -> str:
    """A flame graph of what one call became: red has grown, blue has shrunk, and what vanished is still there.

    `sample_ns` is what one sample stands for on either side, in one call: what differs by chance is grey.
    """
    frames = tuple(dict.fromkeys((*before.frames, *after.frames)))
    numbers = {frame: number for number, frame in enumerate(frames)}
    sides: dict[tuple[int, ...], list[float]] = {}
    for side, stacks, passes in ((0, before, before_passes), (1, after, after_passes)):
        for stack, weight_ns in stacks.stacks:
            key = tuple(numbers[stacks.frames[number]] for number in stack)
            sides.setdefault(key, [0.0, 0.0])[side] += weight_ns / passes
    tree = _Tree(frames)
    for stack, (one, two) in sides.items():
        tree.add(stack, round(max(one, two)), round(one), round(two))
    legend = (
        "One call, before and after. A stack is as wide as the longer of its two times, so that what vanished is "
        "still there. Click a frame to zoom; hover for its figures."
    )
    return _filled(title, about, legend, tree, differs=True, noise=sample_ns)


def _kind(frame: Frame) -> str:
    _, file, _ = frame
    if is_thread(frame):
        return "threads"
    if not is_python(file):
        return "c"
    if is_library(file):
        return "library"
    return "installed" if "/site-packages/" in file or "/dist-packages/" in file else "own"


class _Tree:
    """Stacks as a tree: each node a frame's number, its width, its time before and after, and its children."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.frames = frames
        self._root: list[Any] = [-1, 0, 0, 0, {}]

    def add(self, stack: Iterable[int], width: int, before: int, after: int) -> None:
        at = self._root
        path = [at]
        for number in stack:
            at = at[4].setdefault(number, [number, 0, 0, 0, {}])
            path.append(at)
        for node in path:
            node[1] += width
            node[2] += before
            node[3] += after

    def data(self) -> dict[str, Any]:
        """As the page reads it; what is too small to be drawn at any width is left to its parent."""
        least = self._root[1] * _LEAST
        names = [["all", "", "threads"]]
        used: dict[int, int] = {-1: 0}

        def number_of(frame: int) -> int:
            if frame not in used:
                used[frame] = len(names)
                function, file, line = self.frames[frame]
                names.append(
                    [one_line(function), one_line(f"{file}:{line}") if file else "", _kind(self.frames[frame])]
                )
            return used[frame]

        nodes: list[list[int]] = []  # each after its parent: [frame, width, before, after, which node is the parent]
        pending = [(self._root, 0)]
        while pending:
            (frame, width, before, after, children), parent = pending.pop()
            nodes.append([number_of(frame), width, before, after, parent])
            here = len(nodes) - 1
            pending += [(child, here) for child in children.values() if child[1] >= least]
        return {"frames": names, "nodes": nodes}


def _filled(
    title: str, about: str, legend: str, tree: _Tree, *, differs: bool, noise: tuple[float, float] = (0.0, 0.0)
) -> str:
    colours = {**(_CHANGES if differs else _KINDS), "found": _FOUND}
    files = resources.files("perfkit.report") / "vendor"
    d3, flamegraph = ((files / name).read_text(encoding="utf-8") for name in ("d3.min.js", "d3-flamegraph.umd.min.js"))
    plain = {name: colour for name, (colour, _) in colours.items()}
    swatches = "".join(
        f'<span><i style="background:{colour}"></i>{html.escape(words)}</span>' for colour, words in colours.values()
    )
    # inside a script only `</` could end it
    data = json.dumps(
        {**tree.data(), "differs": differs, "noise": noise, "colours": plain}, separators=(",", ":")
    ).replace("</", "<\\/")
    return _PAGE.format(
        title=html.escape(title),
        about=html.escape(about),
        legend=html.escape(legend),
        swatches=swatches,
        d3=d3,
        flamegraph=flamegraph,
        data=data.replace("<!", "<\\u0021"),
    )
