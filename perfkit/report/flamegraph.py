"""A flame graph as one page that opens without a network: d3-flame-graph draws it, its files lie in `vendor`."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any

from perfkit.profilers.stacks import Frame, Stacks
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
.d3-flame-graph-label {{ font-family: system-ui, sans-serif !important; }}
.d3-flame-graph-tip {{ background: #222; color: #fff; padding: 4px 8px; font-size: 12px; max-width: 60em; z-index: 1; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{legend}</p>
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
  const [name, place] = held.frames[frame];
  return {{ name, place, value, before, after, delta: after - before, children: [] }};
}});
held.nodes.forEach(([, , , , parent], i) => {{ if (i) nodes[parent].children.push(nodes[i]); }});
const root = nodes[0];
function time(ns) {{
  const size = Math.abs(ns);
  const [scale, unit] = size >= 1e9 ? [1e9, "s"] : size >= 1e6 ? [1e6, "ms"] : size >= 1e3 ? [1e3, "µs"] : [1, "ns"];
  return (ns / scale).toPrecision(3) + " " + unit;
}}
function label(d) {{
  const name = d.data.name + (d.data.place ? "  " + d.data.place : "") + "  ";
  if (held.differs) {{
    const change = (d.data.delta > 0 ? "+" : "") + time(d.data.delta);
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
if (held.differs) chart.setColorMapper(flamegraph.colorMapper.differentialColorMapper);
d3.select("#chart").datum(root).call(chart);
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


def page(title: str, stacks: Stacks) -> str:
    """A flame graph of one profile."""
    tree = _Tree(stacks.frames)
    for stack, weight_ns in stacks.stacks:
        tree.add(stack, weight_ns, 0, weight_ns)
    legend = "Width is time, of itself and what it calls. Click a frame to zoom; hover for its figures."
    return _filled(title, legend, tree, differs=False)


def difference_page(title: str, before: Stacks, before_passes: int, after: Stacks, after_passes: int) -> str:
    """A flame graph of what one call became: red has grown, blue has shrunk, and what vanished is still there."""
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
        "One call, before and after. Width adds up the longer of the two times of each stack, so that what vanished is "
        "there; red has grown, blue has shrunk, grey is as it was. Click a frame to zoom; hover for its figures."
    )
    return _filled(title, legend, tree, differs=True)


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
        names = [["all", ""]]
        used: dict[int, int] = {-1: 0}

        def number_of(frame: int) -> int:
            if frame not in used:
                used[frame] = len(names)
                function, file, line = self.frames[frame]
                names.append([one_line(function), one_line(f"{file}:{line}") if file else ""])
            return used[frame]

        nodes: list[list[int]] = []  # each after its parent: [frame, width, before, after, which node is the parent]
        pending = [(self._root, 0)]
        while pending:
            (frame, width, before, after, children), parent = pending.pop()
            nodes.append([number_of(frame), width, before, after, parent])
            here = len(nodes) - 1
            pending += [(child, here) for child in children.values() if child[1] >= least]
        return {"frames": names, "nodes": nodes}


def _filled(title: str, legend: str, tree: _Tree, *, differs: bool) -> str:
    files = resources.files("perfkit.report") / "vendor"
    d3, flamegraph = ((files / name).read_text(encoding="utf-8") for name in ("d3.min.js", "d3-flamegraph.umd.min.js"))
    # inside a script only `</` could end it
    data = json.dumps({**tree.data(), "differs": differs}, separators=(",", ":")).replace("</", "<\\/")
    return _PAGE.format(
        title=html.escape(title),
        legend=html.escape(legend),
        d3=d3,
        flamegraph=flamegraph,
        data=data.replace("<!", "<\\u0021"),
    )
