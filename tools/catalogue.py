"""The catalogue of AWS forwarding rules and its conflicts, as this program keeps them: which rule is modelled, and which test shows it.

`rules.csv` has one line for each rule: number, stable key, title, status, the tests that show it (separated by spaces), and a reason where
a word is needed.  `conflicts.csv` has the reading that was chosen where sources disagree; its tests are found by their number.
"""

import ast
import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
NUMBER = re.compile(r"\b([RC]-\d{2,3})\b")
TESTED, CHECKED, NOT_MODELLED, NO_EFFECT = "modelled and tested", "checked when the file is read", "not modelled", "no packet effect"
STATUSES: Mapping[str, str] = {
    TESTED: "the engine applies it to packets or changes, and the tests named beside it say so by its number",
    CHECKED: "a file that contradicts it gets an error or a warning with a place",
    NOT_MODELLED: "the engine does not know it: what can be written in a file stops the packet there as `UNSUPPORTED_COMPONENT`",
    NO_EFFECT: "it changes no packet's way",
}


class CatalogueRule(Struct, frozen=True):
    """One rule of the catalogue; `tests` are node ids such as `tests/aws/test_mtu.py::test_…`."""

    number: str
    key: str
    title: str
    status: str
    tests: tuple[str, ...]
    reason: str


class Conflict(Struct, frozen=True):
    """Where sources disagree or are silent, and what is assumed here."""

    number: str
    topic: str
    reading: str


def rules() -> tuple[CatalogueRule, ...]:
    """Every rule, by number."""
    return tuple(
        CatalogueRule(row["number"], row["key"], row["title"], row["status"], tuple(row["tests"].split()), row["reason"]) for row in _rows("rules.csv")
    )


def conflicts() -> tuple[Conflict, ...]:
    """Every conflict, by number."""
    return tuple(Conflict(row["number"], row["topic"], row["reading"]) for row in _rows("conflicts.csv"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (ROOT / "tools" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def cited_by_tests() -> dict[str, tuple[str, ...]]:
    """The tests that name a number in their docstring, by number; those that name few others come first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for path in sorted((ROOT / "tests").glob("**/test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                numbers = set(NUMBER.findall(ast.get_docstring(node) or ""))
                for number in numbers:
                    found.setdefault(number, []).append((len(numbers), f"{path.relative_to(ROOT).as_posix()}::{node.name}"))
    return {number: tuple(name for _, name in sorted(tests)) for number, tests in found.items()}


def cited_by_code() -> dict[str, set[str]]:
    """The modules that name a number anywhere, by number."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "vpctui").glob("**/*.py")):
        for number in NUMBER.findall(path.read_text(encoding="utf-8")):
            found.setdefault(number, set()).add(path.relative_to(ROOT).as_posix())
    return found
