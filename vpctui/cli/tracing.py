"""`vpctui trace`: one conversation as text, JSON or Markdown."""

import argparse
import os
import sys

from msgspec.structs import replace

from vpctui.cli.beginning import exploration
from vpctui.cli.capturing import capture
from vpctui.cli.files import load
from vpctui.cli.outcome import DIFFERS, GOOD, NOT_MODELLED
from vpctui.describe.ansi import render
from vpctui.describe.json import trace_json
from vpctui.describe.markdown import markdown
from vpctui.describe.obstacles import obstacles
from vpctui.describe.pictures import places
from vpctui.describe.plain import answer
from vpctui.describe.screen import report
from vpctui.describe.text import text_rows
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration
from vpctui.trace import Conversation, Verdict


def trace(options: argparse.Namespace) -> int:
    """Print a conversation; the exit status tells its outcome."""
    coloured = wants_colour(options.color, sys.stdout.isatty())
    scenario = load(options.scenario, colour=wants_colour(options.color, sys.stderr.isatty()))
    asked = exploration(scenario, options)
    voice = Voice(options.lang or "en", options.ascii)
    if options.pcap:
        capture(options.pcap, _directed(asked.conversation, options.direction), asked.network, voice)
    sys.stdout.write(_written(asked, options, voice, coloured))
    sys.stdout.flush()
    return status(asked.conversation)


def status(conversation: Conversation) -> int:
    """0 for what works, 3 where the model stops, 1 otherwise."""
    if conversation.legs[-1].verdict is Verdict.STOPPED:
        return NOT_MODELLED
    return GOOD if conversation.outcome in ("ok", "asymmetric") else DIFFERS


def _written(asked: Exploration, options: argparse.Namespace, voice: Voice, coloured: bool) -> str:
    conversation = _directed(asked.conversation, options.direction)
    if options.format == "json":
        return trace_json(conversation, asked.name, asked.changes, voice) + "\n"
    if options.format == "markdown":
        return markdown(conversation, replace(report(asked, voice), places=places(asked), obstacles=obstacles(asked)), voice)
    if options.plain:
        return answer(asked, "trace", voice).text + "\n"
    return render(text_rows(conversation, report(asked, voice), voice), colour=coloured)


def _directed(conversation: Conversation, direction: str) -> Conversation:
    """Only the legs of one direction; all where a direction has none."""
    legs = tuple(leg for leg in conversation.legs if direction in ("both", leg.direction))
    return replace(conversation, legs=legs) if legs else conversation


def wants_colour(wish: str, terminal: bool) -> bool:
    """Colour on a terminal that did not say no, or where it is asked for (no-color.org)."""
    if wish == "auto":
        return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wish != "never"
