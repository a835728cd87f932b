"""The rows of a run on a GPU as Markdown, with what the notes say beside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["last_run", "tables"]

Row = dict[str, Any]
# (encoding, a batch in all) in ms, and "vs traditional", as the notes print them: "Performance Targets"
NOTES = {
    "documented": ("50", "56", "17x slower"),
    "vectorised": ("8–10", "12–15", "4x slower"),
    "Triton": ("3–5", "8–10", "2–3x slower"),
    "CUDA C++": ("1–2", "5–7", "competitive"),
    "traditional": ("–", "3.25", "–"),
}
NOT_TIMED = {"wrong": "REJECTED", "failed": "failed", "skipped": "not measured"}


def tables(rows: list[Row]) -> str:
    """All of them, of the last run that the rows hold."""
    rows = last_run(rows)
    parts = [_head(rows), *_beside_the_notes(rows := _latest(rows))]
    for part in dict.fromkeys(row["part"] for row in rows if "part" in row):
        parts.append("\n".join(_part(part, [row for row in rows if row.get("part") == part])))
    return "\n\n".join(part for part in parts if part) + "\n"


def last_run(rows: list[Row]) -> list[Row]:
    """Those of the last run: a file may hold several."""
    starts = [number for number, row in enumerate(rows) if row["kind"] == "run"]
    return rows[starts[-1] :] if starts else rows


def _latest(rows: list[Row]) -> list[Row]:
    """Rows of forms. Those of a part and dtype are of one process, since they are compared: the last that timed any.

    A part is begun once more without a form that has ended its process; who failed stays.
    """
    attempts: dict[tuple[str, str], list[list[Row]]] = {}
    for row in rows:
        if row["kind"] == "begun" or "form" in row:
            tried = attempts.setdefault((row["part"], row["dtype"]), [[]])
            if row["kind"] == "begun":
                tried.append([])
            else:
                tried[-1].append(row)
    kept: list[Row] = []
    for tried in attempts.values():
        chosen = next((one for one in reversed(tried) if any(row["kind"] == "time" for row in one)), tried[-1])
        kept += [row for one in tried for row in one if one is chosen or row["kind"] == "failed"]
    return kept


def _head(rows: list[Row]) -> str:
    run = next((row for row in rows if row["kind"] == "run"), None)
    if run is None:
        return ""
    limits = next((row for row in rows if row["kind"] == "limits"), None)
    said = (
        f"{run['device']}, torch {run['torch']}, CUDA {run['cuda'] or '–'}, Python {run['python']}, {run['date']}: "
        f"{run['batch']} windows of {run['length']} bytes, width {run['width']}."
    )
    if limits:
        rates = ", ".join(f"{rate / 1e12:.3g} Tflop/s in {dtype}" for dtype, rate in limits["operations_s"].items())
        said += f" A copy moves {limits['bytes_s'] / 1e9:.3g} GB/s, products reach {rates}."
    for row in rows:
        said += "".join(f" At the {'start' if row['kind'] == 'run' else 'end'}: {gpu}." for gpu in row.get("gpus", ()))
    return said


def _beside_the_notes(rows: list[Row]) -> Iterator[str]:
    """Encoding and a whole batch, float32 and warm, in the notes' own table."""
    times = {(row["part"], row["form"]): row for row in rows if _is_plain(row)}
    plain = times.get(("inference", "traditional"))
    if not times:
        return
    lines = ["| form | encoding, ms | the notes | a batch, ms | the notes | beside traditional | the notes |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|")
    for form in dict.fromkeys(form for part, form in times if part == "inference"):
        encoding, batch = times.get(("features", form)), times["inference", form]
        against = f"{batch['median_s'] / plain['median_s']:.3g}x its time" if plain else "–"
        notes = NOTES.get(form, ("–", "–", "–"))
        figures = (_ms(encoding), notes[0], _ms(batch), notes[1], against, notes[2])
        lines.append(f"| {form} | {' | '.join(figures)} |")
    yield "\n".join(lines)


def _is_plain(row: Row) -> bool:
    return row["kind"] == "time" and row["dtype"] == "float32" and row["state"] == "warm"


def _part(part: str, rows: list[Row]) -> Iterator[str]:
    yield f"**{part}**\n"
    yield "| form | dtype | warm, ms | cold, ms | of the limit | beside documented | output |"
    yield "|---|---|--:|--:|--:|--:|---|"
    for dtype, form in dict.fromkeys((row["dtype"], row["form"]) for row in rows):
        own = [row for row in rows if (row["dtype"], row["form"]) == (dtype, form)]
        yield f"| {form} | {dtype} | {' | '.join(_figures(own, [row for row in rows if row['dtype'] == dtype]))} |"


def _figures(own: list[Row], all_: list[Row]) -> tuple[str, ...]:
    times = {row["state"]: row for row in own if row["kind"] == "time"}
    proof = next((f"right to {row['error']}" for row in own if row["kind"] == "proof"), "")
    refused = next((f"{NOT_TIMED[row['kind']]}: {row['why']}" for row in own if row["kind"] in NOT_TIMED), "")
    output = "; ".join(filter(None, (proof, refused)))
    warm = times.get("warm")
    if warm is None:
        return ("–", "–", "–", "–", output)
    documented = next((row for row in all_ if _is_documented(row)), None)
    beside = f"{documented['median_s'] / warm['median_s']:.3g}x" if documented else "–"
    share = f"{warm['floor_s'] / warm['median_s']:.2g}" + (" **too fast to be true**" if warm["too_fast"] else "")
    return (_ms(warm), _ms(times.get("cold")), share, beside, output)


def _is_documented(row: Row) -> bool:
    return row["kind"] == "time" and row["state"] == "warm" and row["form"] == "documented"


def _ms(row: Row | None) -> str:
    if row is None:
        return "–"
    return f"{1e3 * row['median_s']:.3g} ({1e3 * row['low_s']:.3g}–{1e3 * row['high_s']:.3g})"
