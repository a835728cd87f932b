"""What is typed and is no command as it stands: `help`, options before the command, and names that nobody has."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

from perfkit.cli.code import options_of
from perfkit.errors import UnknownName, UsageError
from perfkit.grammar import begins_program
from perfkit.report.visible import one_line

__all__ = ["Commands", "misuse", "reworded"]

_NEAR = 0.6
_FEW = 4  # commands that fit into a hint
_FUNCTION = re.compile(r"[\w./-]+:[\w.]+")
_TO_STDOUT = ("--json", "--markdown")  # what takes - for standard output


class Commands(TyperGroup):
    """A group of commands; a first word that is none of them is answered with what may have been meant."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """As of any group. Raises UsageError with a line to paste, where the word says what it is."""
        if args and not ctx.resilient_parsing and not args[0].startswith("-") and args[0] not in self.commands:
            raise _no_command(args, self.commands, ctx.command_path)
        return super().resolve_command(ctx, args)


def _no_command(words: Sequence[str], commands: Mapping[str, object], path: str) -> UsageError:
    word = words[0]
    near = difflib.get_close_matches(word, commands, n=1, cutoff=_NEAR)
    ways = "" if near or path != "perfkit" else _ways(words)
    if not ways:
        kind = "command" if path == "perfkit" else f"command of {path}"
        return UnknownName(kind, word, commands, more="" if near else f"{path} --help")
    return UsageError(f"{word!r} is not a command", hint=ways)


def _ways(words: Sequence[str]) -> str:
    """The commands for what the first word names; "" where that is nothing known."""
    word, line = words[0], one_line(shlex.join(words))
    if begins_program(word):
        return f"perfkit profile {line}"
    if _FUNCTION.fullmatch(word):
        return f"perfkit compare {line}" if len(words) > 1 else f"perfkit profile {line}"
    from perfkit import api
    from perfkit.cli.catalogs import catalog_folders

    found = api.catalog(catalog_folders(None, announced=True))
    if any(target.id == word for target in found.targets):
        return f"perfkit list {word}, perfkit profile {word} or perfkit compare {word} --all"
    if any(word in (entry.recipe.id, entry.recipe.full_id) for entry in found.recipes):
        return f"perfkit explain {word} or perfkit compare {line}"
    return ""


def reworded(words: Sequence[str], group: TyperGroup) -> list[str]:
    """`help COMMAND` as `COMMAND --help`. Raises UsageError with the line to paste for options before the command."""
    if words and words[0] == "help":
        return [*(word for word in words[1:] if word != "help"), "--help"]
    own, options = options_of(group.params), _options_of_all(group)
    index = 0
    while index < len(words) and (name := words[index].partition("=")[0]) in options and name not in own:
        index += 2 if options[name] and "=" not in words[index] else 1
    if index and index < len(words) and words[index] in group.commands:
        head = 2 if isinstance(group.commands[words[index]], TyperGroup) else 1
        command, rest = words[index : index + head], words[index + head :]
        line = one_line(shlex.join(["perfkit", *command, *words[:index], *rest]))
        raise UsageError(f"{words[0].partition('=')[0]} stands before the command", hint=line)
    return list(words)


def _options_of_all(group: TyperGroup) -> dict[str, bool]:
    """The options of every command, each with whether a value follows it."""
    found: dict[str, bool] = {}
    for command in group.commands.values():
        found |= _options_of_all(command) if isinstance(command, TyperGroup) else options_of(command.params)
    return found


def misuse(error: TyperException, words: Sequence[str], group: TyperGroup) -> UsageError:
    """What the parser refuses in a command line, in perfkit's words; an option that nobody has with the nearest."""
    context: Any = getattr(error, "ctx", None)
    command, path = (context.command, context.command_path) if context else _command_of(words, group)
    option, help_ = getattr(error, "option_name", ""), f"{path} --help"
    if isinstance(command, TyperGroup) and not option:
        names = [f"{path} {name}" for name in command.commands]
        return UsageError(f"{path} needs a command", hint=" or ".join(names) if len(names) < _FEW else help_)
    taken = options_of(command.params)
    if not option or option in taken:
        return _without_value(option, command, help_) or UsageError(error.format_message(), hint=help_)
    known = taken | _options_of_all(command) if isinstance(command, TyperGroup) else taken
    near = difflib.get_close_matches(option, known, n=2, cutoff=_NEAR)
    hint = f"did you mean {' or '.join(near)}?" if near else f"{help_} lists them"
    return UsageError(f"no option of {path} is called {option!r}", hint=hint)


def _command_of(words: Sequence[str], group: TyperGroup) -> tuple[Any, str]:
    """The command that the words begin with, and how it is called in full."""
    command: Any = group
    path = ["perfkit"]
    for word in words:
        if not isinstance(command, TyperGroup) or word not in command.commands:
            break
        command = command.commands[word]
        path.append(word)
    return command, " ".join(path)


def _without_value(option: str, command: Any, help_: str) -> UsageError | None:
    """The answer to an option that lacks its value; None where it is something else that is wrong."""
    param = next((param for param in command.params if option in param.opts), None)
    if param is None or not options_of([param])[option]:
        return None
    value = param.metavar or "VALUE"
    stdout = f"; {option} - is standard output" if option in _TO_STDOUT else ""
    return UsageError(f"{option} needs a value", hint=f"write {option} {value}{stdout}; {help_}")
