"""Taking things along: files in the current folder, and the command lines of the changes."""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from vpctui.describe import pictures, screen
from vpctui.describe.json import trace_json
from vpctui.describe.lines import Row, Span
from vpctui.describe.markdown import markdown
from vpctui.describe.text import shell_lines
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, wrap
from vpctui.exploration import Exploration
from vpctui.tui.desk import Desk, does
from vpctui.tui.effects import Copy, Effect, Picture, Write
from vpctui.tui.overlay import Choice, Overlay
from vpctui.tui.prompt import Prompt
from vpctui.tui.words import say

FORMATS = ("txt", "md", "json", "svg", "changes", "sh")
"""Endings of file names, and with them what is written."""
BACK = "#   "
"""What stands before a command that takes a change back."""


@does("export")
def export(desk: Desk, count: int) -> None:
    """A list of formats; the name of the file can be edited before it is written."""
    kinds = FORMATS if desk.exploration.changes else FORMATS[:4]
    choices = [Choice(_row(desk, number, kind), partial(_ask_name, desk, kind)) for number, kind in enumerate(kinds, 1)]
    desk.open(Overlay(desk.say("export"), (), choices))


def _row(desk: Desk, number: int, kind: str) -> Row:
    return Row((Span(f" {number} ", "key"), Span(f"{desk.say('export-' + kind)}  "), Span(_name(desk, kind), "dim")))


def _ask_name(desk: Desk, kind: str) -> None:
    desk.close()
    desk.ask(Prompt("file", desk.say("file-label"), lambda text: (), _name(desk, kind), done=partial(_written, desk, kind)))


def _written(desk: Desk, kind: str, name: str) -> Effect | None:
    return _write(desk, kind, name, over=False) if name else None


def write_named(desk: Desk, name: str, *, over: bool) -> Effect | None:
    """What `:write NAME` writes: the ending says what, changes where there is none that is known; `over` replaces a file that is there."""
    ending = name.rpartition(".")[2].lower()
    return _write(desk, ending if ending in FORMATS else "changes", name, over=over)


def _write(desk: Desk, kind: str, name: str, *, over: bool) -> Effect | None:
    if kind in ("changes", "sh") and not desk.exploration.changes:
        desk.tell("no-changes")
        return None
    return Picture(name, over) if kind == "svg" else Write(name, _TEXTS[kind](desk), over)


_TEXTS: dict[str, Callable[[Desk], str]] = {
    "txt": lambda desk: screen.trace_text(desk.exploration, desk.settings.language, desk.settings.ascii),
    "md": lambda desk: _markdown(desk),
    "json": lambda desk: _json(desk),
    "changes": lambda desk: changes_text(desk),
    "sh": lambda desk: commands_text(desk.exploration, desk.settings.language),
}


def changes_text(desk: Desk) -> str:
    """A file of changes, for `--set @FILE`: one a line, oldest first, under a comment that says what they belong to."""
    name = desk.exploration.name
    return "".join([f"# {desk.say('changes-of', name=name)}\n", *(f"{change}\n" for change in desk.exploration.changes)])


def _name(desk: Desk, extension: str) -> str:
    """`appliance-web.md`: the scenario and the flow, with nothing in it that a file's name may not hold."""
    stem = desk.exploration.name.rpartition(".")[0] or desk.exploration.name
    plain = "".join(character if character.isalnum() or character in "-_" else "-" for character in f"{stem}-{desk.exploration.flow_name}")
    return f"{plain}.{extension}"


def _markdown(desk: Desk) -> str:
    voice = Voice(desk.settings.language, desk.settings.ascii)
    return markdown(desk.exploration.conversation, replace(screen.report(desk.exploration, voice), places=pictures.places(desk.exploration)), voice)


def _json(desk: Desk) -> str:
    voice = Voice(desk.settings.language, desk.settings.ascii)
    return trace_json(desk.exploration.conversation, desk.exploration.name, desk.exploration.changes, voice) + "\n"


@does("copy.commands")
def copy_commands(desk: Desk, count: int) -> Effect | None:
    """The command lines of the changes, and those that take them back, to read and on the clipboard of the terminal."""
    if not desk.exploration.changes:
        desk.tell("no-changes")
        return None
    text = commands_text(desk.exploration, desk.settings.language)
    lines = [part for line in text.splitlines() for part in _broken(line, desk.size[0] - 2)]
    desk.open(Overlay(desk.say("commands"), [Row((Span(f" {line}", "title" if line.startswith("#") else "plain"),)) for line in lines]))
    desk.tell("sent", count=len(text.splitlines()))
    return Copy(text)


def _broken(line: str, room: int) -> list[str]:
    """A line of the script as it is read on the screen: a command breaks before its options, where a shell takes it just as well.

    An option that is longer than the screen goes on in the next line, so that nothing is out of sight; the clipboard has it in one piece.
    """
    lead = BACK if line.startswith(BACK) else ""
    if line.startswith("#") and not lead:
        return wrap(line, room, "# ")
    parts = shell_lines(line.removeprefix(lead), room - len(lead))
    return [lead + piece for part in parts for piece in ([part] if cells(part) <= room - len(lead) else wrap(part, room - len(lead), "    "))]


def commands_text(exploration: Exploration, language: str = "en") -> str:
    """A script: every change with its command lines, oldest first, then as comments those that take them back, newest first."""
    lines = ["#!/bin/sh", f"# {say(language, 'script-of', name=exploration.name)}", "set -e", ""]
    for change in exploration.changes:
        lines += [f"# {change}", *(exploration.commands(change) or (f"# {say(language, 'script-none')}",)), ""]
    lines.append(f"# {say(language, 'script-back')}")
    for change in reversed(exploration.changes):
        inverse = exploration.inverse(change)
        lines += [f"# {inverse}", *(f"{BACK}{command}" for command in exploration.commands(inverse))]
    return "\n".join(lines) + "\n"
