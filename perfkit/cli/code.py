"""The command line of commands that take CODE: a program's own words are kept apart before it is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperOption

from perfkit.grammar import Known, arranged

if TYPE_CHECKING:
    from perfkit.catalog import Catalog

__all__ = ["CodeCommand", "known_names"]


class CodeCommand(TyperCommand):
    """A command whose words may be a program with words of its own (`perfkit.grammar`)."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As of any command, once what follows a program stands behind `--`. Raises UsageError."""
        taken = [param for param in self.params if isinstance(param, TyperOption)]
        options = {name: not (param.is_flag or param.count) for param in taken for name in param.opts}
        options |= dict.fromkeys(ctx.help_option_names, False)
        return super().parse_args(ctx, arranged(ctx.command_path, args, options))


def known_names(found: Catalog) -> Known:
    """The names of a catalogue, as the grammar asks for them."""
    recipes = {name for entry in found.recipes for name in (entry.recipe.id, entry.recipe.full_id)}
    return Known(targets={target.id for target in found.targets}, recipes=recipes)
