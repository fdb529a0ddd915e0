"""`vpctui SCENARIO`: the explorer on the screen, or as a dialogue in lines."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpctui.cli.beginning import exploration
from vpctui.cli.course import at_terminal, chosen_by_number, entries, listing, ordered, paths
from vpctui.cli.files import load
from vpctui.cli.handing import handout_of
from vpctui.cli.lasting import lasting
from vpctui.cli.outcome import GOOD, Failed
from vpctui.cli.source import FileSource
from vpctui.cli.tracing import wants_colour
from vpctui.exploration import Exploration
from vpctui.scenario.scenario import Scenario

if TYPE_CHECKING:
    from vpctui.tui.app import Ended, ExplorerOptions
    from vpctui.tui.tape import Tape


def explore(options: argparse.Namespace) -> int:
    """Open the explorer; every mistake of the file is said before any screen is touched."""
    if options.scenario:
        return _dialogue(_start(options)[1], options) if options.plain else explore_on_screen(options).status
    if not at_terminal():
        sys.stdout.write(listing())
        return GOOD
    if options.tape or options.record:
        raise Failed("a tape belongs to a scenario; name one: vpctui appliance --tape FILE")
    if not options.plain:
        return course(options)
    options.scenario = chosen_by_number()
    return _dialogue(_start(options)[1], options) if options.scenario else GOOD


def _start(options: argparse.Namespace) -> tuple[Scenario, Exploration]:
    """The scenario and where its exploration starts.  Raises Failed."""
    scenario = load(options.scenario, colour=wants_colour(options.color, sys.stderr.isatty()))
    start = exploration(scenario, options)
    if options.scenario == "-":
        _keyboard_again()
    return scenario, start.jump(options.at) if options.at else start


def explore_on_screen(options: argparse.Namespace) -> "Ended":
    """Explore one scenario on the screen; how the person left.  Raises Failed."""
    scenario, start = _start(options)
    source = None if options.scenario == "-" else FileSource(options.scenario, options, frozenset(scenario.questions))
    handout = handout_of(scenario, start, predict=options.predict, source=source)
    looks = screen_options(options)
    with lasting():
        from vpctui.tui.app import explored
    return explored(start, looks, handout)


def explore_broken(scenario: Scenario, faults: Sequence[str], options: argparse.Namespace) -> int:
    """Explore a network with faults hidden in it, as if the file had them; the exit status."""
    broken = replace(scenario, hidden=tuple(faults))
    start = exploration(broken, options)
    handout = handout_of(broken, start)
    looks = screen_options(options)
    from vpctui.tui.app import explored

    return explored(start, looks, handout).status


def screen_options(options: argparse.Namespace) -> "ExplorerOptions":
    """How the screen looks, by the command line and a person's own configuration.  Raises Failed for mistakes in that."""
    with lasting():
        from vpctui.tui.app import ExplorerOptions
        from vpctui.tui.config import config_path, read_config

    config = read_config(config_path(os.environ))
    if isinstance(config, list):
        raise Failed("\n".join(f"vpctui: {config_path(os.environ)}: {mistake}" for mistake in config) + "\n")
    return ExplorerOptions(
        language=options.lang or config.language or "en",
        color=options.color if options.color != "auto" else config.color,
        theme=options.theme or config.theme,
        ascii=options.ascii or config.ascii,
        mouse=options.mouse or config.mouse,
        read_only=options.read_only,
        keys=options.keys,
        at=options.at,
        keymap=config.keys,
        tape=_tape(options.tape) if options.tape else (),
        record=options.record,
    )


def _tape(name: str) -> "Tape":
    """The instructions of a tape.  Raises Failed with every mistake in it."""
    from vpctui.tui.tape import read_tape

    try:
        tape = read_tape(Path(name).read_text(encoding="utf-8-sig"), name)
    except OSError as error:
        raise Failed(f"{name}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Failed(f"{name}: not UTF-8 (byte 0x{error.object[error.start]:02x}); a tape is a text file") from None
    if isinstance(tape, list):
        raise Failed("\n".join(tape) + "\n")
    return tape


def course(options: argparse.Namespace) -> int:
    """The course on the screen: the list, the scenario that is chosen, and the list again, until a person has enough."""
    looks = screen_options(options)
    scenarios = ordered()
    from vpctui.tui.course import Course
    from vpctui.tui.course_app import choose
    from vpctui.tui.desk import Settings

    shown = Course(entries(scenarios), paths(scenarios), Settings(language=looks.language, ascii=looks.ascii, keymap=looks.keymap))
    while name := choose(shown, looks):
        options.lang, options.scenario, options.keys, options.tape = shown.settings.language, name, "", ""
        looks = screen_options(options)
        ended = explore_on_screen(options)
        if ended.entirely:
            return ended.status
        shown.back(ended.language)
    return GOOD


def _keyboard_again() -> None:
    """The scenario came by standard input; keys come from the terminal.  Raises Failed without one."""
    try:
        os.dup2(os.open("/dev/tty", os.O_RDONLY), 0)
    except OSError:
        raise Failed("the scenario came by standard input, and there is no terminal to read keys from; use vpctui trace -") from None


def _dialogue(start: Exploration, options: argparse.Namespace) -> int:
    from vpctui.describe.plain import answer, greeting
    from vpctui.describe.voice import Voice

    voice = Voice(options.lang or "en", options.ascii)
    sys.stdout.write(greeting(start, voice) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        reply = answer(start, line, voice, read_only=options.read_only)
        sys.stdout.write(reply.text + "\n" if reply.text else "")
        sys.stdout.flush()
        if reply.over:
            break
        start = reply.exploration
    return GOOD
