"""Refused changes in both languages: every hint of vpctui's own exists in Japanese, and the API's words stay as they are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vpctui.describe import refusals
from vpctui.describe.voice import Voice
from vpctui.engine.change import Refusal, parse

EN, JA = Voice("en", False), Voice("ja", False)
SOURCES = sorted([*Path(refusals.__file__).parents[1].glob("aws/*.py"), *Path(refusals.__file__).parents[1].glob("engine/*.py")])


def _sample(node: ast.expr) -> Iterator[str]:
    """What a hint in the source can look like, with ids where it fills something in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else f"id-{at}" for at, part in enumerate(node.values))
    elif isinstance(node, ast.IfExp):
        yield from (*_sample(node.body), *_sample(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (text for value in node.values for text in _sample(value))
    elif isinstance(node, ast.BinOp):
        yield from (f"{left}id-9" for left in _sample(node.left))


def _hints(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            given = [keyword.value for keyword in node.keywords if keyword.arg == "hint"] + node.args[3:4]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "hint":
            given = [node.value]
        else:
            continue
        yield from (text for each in given for text in _sample(each))


HINTS = sorted({text for path in SOURCES for text in _hints(ast.parse(path.read_text(encoding="utf-8"))) if re.search(r"[a-z] [a-z]", text)})


def test_there_are_hints_to_look_at() -> None:
    assert len(HINTS) > 30


@pytest.mark.parametrize("text", [text for text in HINTS if "]=allow " not in text])
def test_every_hint_is_told_in_japanese(text: str) -> None:
    refusal = Refusal("QUERY_INVALID", "", hint=text)
    assert refusals.hint(refusal, EN) == text
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", refusals.hint(refusal, JA)), text
    assert not re.search(r"\b(a|an|the|of|or|first|to)\b", refusals.hint(refusal, JA))


def test_a_hint_that_is_a_change_is_left_as_it_is() -> None:
    assert refusals.hint(Refusal("QUERY_INVALID", "", hint="rtb-app[0.0.0.0/0]=none"), JA) == "rtb-app[0.0.0.0/0]=none"
    assert refusals.hint(Refusal("QUERY_INVALID", "", hint="10.0.1.0/24 or 10.0.2.0/24"), JA) == "10.0.1.0/24または10.0.2.0/24"


def test_the_words_of_the_api_stay_and_get_a_meaning() -> None:
    refusal = Refusal("ROUTE_REFUSED_EDGE_TARGET", "route table rtb-edge has a route to igw", "InvalidParameterValue")
    assert refusals.message(refusal, JA) == refusal.message
    assert "ネットワークインターフェイス" in refusals.meaning(refusal, JA)
    assert refusals.meaning(refusal, EN) == ""


def test_what_vpctui_says_itself_is_told_in_japanese() -> None:
    mistake = parse("nonsense")
    assert isinstance(mistake, Refusal)
    assert refusals.message(mistake, EN) == '"nonsense" is not a change'
    assert refusals.message(mistake, JA) == '"nonsense"は変更として読めない'
    assert refusals.meaning(mistake, JA) == ""
