"""`vpctui import … --anonymize`: the scenario without anybody's ids, addresses and names, and the legend in a file of its own."""

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from vpctui.cli.outcome import Failed
from vpctui.engine.conversation import converse
from vpctui.interop.anonymous.draft import Anonymizer, Legend
from vpctui.interop.aws.draft import Draft
from vpctui.interop.aws.importing import text_of
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.trace import Conversation

KEY_BYTES = 16
ATTEMPTS = 16
"""Keys that are tried: where a hash of addresses chooses among equals, other addresses may choose otherwise."""
TITLE = "anonymized"
IDS = "Ids, addresses and names are made up; every packet goes the way that it went."
Shape = tuple[str, tuple[tuple[str, str, str, str], ...]]


def anonymized(draft: Draft, legend: str) -> str:
    """The text of the anonymized scenario; the legend is written.  Raises Failed."""
    path = Path(legend)
    before = _shapes(_read(text_of(draft, TITLE)))
    key = _known_key(path)
    for attempt in range(ATTEMPTS):
        chosen = key or secrets.token_bytes(KEY_BYTES)
        anonymizer = Anonymizer(draft, chosen)
        text = text_of(anonymizer.apply(), TITLE, "--anonymize", IDS)
        wanted = {anonymizer.names.inside(flow): _renamed(shape, anonymizer) for flow, shape in before.items()}
        differing = [flow for flow, shape in _shapes(_read(text)).items() if shape != wanted.get(flow)]
        if not differing or key or attempt == ATTEMPTS - 1:
            break
    if differing:
        sys.stderr.write(f"vpctui: a hash of addresses chooses another of several equal ways for {', '.join(differing)}\n")
    _write(path, anonymizer.legend())
    return text


def _read(text: str) -> Scenario:
    scenario, problems = read_scenario(text.encode(), "import.yaml")
    if scenario is None:
        raise Failed("; ".join(str(problem.message) for problem in problems))
    return scenario


def _shapes(scenario: Scenario) -> dict[str, Shape]:
    """The way of every flow: outcome, and for each hop its component, kind, verdict and reason."""
    return {name: shape(converse(scenario.world, question, scenario.questions)) for name, question in scenario.questions.items()}


def shape(conversation: Conversation) -> Shape:
    """What stays when names and addresses change."""
    return conversation.outcome, tuple((hop.node, hop.kind, hop.verdict.value, hop.reason or "") for hop in conversation.hops)


def _renamed(told: Shape, anonymizer: Anonymizer) -> Shape:
    return told[0], tuple((anonymizer.names.id(node) or node, kind, verdict, reason) for node, kind, verdict, reason in told[1])


def _known_key(path: Path) -> bytes | None:
    """The key of a legend that is there already, so that the same things get the same names again."""
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        return bytes.fromhex(held["key"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise Failed(f"{path}: this is not a legend; it would be overwritten: name another file with --legend") from None


def _write(path: Path, legend: Legend) -> None:
    """The legend, for its owner alone."""
    document = {"format": "vpctui.legend/1", "key": legend.key, "ids": legend.ids, "addresses": legend.addresses}
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from None
    sys.stderr.write(f"vpctui: the legend is in {path}: keep it to yourself\n")
