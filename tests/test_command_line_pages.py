"""The pages about the command line: every command with its statuses, and examples that can be read."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tools.command_line import NOTES, STATUSES, page
from vpctui.cli import COMMANDS
from vpctui.cli.arguments import explorer_parser, parser_of

ROOT = Path(__file__).resolve().parent.parent
CI = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", CI, re.MULTILINE | re.DOTALL)


def command_lines() -> Iterator[str]:
    """Every call of vpctui in the examples, with the variables of the shell as plain names."""
    for text in (*fenced("sh"), *fenced("yaml")):
        for line in text.splitlines():
            found = re.search(r"vpctui (?:" + "|".join(COMMANDS) + r")\b[^|&>#]*", line)
            if found and "entry:" not in line:
                yield found[0].strip()


def test_every_command_is_on_the_page_with_its_statuses() -> None:
    text = page()
    for name in COMMANDS:
        assert f"## `vpctui {name}`" in text
    assert set(NOTES) <= set(STATUSES)
    assert text.count("| exit status | means |") == len(COMMANDS) + 1


def test_every_option_says_what_it_does() -> None:
    silent = []
    for name, parser in (("", explorer_parser()), *((name, parser_of(name)) for name in COMMANDS)):
        silent += [f"{name} {action.dest}" for action in parser._actions if not action.help]
    assert silent == []


@pytest.mark.parametrize("line", list(dict.fromkeys(command_lines())))
def test_every_example_is_a_command_line_that_is_understood(line: str) -> None:
    command, *words = shlex.split(line)[1:]
    parser_of(command).parse_args(words or ["x"])


def test_the_examples_of_yaml_can_be_read() -> None:
    workflow, hooks = (yaml.safe_load(text) for text in fenced("yaml"))
    assert [step["run"] for step in workflow["jobs"]["check"]["steps"] if "check" in step.get("run", "")] == [
        "vpctui check network --format junit > vpctui.xml"
    ]
    (hook,) = hooks["repos"][0]["hooks"]
    assert re.match(hook["files"], "network/web.yaml")
    assert hook["entry"] == "vpctui check"
