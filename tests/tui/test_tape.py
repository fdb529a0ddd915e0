"""Tapes: a talk recorded and played again."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tui.conftest import Start
from tests.tui.terminal import Terminal, python
from vpctui.tui.recording import Recorder
from vpctui.tui.spelling import spelled, written
from vpctui.tui.tape import HEAD, Command, Mark, Note, Pause, Press, Size, command_of, size_of
from vpctui.tui.tape_reading import READERS, read_tape

TALK = """# vpctui tape 1
note The packet starts here.
ja   パケットはここから出る。
pause 0.6
keys nn.

keys :eni-fw.source_dest_check=on<enter>
"""


def test_a_tape_is_read() -> None:
    tape = read_tape(TALK, "talk.tape")
    assert isinstance(tape, tuple)
    assert tape[:5] == (Note("The packet starts here.", "パケットはここから出る。"), Pause(0.6), Press("n"), Press("n"), Press("."))
    assert tape[-1] == Press("enter")


@pytest.mark.parametrize("key", ["n", " ", "<", ">", "enter", "ctrl+r", "あ", "/"])
def test_every_key_is_written_as_it_is_read(key: str) -> None:
    assert spelled(written(key)) == ["space" if key == " " else key]


def test_mistakes_have_their_place_and_a_mend() -> None:
    mistakes = read_tape("keys n\npuase 1\nkeys <entre>\npause soon\npause 99999\nja はい\nnote\nkeys\n", "bad.tape")
    assert isinstance(mistakes, list)
    assert [mistake.split(": ")[0] for mistake in mistakes] == [f"bad.tape:{line}" for line in range(2, 9)]
    assert "unknown key <entre>" in mistakes[1]
    assert all("try: " in mistake for mistake in mistakes)
    assert "try: pause" in mistakes[0]
    assert "try: <enter>" in mistakes[1]


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("keys n\nvpctui appliance\n", 2, "once and before anything else"),
        ("vpctui appliance\nvpctui gwlb-edge\n", 2, "once and before anything else"),
        ("vpctui 'appliance\n", 1, "no closing quotation"),
        ("size 80\n", 1, "'80' is not a size of a screen"),
        ("size 39x24\n", 1, "not a size"),
        ("size 9999x9999\n", 1, "not a size"),
        ("keys n\nsize 80x24\n", 2, "before the first key"),
        ("size 80x24\nsize 80x24\n", 2, "once"),
        ("picture ../../etc/passwd\n", 1, "does not name a picture"),
        ("picture What If\n", 1, "does not name a picture"),
        ("picture a\nkeys n\npicture a\n", 3, "there is a picture a already"),
        ("# vpctui tape 2\nkeys n\n", 1, "a tape of edition 2"),
        ("keys n\x0b\x85\u2028n\nkyes n\n", 2, "'kyes' is not an instruction"),
        ("keys n\rkyes n\r\nkeys n\n", 2, "'kyes' is not an instruction"),
        ("keys <\x1b[31m>\n", 1, "unknown key <\\x1b[31m>"),
        ("pause nan\n", 1, "not a pause"),
    ],
)
def test_each_mistake_is_told_at_its_line(text: str, line: int, wrong: str) -> None:
    mistakes = read_tape(text, "bad.tape")
    assert isinstance(mistakes, list)
    (mistake,) = mistakes
    assert mistake.startswith(f"bad.tape:{line}: ")
    assert wrong in mistake
    assert "\n   try: " in mistake
    assert "\x1b" not in mistake


def test_a_tape_says_what_is_opened_and_for_which_screen() -> None:
    tape = read_tape("# vpctui tape 1\nvpctui 'my networks/a.yaml' --lang ja\nsize 120x40\nkeys n\npicture what-if\n", "x")
    assert tape == (Command(("my networks/a.yaml", "--lang", "ja"), 2), Size(120, 40), Press("n"), Mark("what-if"))
    assert command_of(tape) == tape[0]
    assert size_of(tape) == tape[1]
    assert read_tape("vpctui\n", "x") == (Command((), 1),)
    assert command_of(()) is None
    assert size_of(()) is None


def test_pauses_are_kept_and_quick_keys_belong_together() -> None:
    recorder = Recorder()
    for key, at in (("n", 10.0), ("n", 10.1), ("space", 12.04), ("<", 12.1), ("enter", 9999.0)):
        recorder.press(key, at)
    lines = ["# vpctui tape 1", "vpctui 'my own.yaml'", "size 80x24", "keys nn", "pause 1.9", "keys <space><<>", "pause 600", "keys <enter>"]
    text = recorder.tape(["my own.yaml"], (80, 24))
    assert text.splitlines() == lines
    keys = (Press("n"), Press("n"), Pause(1.9), Press("space"), Press("<"), Pause(600), Press("enter"))
    assert read_tape(text, "x") == (Command(("my own.yaml",), 2), Size(80, 24), *keys)


def test_a_talk_plays_by_itself(start: Start, tmp_path: Path) -> None:
    tape = tmp_path / "talk.tape"
    tape.write_text(TALK, encoding="utf-8")
    with start("--tape", str(tape), ready="The packet starts here.") as terminal:
        terminal.wait_for("ENI_SRC_DST_CHECK_IN", limit=10)
        assert "The packet starts here." not in terminal.text
    with start("--tape", str(tape), "--lang", "ja", ready="パケットはここから出る。") as terminal:
        terminal.press("?")
        assert "ヘルプ" in terminal.text
        terminal.read(1.0)
        assert "ENI_SRC_DST_CHECK_IN" not in terminal.text


def test_what_is_recorded_plays_again(start: Start, root: Path, tmp_path: Path) -> None:
    tape = tmp_path / "mine.tape"
    with start("--record", str(tape)) as terminal:
        terminal.press("nn", quiet=0.5)
        terminal.press(":i-fw.ip_forward=off\r", quiet=0.5)
        shown = terminal.screen.display[:-1]
        terminal.press("q")
        assert terminal.finish() == (0, "")
        assert "wrote" in terminal.text
    text = tape.read_text(encoding="utf-8")
    assert text.splitlines()[:3] == ["# vpctui tape 1", f"vpctui {os.path.relpath(root / 'scenarios/appliance.yaml', tmp_path)}", "size 80x24"]
    assert "keys nn\n" in text
    assert "pause" in text
    kept = "".join(line for line in text.splitlines(keepends=True) if not line.endswith("keys q\n"))
    tape.write_text(kept.replace("<enter>q", "<enter>"), encoding="utf-8")
    with start("--tape", str(tape)) as terminal:
        terminal.wait_for("IP_FORWARDING_OFF", limit=10)
        terminal.read()
        assert terminal.screen.display[:-1] == shown


def test_a_bad_tape_touches_no_screen(root: Path, tmp_path: Path) -> None:
    tape = tmp_path / "bad.tape"
    tape.write_text("kyes n\n", encoding="utf-8")
    command = python("-m", "vpctui", str(root / "scenarios" / "appliance.yaml"), "--tape", str(tape))
    with Terminal(command, env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as terminal:
        status, _ = terminal.finish()
        assert status == 2
        assert "'kyes' is not an instruction of a tape" in terminal.text.replace("\n", "")
        assert b"\x1b[?1049h" not in terminal.received


def alone(root: Path, tmp_path: Path, *arguments: str) -> Terminal:
    """`vpctui ARGUMENTS` without a scenario."""
    return Terminal(python("-m", "vpctui", *arguments), env={"PYTHONPATH": str(root), "HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("vpctui appliance --lnag ja", "unrecognized arguments: --lnag"),
        ("vpctui appliance --color pink", "invalid choice: 'pink'"),
        ("vpctui appliance --help", "--help does not belong on a tape"),
        ("vpctui --tape=other.tape", "--tape=other.tape does not belong on a tape"),
        ("vpctui trace appliance", "unrecognized arguments: appliance"),
        ("vpctui no-such-thing", "no-such-thing: no such file"),
        ("vpctui appliance --flow nothing", "no flow 'nothing'"),
    ],
)
def test_a_tape_that_opens_nothing_touches_no_screen(root: Path, tmp_path: Path, text: str, told: str) -> None:
    tape = tmp_path / "bad.tape"
    tape.write_text(f"# vpctui tape 1\n{text}\nkeys n\n", encoding="utf-8")
    ran = subprocess.run(python("-m", "vpctui", "--tape", str(tape)), env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert told in ran.stderr
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    if "argument" in told or "belong" in told:
        assert f"{tape}:2: " in ran.stderr


def test_a_tape_opens_what_it_says_and_the_command_line_counts_more(root: Path, tmp_path: Path) -> None:
    shutil.copy(root / "scenarios/gwlb-edge.yaml", tmp_path / "mine.yaml")
    tape = tmp_path / "talk.tape"
    tape.write_text("vpctui mine.yaml --lang ja --keys n\nkeys n\n", encoding="utf-8")
    with alone(root, tmp_path, "--tape", str(tape)) as terminal:
        terminal.wait_for("ホップ2/22")
        assert "mine.yaml" in terminal.text
    with alone(root, tmp_path, "--tape", str(tape), "--lang", "en", "--keys", "n") as terminal:
        terminal.wait_for("hop 3/22")
    with alone(root, tmp_path, "appliance", "--tape", str(tape), "--lang", "en") as terminal:
        terminal.wait_for("hop 2/16")
        assert "appliance.yaml" in terminal.text


def test_a_tape_goes_from_the_course_into_a_scenario_and_back(root: Path, tmp_path: Path) -> None:
    tape = tmp_path / "lesson.tape"
    tape.write_text("vpctui\nkeys /mtu<enter>\npause 0.2\nkeys nn\npause 1.5\nkeys q<escape>/ingress-only<enter><enter>n.\n", encoding="utf-8")
    with alone(root, tmp_path, "--tape", str(tape)) as terminal:
        terminal.wait_for("mtu.yaml")
        terminal.wait_for("hop 2/")
        terminal.wait_for("hop 1/14")
        terminal.press("q")
        terminal.wait_for("the course")
        terminal.press("q")
        assert terminal.finish()[0] == 0


def test_a_key_stops_a_tape_in_the_course_as_well(root: Path, tmp_path: Path) -> None:
    tape = tmp_path / "lesson.tape"
    tape.write_text("keys j\npause 1\nkeys <enter>\n", encoding="utf-8")
    with alone(root, tmp_path, "--tape", str(tape)) as terminal:
        terminal.wait_for("the course")
        terminal.press("j")
        terminal.read(1.5)
        assert "the course" in terminal.text


def test_what_is_recorded_from_the_course_on_plays_again(root: Path, tmp_path: Path) -> None:
    tape = tmp_path / "mine.tape"
    with alone(root, tmp_path, "--record", str(tape), "--lang", "ja") as terminal:
        terminal.wait_for("plain-routing")
        terminal.press("/mtu\r", quiet=0.6)
        terminal.wait_for("mtu.yaml")
        terminal.press("nn", quiet=0.5)
        shown = terminal.screen.display[:-1]
        terminal.press("q", quiet=0.5)
        terminal.press("q")
        assert terminal.finish() == (0, "")
        assert "wrote" in terminal.text
    text = tape.read_text(encoding="utf-8")
    assert text.splitlines()[1] == "vpctui --lang=ja"
    tape.write_text(text[: text.index("keys nn\n") + len("keys nn\n")], encoding="utf-8")
    with alone(root, tmp_path, "--tape", str(tape)) as terminal:
        terminal.wait_for("ホップ2/9")
        terminal.read(0.3)
        assert terminal.screen.display[:-1] == shown


@pytest.mark.parametrize("option", ["--tape", "--record"])
def test_a_dialogue_of_lines_has_no_tapes(root: Path, tmp_path: Path, option: str) -> None:
    command = python("-m", "vpctui", "appliance", "--plain", option, str(tmp_path / "x.tape"))
    ran = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 2
    assert "leave out --plain" in ran.stderr


def test_the_page_tells_every_instruction(root: Path) -> None:
    page = (root / "docs/tapes.md").read_text(encoding="utf-8")
    assert all(f"| `{word}" in page for word in READERS)
    example = page.split("```\n")[2]
    assert example.startswith(HEAD)
    assert isinstance(read_tape(example, "docs/tapes.md"), tuple)
    assert page.count("../screenshots/") >= len(list((root / "screenshots").iterdir()))
    assert all(f"../screenshots/{path.name})" in page for path in (root / "screenshots").iterdir())
