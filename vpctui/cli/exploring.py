"""`vpctui SCENARIO`: the explorer on the screen, or as a dialogue in lines."""

import argparse
import os
import sys

from vpctui.cli.beginning import exploration
from vpctui.cli.files import bundled, load, read_bytes
from vpctui.cli.handing import handout_of
from vpctui.cli.outcome import GOOD, Failed
from vpctui.cli.source import FileSource
from vpctui.cli.tracing import wants_colour
from vpctui.exploration import Exploration
from vpctui.handout import Handout
from vpctui.scenario.reading import read_scenario


def explore(options: argparse.Namespace) -> int:
    """Open the explorer; every mistake of the file is said before any screen is touched."""
    name = options.scenario or _chosen()
    if not name:
        return GOOD
    scenario = load(name, colour=wants_colour(options.color, sys.stderr.isatty()))
    start = exploration(scenario, options)
    if options.at:
        start = start.jump(options.at)
    if name == "-":
        _keyboard_again()
    if options.plain:
        return _dialogue(start, options)
    source = None if name == "-" else FileSource(name, options, frozenset(scenario.questions))
    return _screen(start, options, handout_of(scenario, start, predict=options.predict, source=source))


def _keyboard_again() -> None:
    """The scenario came by standard input; keys come from the terminal.  Raises Failed without one."""
    try:
        os.dup2(os.open("/dev/tty", os.O_RDONLY), 0)
    except OSError:
        raise Failed("the scenario came by standard input, and there is no terminal to read keys from; use vpctui trace -") from None


def _chosen() -> str:
    """The bundled scenario that a person picks by number; only the list where nobody is there to pick."""
    names = list(bundled())
    lines = [f"{number:>3}  {name:<24} {_title(name)}" for number, name in enumerate(names, 1)]
    listing = "\n".join(lines) + "\n"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        sys.stdout.write(listing)
        return ""
    sys.stderr.write(listing + "which one? ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if answer.isdigit() and 1 <= int(answer) <= len(names):
        return names[int(answer) - 1]
    if answer and answer not in names:
        raise Failed(f"no bundled scenario {answer!r}")
    return answer


def _title(name: str) -> str:
    scenario, _ = read_scenario(read_bytes(name), name)
    return scenario.title.en if scenario else ""


def _screen(start: Exploration, options: argparse.Namespace, handout: Handout) -> int:
    from vpctui.tui.app import ExplorerOptions, run
    from vpctui.tui.config import config_path, read_config

    config = read_config(config_path(os.environ))
    if isinstance(config, list):
        raise Failed("\n".join(f"vpctui: {config_path(os.environ)}: {mistake}" for mistake in config) + "\n")
    return run(
        start,
        ExplorerOptions(
            language=options.lang or config.language or "en",
            color=options.color if options.color != "auto" else config.color,
            theme=options.theme or config.theme,
            ascii=options.ascii or config.ascii,
            mouse=options.mouse or config.mouse,
            read_only=options.read_only,
            keys=options.keys,
            at=options.at,
            keymap=config.keys,
        ),
        handout,
    )


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
