"""Scenario files: found, read, and answered with their mistakes; the bundled ones."""

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from vpctui.cli.outcome import Failed
from vpctui.document import Problem
from vpctui.scenario.problems import render
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.text import source_text
from vpctui.schema import nearest

ENDINGS = (".yaml", ".yml")


def bundled() -> dict[str, Path]:
    """The scenarios that come with the program, by name: in the package where it is installed, beside it in a checkout."""
    installed = Path(str(files("vpctui"))) / "scenarios"
    folder = installed if installed.is_dir() else installed.parent.parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def located(name: str) -> Path:
    """Where a scenario lies: a path, or a bundled one by its name."""
    path = Path(name)
    return bundled()[name] if not path.exists() and name in bundled() else path


def read_bytes(name: str) -> bytes:
    """The bytes of a file, `-` for standard input, or of a bundled scenario by its name.  Raises Failed."""
    if name == "-":
        return sys.stdin.buffer.read()
    path = located(name)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        beside = [str(each) for each in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        right = nearest(name, [*beside, *bundled()])
        raise Failed(f"{name}: no such file" + (f"; did you mean {right}?" if right else "")) from None
    except IsADirectoryError:
        raise Failed(f"{name} is a folder; name a file in it, or run vpctui check {name}") from None
    except OSError as error:
        raise Failed(f"{name}: {error.strerror}") from None


def file_name(name: str) -> str:
    """What a scenario is called: the name of its file."""
    if name == "-":
        return "standard input"
    return Path(name).name if Path(name).exists() or name not in bundled() else bundled()[name].name


def load(name: str, *, colour: bool = False) -> Scenario:
    """A scenario; its warnings go to standard error.  Raises Failed with every mistake of the file."""
    data = read_bytes(name)
    shown = "standard input" if name == "-" else name
    scenario, problems = read_scenario(data, file_name(name))
    text = render(problems, shown, source_text(data), color=colour)
    if scenario is None:
        raise Failed(text)
    sys.stderr.write(text)
    return scenario


def attempt_load(name: str) -> tuple[Scenario | None, list[Problem], bytes]:
    """A scenario or its problems, with the bytes of the file.  Raises Failed when there is no file."""
    data = read_bytes(name)
    scenario, problems = read_scenario(data, file_name(name))
    return scenario, problems, data


def search(names: list[str]) -> Iterator[str]:
    """Scenario files among files and folders, folders searched; each once, in order.  Raises Failed for a folder without any."""
    seen: set[str] = set()
    for name in names:
        path = Path(name)
        found = [str(each) for each in sorted(path.rglob("*")) if each.suffix in ENDINGS and each.is_file()] if path.is_dir() else [name]
        if not found:
            raise Failed(f"{name}: no {' or '.join(ENDINGS)} files in this folder")
        for each in found:
            if each not in seen:
                seen.add(each)
                yield each
