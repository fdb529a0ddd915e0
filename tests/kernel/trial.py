"""One random network, tried: asked of both, and if they differ made as small as it can be and written as a scenario file."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.kernel.asking import Answer, answers
from tests.kernel.networks import Document, text
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario

ATTEMPTS = 120
"""So many smaller networks are tried, at half a second each."""


def tried(document: Document) -> list[Answer] | None:
    """What both say of every flow; None where the document is no scenario that AWS would have."""
    scenario, _ = read_scenario(text(document).encode(), "random")
    return None if scenario is None else answers(state_of(scenario))


def disagreeing(document: Document) -> list[Answer]:
    """The flows about which they differ."""
    return [answer for answer in tried(document) or [] if answer.disagreement]


def smallest(document: Document, flow: str) -> Document:
    """The document without all that the disagreement about this flow does not need."""
    best, left = document, ATTEMPTS
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in _smaller(best, flow):
            left -= 1
            if left < 0:
                return best
            if any(answer.flow == flow for answer in disagreeing(smaller)):
                best, shrinking = smaller, True
                break
    return best


def _smaller(document: Document, flow: str) -> Iterator[Document]:
    """The document without one thing: large things first."""
    others = [name for name in document["flows"] if name != flow]
    if others:
        yield {**document, "flows": {flow: document["flows"][flow]}}
    for path in sorted(_paths(document, ()), key=len):
        if path[0] not in ("vpctui", "flows") or (len(path) == 3 and path[2] in ("ttl", "size", "source_ip", "reply")):
            smaller = copy.deepcopy(document)
            at: Any = smaller
            for key in path[:-1]:
                at = at[key]
            del at[path[-1]]
            yield smaller


def _paths(value: Any, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*at, key)
        yield from _paths(value[key], (*at, key))


def written(document: Document, answer: Answer, folder: Path) -> Path:
    """The scenario file of a disagreement: what each says stands above it."""
    folder.mkdir(parents=True, exist_ok=True)
    said = "\n".join(f"# {line}" for line in f"{answer.flow}: {answer.outcome}: {answer.disagreement}".splitlines())
    path = folder / f"disagreement-{len(list(folder.glob('disagreement-*.yaml'))) + 1}.yaml"
    path.write_text(f"{said}\n{text(document)}", encoding="utf-8")
    return path
