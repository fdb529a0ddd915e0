"""`vpctui SCENARIO`: the explorer on the screen, or as a dialogue in lines."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpctui.cli.beginning import exploration
from vpctui.cli.course import at_terminal, chosen_by_number, entries, listing, ordered, paths
from vpctui.cli.files import load
from vpctui.cli.handing import handout_of
from vpctui.cli.lasting import lasting
from vpctui.cli.outcome import GOOD, Failed
from vpctui.cli.source import FileSource
from vpctui.cli.taping import keep, on_terminal, played
from vpctui.cli.tracing import wants_colour
from vpctui.exploration import Exploration
from vpctui.scenario.scenario import Scenario

if TYPE_CHECKING:
    from vpctui.tui.app import Ended, ExplorerOptions
    from vpctui.tui.stage import Stage


def explore(options: argparse.Namespace) -> int:
    """Open the explorer; every mistake of the file is said before any screen is touched."""
    if options.plain and (options.tape or options.record):
        raise Failed("a tape is played and recorded on the screen; leave out --plain")
    tape = played(options) if options.tape else ()
    if options.scenario and options.plain:
        return _dialogue(_start(options)[1], options)
    if not options.scenario and not at_terminal() and not options.tape:
        sys.stdout.write(listing())
        return GOOD
    if not options.plain:
        stage = on_terminal(options, tape)
        status = explore_on_screen(options, stage).status if options.scenario else course(options, stage)
        if stage.recorder is not None and at_terminal():
            keep(stage.recorder, options)
        return status
    options.scenario = chosen_by_number()
    return _dialogue(_start(options)[1], options) if options.scenario else GOOD


def _start(options: argparse.Namespace) -> tuple[Scenario, Exploration]:
    """The scenario and where its exploration starts.  Raises Failed."""
    scenario = load(options.scenario, colour=wants_colour(options.color, sys.stderr.isatty()))
    start = exploration(scenario, options)
    if options.scenario == "-":
        _keyboard_again()
    return scenario, start.jump(options.at) if options.at else start


def explore_on_screen(options: argparse.Namespace, stage: "Stage") -> "Ended":
    """Explore one scenario on the screen; how the person left.  Raises Failed."""
    scenario, start = _start(options)
    source = None if options.scenario == "-" else FileSource(options.scenario, options, frozenset(scenario.questions))
    handout = handout_of(scenario, start, predict=options.predict, source=source)
    looks = screen_options(options)
    with lasting():
        from vpctui.tui.app import explored
    return explored(start, looks, handout, stage)


def explore_broken(scenario: Scenario, faults: Sequence[str], options: argparse.Namespace) -> int:
    """Explore a network with faults hidden in it, as if the file had them; the exit status."""
    broken = replace(scenario, hidden=tuple(faults))
    start = exploration(broken, options)
    handout = handout_of(broken, start)
    looks = screen_options(options)
    from vpctui.tui.app import explored

    return explored(start, looks, handout, on_terminal(options)).status


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
        at=options.at,
        keymap=config.keys,
    )


def course(options: argparse.Namespace, stage: "Stage") -> int:
    """The course on the screen: the list, the scenario that is chosen, and the list again, until a person has enough."""
    if stage.seen and not at_terminal():
        raise Failed("the course needs a terminal; vpctui without a tape lists it")
    looks = screen_options(options)
    scenarios = ordered()
    from vpctui.tui.course import Course
    from vpctui.tui.course_app import choose
    from vpctui.tui.desk import Settings

    shown = Course(entries(scenarios), paths(scenarios), Settings(language=looks.language, ascii=looks.ascii, keymap=looks.keymap))
    while name := choose(shown, looks, stage):
        chosen = argparse.Namespace(**{**vars(options), "lang": shown.settings.language, "scenario": name})
        ended = explore_on_screen(chosen, stage)
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
