"""Where recipes and targets are found, read without running, and checked."""

from perfkit.catalog.catalog import Catalog, RecipeEntry, TargetEntry, WorkloadEntry, open_catalogs
from perfkit.catalog.import_files import load_needed, load_recipe, load_target

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
