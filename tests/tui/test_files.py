"""Files that the explorer writes and reads again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.conftest import Start
from vpctui.tui.saving import save


@pytest.fixture
def scenario(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a scenario in a folder of its own, which is the current one."""
    monkeypatch.chdir(tmp_path)
    path = Path("appliance.yaml")
    path.write_text((root / "scenarios" / "appliance.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return path


def traced(root: Path, changes: str) -> "subprocess.CompletedProcess[str]":
    """What `trace` makes of the copy with changes."""
    command = [sys.executable, "-m", "vpctui", "trace", "appliance.yaml", "--set", changes]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)})


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_changes_are_written_and_loaded_again(start: Start, scenario: Path, root: Path) -> None:
    with start(scenario=scenario) as terminal:
        terminal.press(":eni-fw.source_dest_check=on\r:write mine.changes\r")
        assert "wrote mine.changes" in terminal.text
        terminal.press(":sg-app.ingress-=tcp 80 0.0.0.0/0\r:write! mine.changes\r")
        terminal.press(":write mine.sh\r")
        assert "wrote mine.sh" in terminal.text
    written = Path("mine.changes").read_text(encoding="utf-8").splitlines()
    assert written[1:] == ["eni-fw.source_dest_check=on", "sg-app.ingress-=tcp 80 0.0.0.0/0"]
    assert written[0].startswith("# ")
    script = Path("mine.sh").read_text(encoding="utf-8")
    assert "--no-source-dest-check" in script.partition("# to take them back:")[2]
    assert subprocess.run(["sh", "-n", "mine.sh"]).returncode == 0
    with start("--set", "@mine.changes", scenario=scenario) as terminal:
        assert "2 changes" in terminal.screen.display[0]
    printed = subprocess.run(
        [sys.executable, "-m", "vpctui", "trace", str(scenario), "--set", "@mine.changes"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert printed.returncode == 1
    assert "ENI_SRC_DST_CHECK_IN" in printed.stdout
    assert sorted(path.name for path in Path().iterdir()) == ["appliance.yaml", "mine.changes", "mine.sh"]


def test_the_name_of_an_export_can_be_edited(start: Start, scenario: Path) -> None:
    with start(scenario=scenario) as terminal:
        terminal.press("e3")
        assert "write to appliance-web.json" in terminal.text
        terminal.press("\x15other.json\r")
        assert "wrote other.json" in terminal.text
        terminal.press("e1\x1b")
        terminal.press(":write no/such/folder.md\r")
        assert "cannot write no/such/folder.md: No such file or directory" in terminal.text
    assert sorted(path.name for path in Path().iterdir()) == ["appliance.yaml", "other.json"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("mine", encoding="utf-8")
    assert save(path, "theirs") == tmp_path / "a-2.txt"
    assert path.read_text(encoding="utf-8") == "mine"
    with pytest.raises(UnicodeEncodeError):
        save(path, "\ud800", over=True)
    assert path.read_text(encoding="utf-8") == "mine"
    assert save(path, "theirs", over=True) == path
    assert path.read_text(encoding="utf-8") == "theirs"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a-2.txt", "a.txt"]
    with pytest.raises(IsADirectoryError):
        save(tmp_path, "x")


def test_a_link_is_replaced_and_what_it_names_is_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(outside)
    save(link, "theirs", over=True)
    assert outside.read_text(encoding="utf-8") == "mine"
    assert not link.is_symlink()


# reading the file again


def test_a_changed_file_is_read_again_with_changes_and_place(start: Start, scenario: Path) -> None:
    with start("--at", "3", scenario=scenario) as terminal:
        terminal.press(":i-fw.inspect=none\r")
        edit(scenario, "listens: [22, 80]", "listens: [22]")
        assert "file changed: R reloads" in terminal.press(".").decode() or "file changed" in terminal.screen.display[0]
        assert "hop 3/16" in terminal.screen.display[0]
        terminal.press("R")
        assert "read appliance.yaml again" in terminal.text
        assert "NO_LISTENER" in terminal.screen.display[0]
        assert "hop 3/5" in terminal.screen.display[0]
        terminal.press("u")
        assert "undone: i-fw.inspect=none" in terminal.text


def test_a_broken_file_keeps_the_old_network_and_shows_the_place(start: Start, scenario: Path) -> None:
    with start("--at", "3", scenario=scenario) as terminal:
        edit(scenario, "source_dest_check: off", "source_dest_check: offf")
        terminal.press("R")
        assert "appliance.yaml:22:93: E125" in terminal.text.replace("\n", "")
        source, carets = terminal.line("source_dest_check: offf"), terminal.line("^^^^")
        assert source.index("offf") == carets.index("^")
        terminal.press("q")
        assert "hop 3/16  ok" in terminal.screen.display[0]
        edit(scenario, "source_dest_check: offf", "source_dest_check: on")
        terminal.press("R")
        assert "ENI_SRC_DST_CHECK_IN" in terminal.screen.display[0]


def test_changes_that_a_new_file_refuses_are_told(start: Start, scenario: Path) -> None:
    with start(scenario=scenario) as terminal:
        terminal.press(":i-app.listens=22\r:eni-fw.source_dest_check=on\r")
        edit(scenario, "  update: {ip: 192.0.2.80}", "  update: {ip: 192.0.2.80}\n  other: {ip: 192.0.2.81}")
        terminal.press("R")
        assert "other" in terminal.text
        assert "2 changes" in terminal.screen.display[0] or "1 change" in terminal.screen.display[0]


def test_a_walkthrough_stays_at_its_step(start: Start, scenario: Path) -> None:
    with start(scenario=scenario) as terminal:
        terminal.press("w3n")
        edit(scenario, "At eni-fw the destination is still the app.", "Rewritten.")
        terminal.press("R")
        assert "goes back to step 3" in terminal.text
        terminal.press("w")
        assert "Rewritten." in terminal.text


def test_typed_flows_stay_and_flows_that_went_away_do_not(start: Start, scenario: Path) -> None:
    with start(scenario=scenario) as terminal:
        terminal.press(":flow client 203.0.113.20:22\r")
        flow = terminal.screen.display[0]
        edit(scenario, "slides: [27", "slides: [26, 27")
        terminal.press("R")
        assert terminal.screen.display[0] == flow


def test_a_file_that_is_gone_says_so(start: Start, scenario: Path) -> None:
    with start(scenario=scenario) as terminal:
        scenario.unlink()
        terminal.press("R")
        assert "no such file" in terminal.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("eni-fw.source_dest_check=on\n# fine\nwrong\n", 'bad.changes:3: "wrong" is not a change'),
        ("\n\nigw.route_table=rtb-fw\n", "bad.changes:3: vpctui: igw.route_table: (InvalidParameterValue)"),
        ("eni-fx.source_dest_check=on\n", "did you mean eni-fw.source_dest_check=on?"),
    ],
)
def test_mistakes_in_a_file_of_changes_have_their_place(scenario: Path, root: Path, text: str, said: str) -> None:
    Path("bad.changes").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vpctui", "trace", str(scenario), "--set", "@bad.changes"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_bytes_that_are_no_text_are_named(scenario: Path, root: Path) -> None:
    Path("bad.changes").write_bytes(b"# ok\n\xff\xfe=on\n")
    done = subprocess.run(
        [sys.executable, "-m", "vpctui", "trace", str(scenario), "--set", "@bad.changes"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 2
    assert "bad.changes:2: not UTF-8 (byte 0xff)" in done.stderr
