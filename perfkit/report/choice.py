"""Which report suits a document: the before/after table, curves along an axis, functions, or a bench."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import RenderableType

from perfkit.grammar import is_function
from perfkit.report.bench import BenchReport, is_bench
from perfkit.report.compare import CompareReport
from perfkit.report.functions import FunctionsReport
from perfkit.report.sweep import SweepReport, Thresholds
from perfkit.result import Document

__all__ = ["report_of"]


def report_of(
    document: Document, summaries: Mapping[str, str], thresholds: Thresholds, *, verbose: bool = False
) -> RenderableType:
    """The report that suits a document: of functions, curves where it holds points of an axis, or the table."""
    if is_bench(document):
        return BenchReport(document, summaries, verbose)
    if document.results and is_function(document.results[0].cell.target):
        return FunctionsReport(document, verbose)
    swept = bool(document.results) and all(r.cell.settings for r in document.results)
    if swept:
        return SweepReport(document, summaries, thresholds, verbose)
    return CompareReport(document, summaries, verbose)
