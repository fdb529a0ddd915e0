"""The line dialogue, driven as a screen reader's user would."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from vpctui.describe.plain import answer, greeting
from vpctui.describe.plain_words import COMMANDS
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration

EN, JA = Voice(), Voice("ja")


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(*changes: str) -> Exploration:
    found = _load("journey").journey(*changes)
    assert isinstance(found, Exploration)
    return found


def dialogue(*lines: str, voice: Voice = EN) -> list[str]:
    at = start()
    said = []
    for line in lines:
        reply = answer(at, line, voice)
        at = reply.exploration
        said.append(reply.text)
    return said


def test_greeting_says_question_outcome_and_place() -> None:
    assert greeting(start(), EN).splitlines() == [
        "web: tcp 198.51.100.10:50000 → 203.0.113.20:80 (from client).",
        "ok.",
        "Works in both directions.",
        "Before the first of 16 hops.",
        "Type help for the commands.",
    ]


def test_walking() -> None:
    assert dialogue("next", "n 2", "check", "back", "last", "next", "first", "p") == [
        "Hop 1 of 16, client, forward SYN: sends to 203.0.113.20:80; TTL 64.\nChecks: 3.",
        "Hop 3 of 16, i-fw, forward SYN: forwards; TTL 63.\nChecks: 8.",
        "Check 1 of 8 at i-fw passed: the source/destination check of eni-fw is off: foreign packets may pass.",
        "Hop 3 of 16, i-fw, forward SYN: forwards; TTL 63.\nChecks: 8.",
        dialogue("hop 16")[0],
        "Already at the end.",
        "Before the first of 16 hops.",
        "Already at the start.",
    ]


def test_a_change_says_what_it_did_and_undo_takes_it_back() -> None:
    _, changed, undone, nothing = dialogue("3", "eni-fw.source_dest_check=on", "undo", "undo")
    assert changed.splitlines()[:3] == [
        "eni-fw.source_dest_check=on.",
        "The outcome was ok, now it is DROP ENI_SRC_DST_CHECK_IN i-fw.",
        "The SYN packet is dropped at i-fw on the forward way.",
    ]
    assert "mend: eni-fw.source_dest_check=off" in changed
    assert "now it is ok" in undone
    assert nothing == "Nothing to undo."


def test_a_refusal_says_error_reason_and_what_to_try() -> None:
    lines = dialogue("set igw.route_table=rtb-app")[0].splitlines()
    assert lines[0] == "Refused."
    assert lines[1].startswith("InvalidParameterValue ")
    assert lines[2].startswith("ASSOC_REFUSED_")
    assert lines[3].startswith("Try: ")


def test_looking() -> None:
    _, lookup, header, settings, used = dialogue("hop 2", "lookup", "header", "settings i-fw", "explain eni-fw")
    assert lookup.splitlines() == [
        "rtb-edge (edge of igw), for 10.0.2.10:",
        "10.0.0.0/16 → local: shorter than /24.",
        "10.0.2.0/24 → eni-fw: won with /24.",
    ]
    assert "dst 10.0.2.10 (was 203.0.113.20)" in header
    assert "i-fw.ip_forward = on" in settings.splitlines()
    assert "rtb-app[0.0.0.0/0] = eni-fw" in used.splitlines()


def test_options_have_their_outcomes() -> None:
    lines = dialogue("what eni-fw.source_dest_check")[0].splitlines()
    assert {line[2:] for line in lines} == {"eni-fw.source_dest_check=on: forward:ENI_SRC_DST_CHECK_IN (also alters ssh)", "eni-fw.source_dest_check=off: ok"}
    assert [line[:2] for line in lines] == ["1 ", "2 "]


def test_flows() -> None:
    assert dialogue("flow")[0].splitlines() == ["web", "ssh"]
    assert dialogue("flow ssh")[0].startswith("ssh: tcp 198.51.100.10:50022")


def test_japanese() -> None:
    assert dialogue("n 3", voice=JA)[0] == "ホップ3/16、i-fw、往路のSYN：転送、TTL 63。\n判定：8件。"


def test_unknown_commands_and_bad_input_are_answered() -> None:
    for line in (
        "frobnicate",
        "hop 99",
        "hop x",
        "next -1",
        "set",
        "set nonsense",
        "flow nobody",
        "explain nothing",
        "\x1b[2J",
        "[/x]",
        "settings zzz",
        "what zzz",
    ):
        text = dialogue(line)[0]
        assert text
        assert "\x1b" not in text


def test_read_only_changes_nothing() -> None:
    reply = answer(start(), "set eni-fw.source_dest_check=on", EN, read_only=True)
    assert reply.text == "Read-only: nothing is changed."
    assert reply.exploration.changes == ()


def test_quit_ends_the_dialogue() -> None:
    assert answer(start(), "quit", EN).over
    assert not answer(start(), "", EN).over


@pytest.mark.parametrize("voice", [EN, JA], ids=["en", "ja"])
def test_every_command_answers_everywhere(voice: Voice) -> None:
    begun = start("eni-fw.source_dest_check=on")
    for at in (begun, begun.jump(3), begun.jump(3, 1)):
        for command in COMMANDS:
            reply = answer(at, command.names[0], voice)
            assert reply.text or reply.over
            assert not any(character in reply.text for character in "│─┌\x1b")


def test_help_names_every_command() -> None:
    lines = dialogue("help")[0].splitlines()
    assert len(lines) == len(COMMANDS)
    assert all(line.startswith(command.names[0]) for line, command in zip(lines, COMMANDS, strict=True))
