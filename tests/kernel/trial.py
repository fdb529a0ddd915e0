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


def smallest(document: Document, wrong: Answer) -> Document:
    """The document without all that this disagreement does not need: large things go first.  Another one about the same flow does not do."""
    best, left, flow = document, ATTEMPTS, wrong.flow
    others = {**document, "flows": {name: what for name, what in document["flows"].items() if name in (flow, *document["flows"][flow].get("after", ()))}}
    for path in [(), *sorted(_paths(document, ()), key=len)]:
        smaller = _without(best, path) if path else others
        if smaller is None or left < 0:
            continue
        try:
            found = tried(smaller)
        except (LookupError, RuntimeError, AssertionError, ValueError):  # a network that nobody would write: it cannot be built
            continue
        left -= found is not None
        if any(_alike(answer, wrong) for answer in found or ()):
            best = smaller
    return best


def _alike(answer: Answer, wrong: Answer) -> bool:
    """Whether two differ about the same flow and come out the same, and what differs is the same."""
    same = (answer.flow, answer.outcome) == (wrong.flow, wrong.outcome)
    return same and answer.disagreement.partition("\n")[0] == wrong.disagreement.partition("\n")[0]


def _without(document: Document, path: tuple[Any, ...]) -> Document | None:
    """The document without what stands at a path; None where nothing does, or it must stay."""
    if path[0] == "vpctui" or (path[0] == "flows" and path[2:] not in (("ttl",), ("size",), ("after",))):
        return None
    smaller: Document = copy.deepcopy(document)
    at: Any = smaller
    for key in path[:-1]:
        at = at.get(key) if isinstance(at, dict) else None
    if not isinstance(at, dict) or path[-1] not in at:
        return None
    del at[path[-1]]
    return smaller


def _paths(value: Any, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for key in list(value) if isinstance(value, dict) else ():
        yield (*at, key)
        yield from _paths(value[key], (*at, key))


def written(document: Document, answer: Answer, folder: Path) -> Path:
    """The scenario file of a disagreement: what each says stands above it."""
    folder.mkdir(parents=True, exist_ok=True)
    said = "\n".join(f"# {line}" for line in f"{answer.flow}: {answer.outcome}: {answer.disagreement}".splitlines())
    path = folder / f"disagreement-{len(list(folder.glob('disagreement-*.yaml'))) + 1}.yaml"
    path.write_text(f"{said}\n{text(document)}", encoding="utf-8")
    return path
