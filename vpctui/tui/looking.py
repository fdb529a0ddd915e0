"""Asking: explain, find, the command line, flows, help."""

from functools import partial

from vpctui.describe import screen
from vpctui.describe.help import legend_rows
from vpctui.describe.lines import Row, Span
from vpctui.describe.sentences import result_words
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad, wrap
from vpctui.exploration import Exploration
from vpctui.tui import alterations, moves
from vpctui.tui.alterations import outcome_role
from vpctui.tui.desk import DEEDS, Desk, does
from vpctui.tui.effects import Effect
from vpctui.tui.exports import write_named
from vpctui.tui.keys import GROUP_NAMES, GROUPS, Action, shown
from vpctui.tui.overlay import Choice, Overlay
from vpctui.tui.prompt import Prompt
from vpctui.tui.walkthrough import jump_to_step

SUGGESTED = 50


@does("explain")
def explain(desk: Desk, count: int) -> None:
    """What can be said about the row under the cursor."""
    explain_row(desk, desk.row)


def explain_row(desk: Desk, row: Row | None) -> None:
    """Open a sheet about a row."""
    pane = screen.explain(desk.exploration, row, desk.layout) if row else None
    if pane is None or not pane.rows:
        desk.tell("no-explanation")
    else:
        desk.open(Overlay(pane.title, pane.rows))


@does("find")
def find(desk: Desk, count: int) -> None:
    """Type a text that resources must contain to be shown."""
    desk.ask(Prompt("find", desk.say("find-label"), lambda text: (), desk.filter))


def narrow(desk: Desk, text: str) -> None:
    """Show only resources that contain the text."""
    if text != desk.filter:
        desk.filter = text
        desk.change_layout()


def _to_first(desk: Desk, text: str) -> None:
    """Go to the first resource that was found, so that the next key is about it."""
    desk.activate("tree")
    desk.refresh()
    shown = ((row.key.removeprefix("resource:"), "".join(span.text for span in row.spans)) for row in desk.view.tree.rows if row.key.startswith("resource:"))
    found = next((identifier for identifier, line in shown if text.lower() in line.lower()), "")
    desk.select(found)


@does("flow.choose")
def choose_flow(desk: Desk, count: int) -> None:
    """A list of the flows of the file, and a line to type another one."""
    current = desk.exploration.flow_name
    rows = _flow_rows(desk)
    choices = [Choice(row, partial(_ask_flow, desk, name)) for name, row in rows.items()]
    choices.append(Choice(Row((Span("   ", "key"), Span(desk.say("type-flow"), "dim"))), partial(_type_flow, desk)))
    at = list(desk.exploration.flows).index(current) if current in desk.exploration.flows else 0
    desk.open(Overlay(desk.say("flows"), (), choices, at=at))


def _flow_rows(desk: Desk) -> dict[str, Row]:
    """Every flow with its ends and its outcome in the network as it is now."""
    exploration = desk.exploration
    arrow = " -> " if desk.settings.ascii else " → "
    ends = {name: f"{question.sender}{arrow}{question.written_to}" for name, question in exploration.questions.items()}
    outcomes = {name: exploration.ask(name).conversation.outcome for name in exploration.flows}
    voice = Voice(desk.settings.language, desk.settings.ascii)
    names, middle = max(map(cells, ends), default=0), max(map(cells, ends.values()), default=0)
    rows = {}
    for number, (name, text) in enumerate(ends.items(), 1):
        key = Span(f" {number} " if number < 10 else "   ", "key")
        title = Span(pad(name, names + 2), "current" if name == exploration.flow_name else "plain")
        rows[name] = Row(
            (key, title, Span(pad(text, middle + 2), "dim"), Span(result_words(outcomes[name], voice), outcome_role(outcomes[name]))), key=f"flow:{name}"
        )
    return rows


def _ask_flow(desk: Desk, name: str) -> None:
    desk.close()
    desk.go(desk.exploration.ask(name))


def _type_flow(desk: Desk) -> None:
    desk.close()
    desk.ask(Prompt("flow", desk.say("flow-label"), lambda text: ()))


@does("command")
def command(desk: Desk, count: int) -> None:
    """Type a change, a hop, a flow or an action."""
    desk.ask(Prompt("command", desk.say("command-label"), partial(suggestions, desk), history=desk.history))


def suggestions(desk: Desk, text: str) -> list[str]:
    """What could be meant: values of the setting before `=`, else settings, flows and actions that contain the text."""
    place, equals, value = text.partition("=")
    if equals and place and "\n" not in place:
        options = desk.exploration.options(place.rstrip("+-"))
        return [option.change for option in options if option.change.partition("=")[2].startswith(value)][:SUGGESTED]
    if not text:
        return []
    known = [f"{place}=" for place in settings(desk)] + [f"flow {name}" for name in desk.exploration.flows] + list(DEEDS)
    starting = [word for word in known if word.startswith(text)]
    return [*starting, *(word for word in known if text in word and not word.startswith(text))][:SUGGESTED]


def settings(desk: Desk) -> list[str]:
    """The settings that are on the screen, those of the packet's place first."""
    rows = (row for pane in (desk.view.path, desk.view.lookup, desk.view.tree) for row in pane.rows)
    return list(dict.fromkeys(row.setting for row in rows if row.setting))


def enter(desk: Desk, prompt: Prompt) -> Effect | None:
    """A typed line is finished."""
    text = prompt.text.strip()
    if prompt.done is not None:
        return prompt.done(text)
    match prompt.kind:
        case "find":
            narrow(desk, text)
            if text:
                _to_first(desk, text)
                desk.tell("filtered", text=text)
        case "flow":
            _adhoc(desk, text)
        case "command":
            if text:
                desk.history.append(text)
                return obey(desk, text)
    return None


def _adhoc(desk: Desk, text: str) -> None:
    asked = desk.exploration.ask_adhoc(text)
    if isinstance(asked, Exploration):
        desk.go(asked)
    else:
        desk.message = asked


_SHORT = {"q": "quit", "quit": "quit", "exit": "quit", "help": "help", "undo": "change.undo", "redo": "change.redo", "reset": "change.reset",
          "next": "hop.next", "back": "hop.previous", "first": "hop.first", "last": "hop.last"}  # fmt: skip


def obey(desk: Desk, text: str) -> Effect | None:
    """Do what a command line says: `12`, `eni-fw.source_dest_check=on`, `set …`, `flow web`, `undo`, an action's id."""
    word, _, rest = text.partition(" ")
    identifier = _SHORT.get(text, text)
    if text.isdigit():
        moves.jump(desk, int(text))
    elif identifier in DEEDS:
        return DEEDS[identifier](desk, 0)
    elif word == "set" and rest:
        alterations.apply(desk, rest.strip())
    elif "=" in text:
        alterations.apply(desk, text)
    elif word in ("write", "write!", "w", "w!") and rest:
        return write_named(desk, rest.strip(), over=word.endswith("!"))
    elif word == "step" and rest.isdigit():
        jump_to_step(desk, int(rest))
    elif word == "flow" and rest in desk.exploration.flows:
        desk.go(desk.exploration.ask(rest))
    elif text in desk.exploration.flows:
        desk.go(desk.exploration.ask(text))
    elif word == "flow" and rest:
        _adhoc(desk, rest)
    else:
        desk.tell("unknown-command", text=text)
    return None


@does("help")
def help_overlay(desk: Desk, count: int) -> None:
    """All keys, those of the pane in use first."""
    desk.open(Overlay(desk.say("help-title"), help_rows(desk)))


def help_rows(desk: Desk) -> list[Row]:
    """The key table as rows, in two columns where there is room."""
    rows = [Row((Span(f" {part}"),)) for sentence in ("help-counts", "help-command") for part in wrap(desk.say(sentence), desk.size[0] - 2)]
    for group in GROUPS:
        rows.append(Row((Span(f" {GROUP_NAMES[group][desk.settings.language == 'ja']}", "title"),)))
        rows.extend(_help_row(desk, action) for action in desk.keymap.actions if action.group == group and action.keys)
    return [*rows, *legend_rows(Voice(desk.settings.language, desk.settings.ascii))]


def _help_row(desk: Desk, action: Action) -> Row:
    keys = " ".join(shown(key) for key in action.keys)
    sentence = action.help_in(desk.settings.language)
    return Row((Span(f"   {keys}" + " " * max(1, 12 - cells(keys)), "key"), Span(sentence)))
