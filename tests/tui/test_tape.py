"""Tapes: a talk recorded and played again."""

from pathlib import Path

import pytest

from tests.tui.conftest import Start
from tests.tui.terminal import Terminal, python
from vpctui.tui.spelling import spelled, written
from vpctui.tui.tape import Note, Pause, Press, Recorder, read_tape

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


def test_pauses_are_kept_and_quick_keys_belong_together() -> None:
    recorder = Recorder()
    for key, at in (("n", 10.0), ("n", 10.1), ("space", 12.04), ("<", 12.1), ("enter", 9999.0)):
        recorder.press(key, at)
    lines = ["# vpctui tape 1", "# appliance.yaml", "keys nn", "pause 1.9", "keys <space><<>", "pause 600", "keys <enter>"]
    assert recorder.tape("appliance.yaml").splitlines() == lines
    assert read_tape(recorder.tape("x"), "x") == (Press("n"), Press("n"), Pause(1.9), Press("space"), Press("<"), Pause(600), Press("enter"))


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


def test_what_is_recorded_plays_again(start: Start, tmp_path: Path) -> None:
    tape = tmp_path / "mine.tape"
    with start("--record", str(tape)) as terminal:
        terminal.press("nn", quiet=0.5)
        terminal.press(":i-fw.ip_forward=off\r", quiet=0.5)
        shown = terminal.screen.display[:-1]
        terminal.press("q")
        assert terminal.finish() == (0, "")
        assert "wrote" in terminal.text
    text = tape.read_text(encoding="utf-8")
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


def test_a_tape_without_a_scenario_is_refused(root: Path, tmp_path: Path) -> None:
    with Terminal(python("-m", "vpctui", "--tape", "talk.tape"), env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as terminal:
        assert terminal.finish()[0] == 2
        assert "a tape belongs to a scenario" in terminal.text
