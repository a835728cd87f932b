"""The pictures of the README, drawn from what the commands print: `python docs/pictures.py [table] [sweep] [profile]`.

Each command is run as a reader would run it, in colour and 100 columns wide, and its output becomes
`docs/pictures/NAME.svg`. The figures are those of the machine that it runs on; a minute for the three of them.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

FOLDER = Path(__file__).with_name("pictures")
COLUMNS = 100
COMMANDS = {
    "table": "perfkit compare --recipe dequant-cache --quick",
    "sweep": "perfkit compare --recipe naive-sigmoid --sweep rows=1,8,64,512 --workload prefill --size tiny --quick",
    "profile": "perfkit profile glassbox --workload prefill --size tiny --duration 1s --top 8",
}


def printed(command: str) -> str:
    """What a command prints to a terminal, with its colours. Raises CalledProcessError where it fails."""
    words = [sys.executable, "-m", *shlex.split(command)]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    return subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def picture(command: str, output: str) -> str:
    """An SVG of a terminal that shows a command and its output."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(output))
    return console.export_svg(title="perfkit", theme=DEFAULT_TERMINAL_THEME, unique_id="perfkit")


def main() -> None:
    """Draw those that are named, or all."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or COMMANDS:
        path = FOLDER / f"{name}.svg"
        path.write_text(picture(COMMANDS[name], printed(COMMANDS[name])), encoding="utf-8")
        print(f"wrote {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
