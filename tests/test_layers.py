"""The import rules of the layers, read from the source: nothing imports upwards, and each library has its rooms."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = "vpctui"

GROUND = {"address", "packet", "header", "wire", "document", "schema", "filter_rules", "reasons"}
ENGINE = GROUND | {"trace", "engine"}
SCREENLESS = ENGINE | {"aws", "scenario", "interop", "exploration", "lesson", "handout", "describe"}

MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "address": set(),
    "document": set(),
    "filter_rules": {"address", "document", "packet", "schema"},
    "reasons": set(),
    "header": set(),
    "packet": {"address"},
    "wire": {"address", "header", "packet"},
    "schema": {"address", "document"},
    "trace": {"address", "packet"},
    "engine": GROUND | {"trace"},
    "aws": ENGINE,
    "scenario": ENGINE | {"aws"},
    "interop": ENGINE | {"aws"},
    "exploration": ENGINE,
    "lesson": ENGINE | {"exploration"},
    "handout": {"exploration", "lesson"},
    "describe": ENGINE | {"exploration", "lesson"},
    "tui": {"address", "packet", "header", "wire", "reasons", "trace", "exploration", "lesson", "handout", "describe"},
    "cli": SCREENLESS | {"tui"},
    "__main__": {"cli"},
}
"""What each layer may import from the package, besides itself.  A new file at the top of the package takes its place here first."""

LIBRARIES: dict[str, set[str]] = {
    "msgspec": set(MAY_IMPORT),
    "netaddr": {"address", "scenario"},
    "yaml": {"scenario"},
    "rich": {"describe", "tui"},
    "textual": {"tui"},
    "textual_serve": {"tui"},
    "boto3": {"interop"},
    "botocore": {"interop"},
    "scapy": {"interop"},
}
"""Which layers know a library; one that is not listed is not a dependency."""

PURE = {"address", "packet", "header", "wire", "document", "schema", "trace", "engine", "aws", "exploration", "lesson"}
CLOCKS_AND_CHANCE = {"datetime", "random", "secrets", "time", "uuid"}
INPUT_AND_OUTPUT = {"asyncio", "io", "os", "pathlib", "shutil", "socket", "subprocess", "tempfile", "threading", "urllib"}
OUTSIDE_WORLD = CLOCKS_AND_CHANCE | INPUT_AND_OUTPUT
"""What a layer that turns values into values has no use for."""


class Import(NamedTuple):
    layer: str
    module: str
    """Dotted name of what is imported."""
    line: int
    lazy: bool
    """Inside a function, so only paid for by those who call it."""


def layer_of(path: Path, package: Path) -> str:
    first = path.relative_to(package).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path, package: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or for_types(node) for inner in ast.walk(node)}
    here = (PACKAGE, *path.relative_to(package).with_suffix("").parts)
    for node in ast.walk(tree):
        for module in modules_of(node, here):
            assert isinstance(node, ast.Import | ast.ImportFrom)
            yield Import(layer_of(path, package), module, node.lineno, id(node) in inside)


def for_types(node: ast.AST) -> bool:
    """Whether it is `if TYPE_CHECKING:`, which no program runs."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def modules_of(node: ast.AST, here: tuple[str, ...]) -> list[str]:
    """`from vpctui import trace` names `vpctui.trace`, and a relative import is made absolute, so that no spelling escapes."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = ".".join(here[: -node.level]) if node.level else ""
    module = ".".join(part for part in (base, node.module or "") if part)
    return [f"{PACKAGE}.{alias.name}" for alias in node.names] if module == PACKAGE else [module]


def fault(found: Import) -> str | None:
    """Why this import is against the rules, or None."""
    top, _, rest = found.module.partition(".")
    if found.layer not in MAY_IMPORT:
        return f"{found.layer} has no place among the layers yet"
    if top == PACKAGE:
        return fault_inside(found, rest.partition(".")[0] or "__init__")
    if top in LIBRARIES:
        return None if found.layer in LIBRARIES[top] else f"{found.layer} must not know {top}"
    if top not in sys.stdlib_module_names:
        return f"{top} is not a dependency"
    if found.layer in PURE and top in OUTSIDE_WORLD:
        return f"{found.layer} is values in, values out; {top} is the outside world"
    return None


def fault_inside(found: Import, target: str) -> str | None:
    if target in (found.layer, "__version__", "__init__"):
        return None
    if target not in MAY_IMPORT[found.layer]:
        return f"{found.layer} must not import {target}"
    if target == "tui" and not found.lazy:
        return f"{found.layer} imports tui only inside a function: commands without a screen do not pay for it"
    return None


def faults(package: Path) -> list[str]:
    found = []
    for path in sorted(package.rglob("*.py")):
        for one in imports_of(path, package):
            why = fault(one)
            if why:
                found.append(f"{path.relative_to(package.parent)}:{one.line} imports {one.module}: {why}")
    return found


def test_nothing_imports_upwards_and_libraries_stay_in_their_rooms(root: Path) -> None:
    assert faults(root / PACKAGE) == []


@pytest.mark.parametrize(
    ("file", "source", "why"),
    [
        ("engine/walk.py", "from vpctui.aws.subnet import Subnet", "engine must not import aws"),
        ("engine/walk.py", "from vpctui import scenario", "engine must not import scenario"),
        ("engine/walk.py", "from ..describe import lines", "engine must not import describe"),
        ("engine/walk.py", "import time", "outside world"),
        ("engine/walk.py", "def f():\n    from random import random", "outside world"),
        ("aws/subnet.py", "import yaml", "aws must not know yaml"),
        ("describe/path.py", "from textual.app import App", "describe must not know textual"),
        ("scenario/reader.py", "from rich.text import Text", "scenario must not know rich"),
        ("tui/app.py", "from vpctui.engine.walk import walk", "tui must not import engine"),
        ("tui/app.py", "import netaddr", "tui must not know netaddr"),
        ("cli.py", "from vpctui.tui.app import run", "only inside a function"),
        ("cli.py", "import requests", "not a dependency"),
        ("helpers.py", "import re", "no place among the layers"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, file: str, source: str, why: str) -> None:
    path = tmp_path / PACKAGE / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    (found,) = faults(tmp_path / PACKAGE)
    assert why in found


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("cli.py", "def explore():\n    from vpctui.tui.app import run\n    return run"),
        ("engine/walk.py", "from vpctui.trace import Hop\nfrom .network import Network\nimport re"),
        ("scenario/reader.py", "import yaml\nimport netaddr\nfrom vpctui.aws import subnet"),
        ("tui/app.py", "from textual.app import App\nfrom rich.text import Text\nfrom vpctui.describe.lines import Row"),
    ],
)
def test_what_is_allowed_is_not_found(tmp_path: Path, file: str, source: str) -> None:
    path = tmp_path / PACKAGE / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    assert faults(tmp_path / PACKAGE) == []
