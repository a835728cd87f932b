"""The command line of commands that take CODE: a program's own words are kept apart before it is parsed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperOption

from perfkit.grammar import Known, arranged

if TYPE_CHECKING:
    from perfkit.catalog import Catalog

__all__ = ["CodeCommand", "known_names", "options_of"]


class CodeCommand(TyperCommand):
    """A command whose words may be a program with words of its own (`perfkit.grammar`)."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As of any command, once what follows a program stands behind `--`. Raises UsageError."""
        options = options_of(self.params) | dict.fromkeys(ctx.help_option_names, False)
        return super().parse_args(ctx, arranged(ctx.command_path, args, options))


def options_of(params: Iterable[object]) -> dict[str, bool]:
    """The options among the parameters of a command, each with whether a value follows it."""
    taken = [param for param in params if isinstance(param, TyperOption)]
    return {name: not (param.is_flag or param.count) for param in taken for name in param.opts}


def known_names(found: Catalog, comparisons: Collection[str] = ()) -> Known:
    """The names of a catalogue, and of comparisons, as the grammar asks for them."""
    recipes = {name for entry in found.recipes for name in (entry.recipe.id, entry.recipe.full_id)}
    return Known(targets={target.id for target in found.targets}, recipes=recipes, comparisons=comparisons)
