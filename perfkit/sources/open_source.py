"""Opening the source that a request names."""

from __future__ import annotations

from pathlib import Path

from perfkit.protocol.opening import FromCallables, FromCatalog
from perfkit.worker.source import Source

__all__ = ["open_source"]


def open_source(named: FromCatalog | FromCallables, *, seed: int, process: int) -> Source:
    """Load it. Raises Rejected where its own code raises, and PerfkitError where there is none such."""
    if isinstance(named, FromCallables):
        from perfkit.sources.callables import Callables  # each worker needs one of the two, and opens sooner for it

        return Callables.named(named, seed=seed, process=process)
    from perfkit.sources.catalog import CatalogSource

    catalogs = [Path(root) for root in named.catalogs]
    return CatalogSource(catalogs, named.target, seed=seed, process=process, installed=named.installed)
