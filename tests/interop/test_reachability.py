"""Analyses of Reachability Analyzer beside our traces: the same path, another one, and the codes on both sides."""

import json
from pathlib import Path
from typing import Any

import pytest

from vpctui.cli import main
from vpctui.interop.reachability import Unreadable, question, read_analyses

Output = pytest.CaptureFixture[str]

SCENARIO = """vpctui: 1
vpcs:
  vpc-1: {cidr: 10.0.0.0/16}
subnets:
  subnet-fw: {cidr: 10.0.1.0/24, route_table: rtb-fw, network_acl: acl-1}
  subnet-app: {cidr: 10.0.2.0/24, route_table: rtb-app, network_acl: acl-1}
network_acls:
  acl-1: {ingress: {100: allow all 0.0.0.0/0}, egress: {100: allow all 0.0.0.0/0}}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-fw: {0.0.0.0/0: igw-1}
  rtb-app: {0.0.0.0/0: eni-fw}
internet_gateways:
  igw-1: {route_table: rtb-edge}
security_groups:
  sg-1: {ingress: [all 0.0.0.0/0], egress: [all 0.0.0.0/0]}
network_interfaces: {}
instances:
  i-fw: {subnet: subnet-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on, security_groups: [sg-1]}
  i-app: {subnet: subnet-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg-1], listens: [80]}
"""


def header(source: str, destination: str, port: int = 80) -> dict[str, Any]:
    return {
        "SourceAddresses": [source],
        "DestinationAddresses": [destination],
        "DestinationPortRanges": [{"From": port, "To": port}],
        "SourcePortRanges": [{"From": 0, "To": 65535}],
        "Protocol": "6",
    }


def components(*rows: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A path: ids with what more an analysis says of them."""
    return [
        {"SequenceNumber": at, "Component": {"Id": name, "Arn": f"arn:aws:ec2:eu-west-1:123456789012:x/{name}"}, **rest}
        for at, (name, rest) in enumerate(rows, 1)
    ]


OUTSIDE = header("198.51.100.7/32", "203.0.113.20/32")
INSIDE = header("198.51.100.7/32", "10.0.2.10/32")
FORWARD = components(
    ("igw-1", {"InboundHeader": OUTSIDE, "OutboundHeader": INSIDE}),
    ("rtb-edge", {"RouteTableRoute": {"DestinationCidr": "10.0.2.0/24", "NetworkInterfaceId": "eni-fw", "Origin": "createroute"}}),
    ("acl-1", {"AclRule": {"Egress": False, "RuleAction": "allow", "RuleNumber": 100, "Cidr": "0.0.0.0/0", "Protocol": "all"}}),
    ("sg-1", {"SecurityGroupRule": {"Direction": "ingress", "Cidr": "0.0.0.0/0", "Protocol": "all", "SecurityGroupId": "sg-1"}}),
    ("eni-fw", {}),
    ("i-fw", {}),
    ("rtb-fw", {"RouteTableRoute": {"DestinationCidr": "10.0.0.0/16", "GatewayId": "local", "Origin": "createroutetable"}}),
    ("acl-1", {}),
    ("eni-app", {"InboundHeader": INSIDE}),
    ("i-app", {}),
)
RETURN = components(
    ("i-app", {}),
    ("eni-app", {"OutboundHeader": header("10.0.2.10/32", "198.51.100.7/32")}),
    ("rtb-app", {"RouteTableRoute": {"DestinationCidr": "0.0.0.0/0", "NetworkInterfaceId": "eni-fw"}}),
    ("eni-fw", {}),
    ("i-fw", {}),
    ("rtb-fw", {"RouteTableRoute": {"DestinationCidr": "0.0.0.0/0", "GatewayId": "igw-1"}}),
    ("igw-1", {}),
)


def analysis(**changed: Any) -> dict[str, Any]:
    return {
        "NetworkInsightsAnalysisId": "nia-1",
        "NetworkInsightsPathId": "nip-1",
        "Status": "succeeded",
        "NetworkPathFound": True,
        "ForwardPathComponents": FORWARD,
        "ReturnPathComponents": RETURN,
        **changed,
    }


def compare(tmp_path: Path, answer: object, *words: str, scenario: str = SCENARIO) -> int:
    (tmp_path / "ra.json").write_text(json.dumps(answer))
    (tmp_path / "s.yaml").write_text(scenario)
    return main(["compare-ra", str(tmp_path / "ra.json"), str(tmp_path / "s.yaml"), *words])


def told(capsys: Output) -> dict[str, Any]:
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "vpctui.compare-ra/1"
    found: dict[str, Any] = document["analyses"][0]
    return found


def test_the_shapes_are_those_of_the_api() -> None:
    session = pytest.importorskip("botocore.session")
    model = session.get_session().get_service_model("ec2")
    _known(analysis(Explanations=[{"ExplanationCode": "X", "Component": {"Id": "eni-fw"}}]), model.shape_for("NetworkInsightsAnalysis"))


def _known(value: Any, shape: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            assert key in shape.members, (shape.name, key)
            _known(item, shape.members[key])
    elif isinstance(value, list):
        for item in value:
            _known(item, shape.member)


def test_the_flow_is_that_of_the_analysis() -> None:
    (found,) = read_analyses(json.dumps(analysis()).encode())
    assert question(found) == {"from": "internet", "source_ip": "198.51.100.7", "to": "203.0.113.20:80", "protocol": "tcp"}


def test_the_same_path_both_ways(tmp_path: Path, capsys: Output) -> None:
    assert compare(tmp_path, {"NetworkInsightsAnalyses": [analysis()]}) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Both agree."
    assert not [line for line in lines if line.startswith("!")]
    (edge,) = [line for line in lines if "rtb-edge" in line and "10.0.2.0/24" in line and line.strip().startswith("2")]
    assert "10.0.2.0/24 → eni-fw" in edge


def test_components_are_laid_to_the_hops_that_hold_them(tmp_path: Path, capsys: Output) -> None:
    assert compare(tmp_path, analysis(), "--format", "json") == 0
    rows = {row["node"]: [each["id"] for each in row["components"]] for row in told(capsys)["paths"]["forward"]}
    assert rows == {
        "internet": [],
        "igw-1": ["igw-1", "rtb-edge"],
        "i-fw": ["acl-1", "sg-1", "eni-fw", "i-fw"],
        "vpc-1": ["rtb-fw", "acl-1"],
        "i-app": ["eni-app", "i-app"],
    }


def test_a_path_that_we_do_not_take(tmp_path: Path, capsys: Output) -> None:
    scenario = SCENARIO.replace("igw-1: {route_table: rtb-edge}", "igw-1: {}").replace("rtb-app: {0.0.0.0/0: eni-fw}", "rtb-app: {0.0.0.0/0: igw-1}")
    assert compare(tmp_path, analysis(), scenario=scenario) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("!") and "rtb-edge" in line and line.endswith("not on our path") for line in lines)
    assert lines[-1] == "They differ."


def test_another_route_and_another_header(tmp_path: Path, capsys: Output) -> None:
    forward = json.loads(json.dumps(FORWARD))
    forward[6]["RouteTableRoute"]["DestinationCidr"] = "10.0.2.0/24"
    forward[8]["InboundHeader"] = header("10.0.1.10/32", "10.0.2.10/32")
    assert compare(tmp_path, analysis(ForwardPathComponents=forward)) == 1
    out = capsys.readouterr().out
    assert "route differs: 10.0.2.0/24 there, 10.0.0.0/16 here" in out
    assert "header differs: 10.0.1.10/32 → 10.0.2.10/32 there" in out


def test_a_hop_that_the_analysis_does_not_have(tmp_path: Path, capsys: Output) -> None:
    forward = [each for each in FORWARD if each["Component"]["Id"] not in ("eni-fw", "i-fw", "sg-1", "acl-1")]
    assert compare(tmp_path, analysis(ForwardPathComponents=forward)) == 1
    assert "(not in the analysis)" in capsys.readouterr().out


BALANCED = """vpctui: 1
vpcs: {vpc-1: {cidr: 10.0.0.0/16}}
route_tables: {rtb-1: {}}
subnets: {subnet-1: {cidr: 10.0.1.0/24, route_table: rtb-1}}
load_balancers:
  net/web/50dc: {type: network, subnets: {subnet-1: {private_ip: 10.0.1.50}}, listeners: {80: {targets: ["i-2:8080"]}}}
instances:
  i-1: {subnet: subnet-1, private_ip: 10.0.1.10}
  i-2: {subnet: subnet-1, private_ip: 10.0.1.20, listens: [8080]}
"""


def test_load_balancers_are_known_by_their_arn_and_hold_listener_and_target_group(tmp_path: Path, capsys: Output) -> None:
    balancing = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
    first = {"OutboundHeader": header("10.0.1.10/32", "10.0.1.50/32")}
    path = components(("i-1", {}), ("eni-1", first), ("subnet-1", {}), ("", {}), ("", {}), ("", {}), ("eni-2", {}), ("i-2", {}))
    for at, arn in ((3, "loadbalancer/net/web/50dc"), (4, "listener/net/web/50dc/1"), (5, "targetgroup/web/2")):
        path[at]["Component"] = {"Arn": f"{balancing}:{arn}"}
    answer = analysis(ForwardPathComponents=path, ReturnPathComponents=[])
    assert compare(tmp_path, answer, "--format", "json", scenario=BALANCED) == 0
    rows = {row["node"]: len(row["components"]) for row in told(capsys)["paths"]["forward"]}
    assert rows == {"i-1": 3, "net/web/50dc": 3, "i-2": 2}


BLOCKED = {
    "NetworkPathFound": False,
    "ForwardPathComponents": [],
    "ReturnPathComponents": [],
    "Explanations": [{"ExplanationCode": "ENI_SOURCE_DEST_CHECK_RESTRICTION", "Direction": "ingress", "NetworkInterface": {"Id": "eni-fw"}}],
}
FLOW = ("--from", "internet", "--source-ip", "198.51.100.7", "--to", "i-app:80")
CHECKED = SCENARIO.replace("source_dest_check: off", "source_dest_check: on")


def test_the_same_reason_under_both_names(tmp_path: Path, capsys: Output) -> None:
    assert compare(tmp_path, analysis(**BLOCKED), *FLOW, scenario=CHECKED) == 0
    out = capsys.readouterr().out
    assert "ENI_SOURCE_DEST_CHECK_RESTRICTION eni-fw" in out
    assert "ENI_SRC_DST_CHECK_IN (ENI_SOURCE_DEST_CHECK_RESTRICTION)" in out


def test_another_reason(tmp_path: Path, capsys: Output) -> None:
    scenario = SCENARIO.replace("all 0.0.0.0/0], egress", "tcp 22 0.0.0.0/0], egress")
    assert compare(tmp_path, analysis(**BLOCKED), *FLOW, "--format", "json", scenario=scenario) == 1
    found = told(capsys)
    assert found["reason"] == "SG_INGRESS_DENY"
    assert found["explanations"] == [{"code": "ENI_SOURCE_DEST_CHECK_RESTRICTION", "reasons": ["ENI_SRC_DST_CHECK_IN", "ENI_SRC_DST_CHECK_OUT"]}]


def test_reachable_there_and_not_here(tmp_path: Path, capsys: Output) -> None:
    assert compare(tmp_path, analysis(), scenario=CHECKED) == 1
    assert "! verdict: path found" in capsys.readouterr().out


def test_which_flow_must_be_said_where_the_path_does_not_tell(tmp_path: Path, capsys: Output) -> None:
    assert compare(tmp_path, analysis(**BLOCKED)) == 2
    assert "which flow was analysed?" in capsys.readouterr().err


def test_one_of_several_is_chosen(tmp_path: Path, capsys: Output) -> None:
    answer = [analysis(), analysis(NetworkInsightsAnalysisId="nia-2", Status="failed", StatusMessage="no permission")]
    assert compare(tmp_path, answer, "--analysis", "nia-1") == 0
    assert compare(tmp_path, answer, "--analysis", "nia-2") == 2
    assert "nia-2: failed no permission: nothing to compare" in capsys.readouterr().err
    assert compare(tmp_path, answer, "--analysis", "nia-3") == 2
    assert "there are nia-1, nia-2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "no analyses"),
        (b"3", "not what describe-network-insights-analyses answers"),
        (b'{"Vpcs": []}', "missing required field `NetworkInsightsAnalyses`"),
        (b'{"NetworkInsightsAnalyses": [{"ForwardPathComponents": [{"SequenceNumber": "x"}]}]}', "ForwardPathComponents[0].SequenceNumber"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_analysis_is_said_with_its_place(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as told:
        read_analyses(data)
    assert why in str(told.value).replace("`$.", "")


def test_japanese(tmp_path: Path, capsys: Output) -> None:
    assert compare(tmp_path, analysis(), "--lang", "ja") == 0
    assert "両者は一致する。" in capsys.readouterr().out
