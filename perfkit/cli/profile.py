"""`perfkit profile TARGET`: where does the time go, and what does a recipe move?"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli.catalogs import catalog_folders, warn_of_broken
from perfkit.cli.interrupt import deferred
from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json, named_path, progress, say
from perfkit.cli.values import duration_s, writable
from perfkit.report.visible import one_line

__all__ = ["profile"]

_FORMATS = "X.html (a flame graph), X.speedscope.json, X.collapsed, X.pstats or X.pyinstrument.html."


def profile(
    target: Annotated[str, typer.Argument(help="The target, as `perfkit list` names it.")],
    workload: Annotated[str | None, typer.Option(help="[default: the target's first]", show_default=False)] = None,
    size: Annotated[str | None, typer.Option(help="[default: the workload's first]", show_default=False)] = None,
    recipe: Annotated[list[str] | None, typer.Option("--recipe", "-r", help="Profile without and with it, and show what moved.")] = None,
    with_: Annotated[str | None, typer.Option("--with", metavar="NAMES", help="Of pyspy, pyinstrument, cprofile, torch, and sampling with Python 3.15. [default: all but torch]", show_default=False)] = None,
    rate: Annotated[int, typer.Option(help="Samples a second.")] = 499,
    duration: Annotated[str, typer.Option(metavar="TIME", help="Of profiled work, for each profiler: 2s, 500ms, 1m.")] = "2s",
    show_output: Annotated[bool, typer.Option("--show-output", help="Show the end of what the program prints.")] = False,
    native: Annotated[bool, typer.Option("--native", help="py-spy: C and C++ functions too, where the platform allows.")] = False,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads of the code, BLAS and OpenMP among them. [default: 1 of those]", show_default=False)] = None,
    top: Annotated[int, typer.Option(min=1, max=1000, help="How many functions to show.")] = 15,
    export: Annotated[list[Path] | None, typer.Option("--export", metavar="FILE", parser=named_path, help=_FORMATS, show_default=False)] = None,
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Run one workload under several profilers: its hot spots, what aims at them, and how far to trust each."""
    from perfkit import api
    from perfkit.profiling.run import Wanted
    from perfkit.profiling.timed import Changed
    from perfkit.report.data.profile import profile_data
    from perfkit.report.document import to_json, write_bytes
    from perfkit.report.export import check_exports, exported
    from perfkit.report.words import environment_line
    from perfkit.settings import Settings

    wanted = Wanted(
        profilers=tuple(name.strip() for name in with_.split(",")) if with_ is not None else (),
        rate=rate,
        duration_s=duration_s("--duration", duration),
        native=native,
        show_output=show_output,
    )
    exports = export or []
    check_exports(exports, wanted.profilers)
    for path in (json, *exports):
        writable(path)
    folders = catalog_folders(catalog)
    settings = Settings(threads=threads or 1, pools=threads, catalogs=tuple(Path(os.path.realpath(p)) for p in folders))
    with deferred() as interrupts:
        found = api.catalog(folders)
        warn_of_broken(found)
        with progress(0) as watcher:
            profiled = api.profile(
                found,
                target,
                workload=workload,
                size=size,
                recipes=recipe or (),
                wanted=wanted,
                settings=settings,
                watcher=replace(watcher, interruptible=interrupts.allowed),
            )
        after, before = (profiled.after, profiled.before) if isinstance(profiled, Changed) else (profiled, None)
        try:
            if json is not None and (after.profiles or after.status == "complete" or str(json) == "-"):
                emit_json(to_json(profile_data(profiled)), json)
            title = f"{after.target} / {after.workload}" + (f", {'+'.join(after.recipes)}" if after.recipes else "")
            machine = environment_line(after.environment)
            for path in exports if after.status == "complete" else ():
                write_bytes(exported(path, title, after.profiles, before.profiles if before else (), machine), path)
                say(one_line(f"written: {path}"))
        finally:  # a full disk must not take the table with it
            if str(json) != "-":
                from perfkit.report.profile import change_report, profile_report

                report = (
                    change_report(profiled, top) if isinstance(profiled, Changed) else profile_report(profiled, top)
                )
                emit(report, lost=interrupts.asked)
    if after.status == "interrupted":
        if exports:
            say("interrupted: nothing is exported")
        raise typer.Exit(interrupts.code)
    if with_ is not None and after.missing:
        raise typer.Exit(7)
