"""Taking things along: files in the current folder, and the command lines of the changes."""

from collections.abc import Callable

from msgspec.structs import replace

from vpctui.describe import pictures, screen
from vpctui.describe.json import trace_json
from vpctui.describe.lines import Row, Span
from vpctui.describe.markdown import markdown
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration
from vpctui.tui.desk import Desk, does
from vpctui.tui.effects import Copy, Effect, Picture, Write
from vpctui.tui.overlay import Choice, Overlay


@does("export")
def export(desk: Desk, count: int) -> None:
    """A list of formats; the chosen one is written to a new file."""
    writers: list[tuple[str, Callable[[Desk], Effect]]] = [
        ("txt", lambda held: Write(_name(held, "txt"), screen.trace_text(held.exploration, held.settings.language, held.settings.ascii))),
        ("md", lambda held: Write(_name(held, "md"), _markdown(held))),
        ("json", lambda held: Write(_name(held, "json"), _json(held))),
        ("svg", lambda held: Picture(_name(held, "svg"))),
    ]
    if desk.exploration.changes:
        writers.append(("changes", lambda held: Write(_name(held, "changes.txt"), "".join(f"{change}\n" for change in held.exploration.changes))))
        writers.append(("sh", lambda held: Write(_name(held, "sh"), commands_text(held.exploration))))
    choices = [Choice(_row(desk, number, kind), _closing(desk, write)) for number, (kind, write) in enumerate(writers, 1)]
    desk.open(Overlay(desk.say("export"), (), choices))


def _row(desk: Desk, number: int, kind: str) -> Row:
    return Row((Span(f" {number} ", "key"), Span(f"{desk.say('export-' + kind)}  "), Span(_name(desk, _EXTENSIONS.get(kind, kind)), "dim")))


_EXTENSIONS = {"changes": "changes.txt"}


def _closing(desk: Desk, write: Callable[[Desk], Effect]) -> Callable[[], Effect]:
    def chosen() -> Effect:
        desk.close()
        return write(desk)

    return chosen


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
    text = commands_text(desk.exploration)
    desk.open(Overlay(desk.say("commands"), [Row((Span(f" {line}", "title" if line.startswith("#") else "plain"),)) for line in text.splitlines()]))
    desk.tell("sent", count=len(text.splitlines()))
    return Copy(text)


def commands_text(exploration: Exploration) -> str:
    """A script: every change with its command lines, oldest first, then as comments those that take them back, newest first."""
    lines = []
    for change in exploration.changes:
        lines += [f"# {change}", *(exploration.commands(change) or ("# no command line",))]
    lines += ["", "# to take them back:"]
    for change in reversed(exploration.changes):
        inverse = exploration.inverse(change)
        lines += [f"# {inverse}", *(f"#   {command}" for command in exploration.commands(inverse))]
    return "\n".join(lines) + "\n"
