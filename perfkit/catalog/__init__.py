"""Where recipes and targets are found, read without running, and checked."""

from perfkit.catalog.catalog import (
    Catalog,
    RecipeEntry,
    TargetEntry,
    WorkloadEntry,
    load_needed,
    load_recipe,
    load_target,
    open_catalogs,
)

__all__ = [
    "Catalog",
    "RecipeEntry",
    "TargetEntry",
    "WorkloadEntry",
    "load_needed",
    "load_recipe",
    "load_target",
    "open_catalogs",
]
