"""`vpctui diff`: settings, resources, flows; each kind of difference, and none where there is none."""

import json
from pathlib import Path

import pytest

from vpctui.cli import main
from vpctui.cli.files import bundled, load
from vpctui.interop.difference import differences

Output = pytest.CaptureFixture[str]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A copy of the appliance scenario that a test edits."""
    path = tmp_path / "other.yaml"
    path.write_text(bundled()["appliance"].read_text().partition("expect:")[0])
    return path


def edit(path: Path, was: str, now: str) -> None:
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, now))


def answer(capsys: Output, *words: str) -> tuple[int, dict[str, list[dict[str, object]]]]:
    status = main(["diff", *words, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "vpctui.diff/1"
    return status, document


def test_a_file_does_not_differ_from_itself(other: Path, capsys: Output) -> None:
    status, document = answer(capsys, "appliance", str(other))
    assert status == 0
    assert document["settings"] == []
    assert [(flow["flow"], flow["differs"]) for flow in document["flows"]] == [("web", False), ("ssh", False), ("out", False)]


@pytest.mark.parametrize("name", list(bundled()))
def test_no_bundled_scenario_differs_from_itself_and_each_differs_from_another(name: str) -> None:
    network = load(name).network
    assert list(differences(network, network)) == []
    assert list(differences(network, load("src-dst-check" if name != "src-dst-check" else "mtu").network))


def test_a_setting_that_decides_a_flow(other: Path, capsys: Output) -> None:
    edit(other, "source_dest_check: off", "source_dest_check: on")
    status, document = answer(capsys, "appliance", str(other))
    assert status == 1
    assert document["settings"] == [{"change": "changed", "resource": "eni-fw", "place": "eni-fw.source_dest_check", "a": "off", "b": "on"}]
    web = document["flows"][0]
    assert (web["a"], web["b"], web["differs"]) == ("ok", "forward:ENI_SRC_DST_CHECK_IN", True)


def test_the_text_tells_the_hop_that_differs_and_not_what_follows(other: Path, capsys: Output) -> None:
    edit(other, "source_dest_check: off", "source_dest_check: on")
    assert main(["diff", "appliance", str(other)]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  ~ web"))
    assert lines[at : at + 3] == [
        "  ~ web: ok → forward:ENI_SRC_DST_CHECK_IN",
        "      ~ forward SYN i-fw: DROP ENI_SRC_DST_CHECK_IN",
        "  ~ ssh: ok → forward:ENI_SRC_DST_CHECK_IN",
    ]


def test_another_path_with_the_same_outcome(other: Path, capsys: Output) -> None:
    edit(other, "igw: {route_table: rtb-edge}", "igw: {}")
    edit(other, "rtb-app:  {0.0.0.0/0: eni-fw}", "rtb-app:  {0.0.0.0/0: igw}")
    status, document = answer(capsys, "appliance", str(other))
    assert status == 1
    web = document["flows"][0]
    assert (web["a"], web["b"], web["differs"]) == ("ok", "ok", True)
    assert {"change": "-", "direction": "forward", "carries": "SYN", "node": "i-fw"} in web["hops"]  # type: ignore[operator]
    assert {(each["place"], each["a"], each["b"]) for each in document["settings"]} == {
        ("igw.route_table", "rtb-edge", "none"),
        ("rtb-app[0.0.0.0/0]", "eni-fw", "igw"),
    }


def test_fields_that_no_change_can_set_are_told_too(other: Path, capsys: Output) -> None:
    edit(other, "sn-app: {cidr: 10.0.2.0/24, az: a", "sn-app: {cidr: 10.0.2.0/25, az: a")
    edit(other, "10.0.2.0/24: eni-fw", "10.0.2.0/25: eni-fw")
    places = {each["place"]: (each["change"], each["a"], each["b"]) for each in answer(capsys, "appliance", str(other))[1]["settings"]}
    assert places["sn-app.cidr"] == ("changed", "10.0.2.0/24", "10.0.2.0/25")
    assert places["rtb-edge[10.0.2.0/24]"] == ("removed", "eni-fw", None)
    assert places["rtb-edge[10.0.2.0/25]"] == ("added", None, "eni-fw")


def test_resources_and_readings(other: Path, capsys: Output) -> None:
    edit(other, "hosts:\n", "assume: {tgw_ttl: 0}\nhosts:\n  more: {ip: 192.0.2.81}\n")
    status, document = answer(capsys, "appliance", str(other))
    assert status == 1
    assert document["settings"] == [
        {"change": "added", "resource": "more", "place": "more", "a": None, "b": "host"},
        {"change": "changed", "resource": "assume", "place": "assume.tgw_ttl", "a": "1", "b": "0"},
    ]
    _, backwards = answer(capsys, str(other), "appliance")
    assert backwards["settings"][0] == {"change": "removed", "resource": "more", "place": "more", "a": "host", "b": None}


def test_a_flow_of_one_is_asked_in_the_other_where_it_can(other: Path, capsys: Output) -> None:
    edit(other, '  ssh: {from: client, to: "203.0.113.20:22", source_port: 50022}\n', '  dns: {from: client, to: "i-app:53", protocol: udp}\n')
    status, document = answer(capsys, "appliance", str(other))
    assert status == 0, "flows are questions: another question is no difference of the networks"
    flows = {flow["flow"]: flow for flow in document["flows"]}
    assert (flows["ssh"]["only_in"], flows["ssh"]["a"], flows["ssh"]["b"]) == ("appliance", "ok", "ok")
    assert (flows["dns"]["only_in"], flows["dns"]["a"]) == (str(other), "forward:SG_INGRESS_DENY")


def test_a_flow_that_cannot_be_asked_says_why(other: Path, capsys: Output) -> None:
    edit(other, "  update: {ip: 192.0.2.80}\n", "")
    edit(other, '  out: {from: i-app, to: "update:443", source_port: 40000}\n', "")
    assert main(["diff", "appliance", str(other)]) == 1
    assert "out (only in appliance): cannot be asked in" in capsys.readouterr().out


def test_what_a_flow_asks_is_a_difference(other: Path, capsys: Output) -> None:
    edit(other, "source_port: 40000", "source_port: 40001")
    status, document = answer(capsys, "appliance", str(other))
    assert status == 1
    assert [(each["place"], each["a"], each["b"]) for each in document["settings"]] == [("flows.out.source_port", "40000", "40001")]


def test_bad_files_have_status_2(tmp_path: Path, capsys: Output) -> None:
    assert main(["diff", "appliance", str(tmp_path / "no.yaml")]) == 2
    assert main(["diff", "appliance", str(tmp_path)]) == 2
    assert "no describe-vpcs JSON in it" in capsys.readouterr().err


def test_japanese(other: Path, capsys: Output) -> None:
    edit(other, "source_dest_check: off", "source_dest_check: on")
    assert main(["diff", "appliance", str(other), "--lang", "ja"]) == 1
    out = capsys.readouterr().out
    assert "設定" in out
    assert "フロー" in out
