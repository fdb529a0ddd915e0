"""Small rooms: how long a file and a function may be, and what a module may not be called."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FILE_LINES = 300
FUNCTION_LINES = 45
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
SOURCE_FOLDERS = ("vpctui", "tools", "benchmarks")

DATA_TABLES: set[str] = set()
"""Files that are one table of data, row under row; they may be as long as the table is."""


def sources(root: Path) -> Iterator[Path]:
    for folder in SOURCE_FOLDERS:
        yield from sorted((root / folder).rglob("*.py"))


def faults(root: Path, tables: set[str]) -> Iterator[str]:
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > FILE_LINES and name not in tables:
            yield f"{name} has {lines} lines, {FILE_LINES} are allowed: which noun wants out?"
        vague = VAGUE_NAMES & {part.removesuffix(".py") for part in path.relative_to(root).parts}
        if vague:
            yield f"{name} is called {vague.pop()}, which says nothing: name what it holds"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    yield f"{name}:{node.lineno} {node.name}() has {length} lines, {FUNCTION_LINES} are allowed"


def test_files_and_functions_are_small(root: Path) -> None:
    assert list(faults(root, DATA_TABLES)) == []


def test_every_data_table_exists_and_is_long(root: Path) -> None:
    needless = [name for name in DATA_TABLES if not (root / name).is_file() or (root / name).read_text(encoding="utf-8").count("\n") <= FILE_LINES]
    assert needless == []


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("vpctui/engine/walk.py", "x = 1\n" * 301, "301 lines"),
        ("vpctui/engine/walk.py", "def f():\n" + "    x = 1\n" * 45, "f() has 46 lines"),
        ("vpctui/engine/walk.py", "class A:\n    async def g(self):\n" + "        x = 1\n" * 45, "g() has 46 lines"),
        ("vpctui/utils.py", "", "called utils"),
        ("vpctui/common/walk.py", "", "called common"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, file: str, source: str, fault: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
    (found,) = faults(tmp_path, set())
    assert fault in found


def test_limits_are_reached_without_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "vpctui" / "walk.py"
    path.parent.mkdir()
    path.write_text("def f():\n" + "    x = 1\n" * 44 + "x = 1\n" * 255)
    assert list(faults(tmp_path, set())) == []
