"""Faults hidden in a network: chosen by a number, found in the explorer, known to be mended."""

from pathlib import Path

import pytest

from tests.tui.person import Sit
from tests.tui.terminal import Terminal, python
from vpctui.cli import main
from vpctui.cli.files import bundled, load
from vpctui.engine import alter
from vpctui.engine.alter import State
from vpctui.engine.faults import hidden_faults
from vpctui.engine.mends import hurdles, traced
from vpctui.scenario.changing import state_of
from vpctui.scenario.hiding import hidden_changes, hidden_text

Capture = pytest.CaptureFixture[str]
NAMES = sorted(bundled())


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_of_every_scenario_stops_its_first_flow_and_can_be_mended(name: str) -> None:
    state = state_of(load(name))
    flow = next(iter(state.questions))
    faults = hidden_faults(state, flow, 2, 7)
    assert faults
    broken = alter.alter_all(state, faults)
    assert isinstance(broken, State)
    assert traced(broken, flow).outcome not in ("ok", "asymmetric")
    met = hurdles(broken, flow)
    assert len(met) == len(faults)
    assert all(hurdle.mend for hurdle in met)


def test_the_seed_decides_and_levels_differ() -> None:
    state = state_of(load("appliance"))
    assert hidden_faults(state, "web", 2, 7) == hidden_faults(state, "web", 2, 7)
    assert len({hidden_faults(state, "web", 1, seed) for seed in range(12)}) > 3
    assert [len(hidden_faults(state, "web", level, 7)) for level in (1, 2, 3)] == [1, 2, 3]


def test_a_flow_that_does_not_work_hides_nothing() -> None:
    state = alter.alter(state_of(load("appliance")), "i-fw.ip_forward=off")
    assert isinstance(state, State)
    assert hidden_faults(state, "web", 2, 7) == ()


def broken(tmp_path: Path, *arguments: str) -> Path:
    path = tmp_path / "broken.yaml"
    assert main(["break", "appliance", *arguments, "--output", str(path)]) == 0
    return path


def test_a_file_hides_its_faults_and_check_knows_when_they_are_mended(tmp_path: Path, capsys: Capture) -> None:
    path = broken(tmp_path, "--level", "2", "--seed", "7")
    scenario = load(str(path))
    assert len(scenario.hidden) == 2
    told = "".join(path.read_text(encoding="utf-8").splitlines()[-2:]) + "".join(capsys.readouterr())
    assert not any(fault in told for fault in scenario.hidden)
    assert main(["check", str(path)]) == 1
    assert main(["check", str(path), "--set", "i-fw.ip_forward=on"]) == 1
    assert main(["check", str(path), "--set", "i-fw.ip_forward=on", "--set", "rtb-edge[10.0.2.0/24]=eni-fw"]) == 0
    capsys.readouterr()
    assert main(["check", str(path), "--set", "igw.route_table=rtb-fw"]) == 2
    assert "R-056" in capsys.readouterr().err


def test_check_with_changes_holds_what_flows_do_then(root: Path, capsys: Capture) -> None:
    path = str(root / "scenarios" / "appliance.yaml")
    assert main(["check", path, "--set", "i-fw.inspect=none"]) == 0
    assert "3 cases" in capsys.readouterr().out
    assert main(["check", path, "--set", "i-fw.ip_forward=off"]) == 1


def test_faults_are_found_on_the_screen(sit: Sit, tmp_path: Path) -> None:
    person = sit(broken(tmp_path, "--level", "2", "--seed", "7"))
    assert "faults are hidden here" in person.last
    assert person.outcome != "ok"
    assert person.press("w").last == "this file has no walkthrough"
    person.press(":i-fw.ip_forward=on<enter>")
    assert "mended" not in person.lines[0]
    person.press(":rtb-edge[10.0.2.0/24]=eni-fw<enter>")
    assert person.last == "mended: every flow does what the file expects, with 2 changes"
    assert "mended" in person.lines[0]
    assert "mended" not in person.press("u").lines[0]
    assert "mended" in person.press("U").lines[0]


def test_going_round_the_fault_does_not_count(sit: Sit, tmp_path: Path) -> None:
    """The flow works again, but not through the appliance that the file expects on its way."""
    person = sit(broken(tmp_path, "--seed", "7")).press("O")
    person.press(":igw.route_table=none<enter>:rtb-app[0.0.0.0/0]=igw<enter>")
    assert person.outcome == "ok"
    assert "mended" not in person.lines[0]
    assert person.last == "the file still expects web: via [i-fw], ssh: via [i-fw], out: via [i-fw]"


def test_one_change_that_mends_is_counted_as_one(sit: Sit, tmp_path: Path) -> None:
    person = sit(broken(tmp_path, "--seed", "7")).press("O")
    assert person.last == "mended: every flow does what the file expects, with 1 change"


def test_what_is_left_is_said_while_the_flow_shown_works(sit: Sit, tmp_path: Path) -> None:
    """Another flow that the fault stops too: the person is told its name, not left to guess."""
    person = sit(broken(tmp_path, "--seed", "7")).press("O:i-app.listens=80<enter>")
    assert person.outcome == "ok"
    assert person.last.startswith("the file still expects ssh: ok")


def test_it_opens_the_explorer_in_the_language_asked_for(root: Path, tmp_path: Path) -> None:
    command = python("-m", "vpctui", "break", "appliance", "--level", "3", "--seed", "2", "--lang", "ja")
    with Terminal(command, env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("障害が隠されています")
        assert "破棄" in terminal.screen.display[0]
        terminal.press("q")
        assert terminal.finish() == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["break", "appliance", "--flow", "wen"], "did you mean web?"),
        (["break", "nothing"], "no such file"),
        (["break", "appliance", "--output", "{there}"], "exists; name a new file"),
    ],
)
def test_what_cannot_be_broken_is_said(tmp_path: Path, capsys: Capture, arguments: list[str], said: str) -> None:
    there = tmp_path / "there"
    there.touch()
    assert main([argument.format(there=there) for argument in arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("text", ["rubbish", "eJw=", hidden_text(["i-nothing.state=stopped"]), hidden_text([])])
def test_a_hidden_text_that_hides_nothing_is_a_mistake_with_its_place(root: Path, tmp_path: Path, capsys: Capture, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text((root / "scenarios" / "appliance.yaml").read_text(encoding="utf-8") + f"hidden: {text}\n", encoding="utf-8")
    assert main(["check", str(path)]) == 2
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert f"bad.yaml:{lines}:9: E125 hidden is written by vpctui break" in capsys.readouterr().err


def test_a_hidden_text_cannot_grow_without_end() -> None:
    with pytest.raises(ValueError, match="vpctui break"):
        hidden_changes(hidden_text(["x" * 1_000_000]))
    assert hidden_changes(hidden_text(["a=b", "c=d"])) == ("a=b", "c=d")
