"""Nothing from a file or an argument reaches the terminal as anything but text, whatever command prints it; and nothing but `import --live` dials out."""

import ast
import socket
from pathlib import Path

import pytest

from vpctui.cli import main

SIGNS = ("\x1b[2J", "\x1b]52;c;eA==\x07", "\x9b31m", "\x7f", "\x08", "\u202e")
NAMES = {sign: "".join(f"\\U{ord(each):08x}" for each in sign) for sign in SIGNS}


def text(sign: str) -> str:
    """A scenario with a sign in everything that may have one; what an id may not hold stands in names of flows, titles and narrations."""
    held = NAMES[sign]
    return f"""
vpctui: 1
title: "t{held}"
teaches: "t{held}"
vpcs: {{v: {{cidr: 10.0.0.0/16}}}}
subnets: {{s: {{cidr: 10.0.1.0/24, route_table: r}}}}
internet_gateways: {{g: {{}}}}
route_tables: {{r: {{0.0.0.0/0: g}}}}
instances: {{i: {{subnet: s, private_ip: 10.0.1.5, public_ip: 203.0.113.5, listens: [80]}}}}
hosts: {{h: {{ip: 198.51.100.9}}, "h{held}": {{ip: 198.51.100.10}}}}
flows: {{"f{held}": {{from: "h{held}", to: "203.0.113.5:80"}}}}
expect: {{"f{held}": ok}}
changes: {{"c{held}": {{set: [r[0.0.0.0/0]=none], expect: {{"f{held}": ok}}}}}}
walkthrough: [{{en: "w{held}", ja: "w{held}", do: [next], expect: {{"f{held}": ok}}}}]
"""


COMMANDS = (
    ("trace", "FILE"),
    ("trace", "FILE", "--plain"),
    ("trace", "FILE", "--format", "json"),
    ("trace", "FILE", "--format", "markdown"),
    ("trace", "FILE", "--flow", "SIGN"),
    ("trace", "FILE", "--set", "SIGN"),
    ("trace", "FILE", "--set", "r[0.0.0.0/0]=SIGN"),
    ("trace", "FILE", "--set", "SIGN.cidr=1"),
    ("trace", "FILE", "--from", "SIGN", "--to", "SIGN"),
    ("trace", "FILE", "--from", "h", "--to", "i", "--protocol", "SIGN"),
    ("trace", "SIGN"),
    ("check", "FILE"),
    ("check", "FILE", "--format", "json"),
    ("check", "FILE", "--format", "junit"),
    ("check", "SIGN"),
    ("forecast", "FILE"),
    ("forecast", "FILE", "--format", "json"),
    ("diff", "FILE", "appliance"),
    ("diff", "FILE", "appliance", "--format", "json"),
)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket can be made."""

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("a command reached for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_that_a_terminal_obeys_is_printed(command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], offline: None) -> None:
    for number, sign in enumerate(SIGNS):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text(sign), encoding="utf-8")
        for language in ("en", "ja") if command[0] in ("trace", "forecast", "diff") else ("",):
            words = [word.replace("FILE", str(file)).replace("SIGN", f"x{sign}") for word in command]
            status = main([*words, *(("--lang", language) if language else ())])
            printed = capsys.readouterr()
            assert status in (0, 1, 2), printed.err
            for stream in printed:
                assert all(each.isprintable() or each in "\n\u3000" for each in stream), (sign, stream)
            assert printed.out + printed.err


def test_only_the_nodes_of_yaml_are_ever_made(root: Path) -> None:
    """No constructor runs, so no file can make an object: `yaml.load` and its kin are called nowhere in the package."""
    made = {"load", "load_all", "safe_load", "safe_load_all", "full_load", "unsafe_load", "construct_document", "get_data", "YAMLObject"}
    for path in (root / "vpctui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in made:
                assert not (isinstance(node.value, ast.Name) and node.value.id == "yaml"), f"{path}:{node.lineno}"
            assert not (isinstance(node, ast.ImportFrom) and node.module == "yaml" and made & {name.name for name in node.names}), path


def test_only_the_live_import_and_serving_may_reach_the_network(root: Path) -> None:
    """`import --live` by boto3, and serving the explorer; nothing else imports what can dial."""
    dialling = {"socket", "http", "urllib", "boto3", "botocore", "requests", "ssl", "ftplib", "smtplib", "textual_serve", "aiohttp"}
    found = set()
    for path in (root / "vpctui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {path.relative_to(root / "vpctui").as_posix() for name in names if name.partition(".")[0] in dialling}
    assert found <= {"interop/aws/live.py", "cli/serving.py", "tui/serving.py"}
