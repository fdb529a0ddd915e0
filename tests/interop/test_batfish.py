"""Cases of Batfish's AWS tests over real describe output: every snapshot imported, every case traced, path, disposition and rewrites compared.

What differs in AWS's favour stands in `DIFFERS` with its rule.  The data are read where they lie and are no part of the project.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.interop.accounts import account, imported as imported_account
from tests.interop.batfish_nodes import nodes
from tests.interop.tracing import ask as ask_imported
from vpctui.engine.conversation import converse
from vpctui.interop.aws.files import read
from vpctui.interop.aws.importing import import_account
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.typed import flow_from
from vpctui.trace import Conversation, Leg, Verdict

Case = dict[str, Any]

REASONS = {
    "security-group": {"SG_INGRESS_DENY"},
    "no-route": {"NO_ROUTE", "TGW_NO_ROUTE", "VGW_NO_ONPREM_ROUTE"},
    "no-such-host": {"DEST_IP_UNASSIGNED"},
    "no-such-subnet": {"DEST_IP_UNASSIGNED"},
    "lb-no-listener": {"LB_NO_LISTENER", "LB_LISTENER_PORT_MISMATCH"},
    "nat-no-session": {"NATGW_NO_STATE"},
    "nat-unsupported-protocol": {"PROTOCOL_NOT_SUPPORTED"},
    "no-public-ip": {"IGW_NO_PUBLIC_IP_EGRESS"},
    "tgw-attachment-not-in-az": {"TGW_AZ_RESTRICTION"},
    "unallocated-public-ip": {"IGW_UNKNOWN_PUBLIC_IP_INGRESS", "DEST_IP_UNASSIGNED"},
    "private-destination-on-internet": {"IGW_PRIVATE_DEST_EGRESS", "DEST_IP_UNASSIGNED"},
}
"""Neutral dispositions in our reasons, as the README of the cases proposes."""

DIFFERS = {
    "vgw-from-on-prem-2": (
        "VGW_ADDRESS_NOT_IN_VPC",
        "R-111: a virtual private gateway carries to addresses of interfaces only, so it drops before the VPC does",
    ),
    "vgw-internet-to-underlay-interface-ip": ("DEST_IP_UNASSIGNED", "R-114: a tunnel's outside address answers IKE and ESP only; it is no end of a flow here"),
}
"""Cases in which AWS does something else: our reason, and the rule."""

EDGE = {"public-subnet-from-internet-to-invalid-public-ip": ["internet"]}
"""What Batfish drops at Amazon's edge, before any customer's resource, ends on the internet here: there is no node for the edge."""

FACTS = {
    "test-direct-connect-private-vif": (
        ("dxvif-priv01: {type: private, ", "dxvif-priv01: {routes: [10.20.0.0/16], local_preference: 300, type: private, "),
        ("dxvif-priv02: {type: private, ", "dxvif-priv02: {routes: [10.20.0.0/16], local_preference: 150, type: private, "),
    ),
    "test-vpn-gateway": (("tunnels: [down, down]", "tunnels: [up, up], routes: [0.0.0.0/0]"),),
}
"""What the router configurations of a snapshot say and no API: added to the imported file by hand, as its comments ask for."""


def folder() -> Path:
    return Path(__file__).resolve().parent.parent.parent.parent / "shared/conformance/batfish"


def cases() -> list[Case]:
    path = folder() / "cases.json"
    found: list[Case] = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else []
    return found


CASES = {case["id"]: case for case in cases()}


@pytest.fixture(autouse=True)
def _needs_the_cases(shared: Path) -> None:
    """Skips where the reference material is absent."""


def import_snapshot(name: str) -> str:
    account, count = read([str(folder() / "snapshots" / name)])
    text = import_account(account, name)
    assert text is not None
    assert count > 0
    return text


@lru_cache
def imported(name: str, *, with_facts: bool = False) -> Scenario:
    text = import_snapshot(name)
    for before, after in FACTS.get(name, ()) if with_facts else ():
        assert before in text
        text = text.replace(before, after)
    scenario, problems = read_scenario(text.encode(), f"{name}.yaml")
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert scenario is not None
    return scenario


def ask(case: Case, scenario: Scenario) -> Conversation:
    """The case's flow; one whose protocol the test leaves open as the TCP packet that the case says is equivalent."""
    flow = case["flow"]
    start, packet = flow.get("start_aws") or flow["start"], flow.get("equivalent_flow") or flow
    sender = {"eni": start.get("instance"), "vgw": "on-premises", "internet": "internet"}[start["kind"]]
    fields = {"from": sender, "source_ip": flow["src_ip"], "to": flow["dst_ip"]}
    if packet["protocol"] == 6:
        fields |= {"source_port": str(packet["src_port"]), "to": f"{flow['dst_ip']}:{packet['dst_port']}"}
    else:
        fields["protocol"] = "gre"  # 107 has no name in the format: what NAT gateways do not carry is the same for both
    if start["kind"] == "vgw":
        fields["via"] = start["id"]
    question = flow_from(fields, scenario.network)
    assert not isinstance(question, str), question
    return converse(scenario.world, question)


def leg_of(case: Case) -> tuple[Leg, Scenario]:
    """The leg that a case speaks of: the second half of a bidirectional test is the answer."""
    scenario = imported(case["snapshot"], with_facts=case["aws_agreement"] == "boundary")
    opened = CASES[case["requires_state_from"]] if case.get("requires_state_from") else case
    conversation = ask(opened, scenario)
    direction = "return" if case.get("requires_state_from") else "forward"
    return next(leg for leg in conversation.legs if leg.direction == direction), scenario


def expected_nodes(case: Case) -> list[str]:
    """The case's hops; where it starts on premises or at a service the first node that is AWS's."""
    hops: list[str] = [{"__aws-services-gateway__": "internet"}.get(hop, hop) for hop in case["expected_hops_batfish"]]
    outside = case["flow"]["start"]["kind"] in ("on-prem",) or case["expected_disposition_neutral"] in ("exits-network:vpn", "exits-network:direct-connect")
    if case["flow"]["start"]["kind"] == "on-prem":
        return hops[1:]
    return hops[:-1] if outside else hops


def balancer_nodes(hops: list[str], leg: Leg) -> list[str]:
    """A load balancer is one node for each of its interfaces: our hop by its interface's zone and DNS name, as the case names it."""
    by_node = {hop.node: hop.arrival.by for hop in leg.hops if hop.kind == "network_load_balancer"}
    return [f"node {by_node[hop]}" if hop in by_node else hop for hop in hops]


def expected_balancer_nodes(case: Case, hops: list[str]) -> list[str]:
    named = {hop["batfish_node"]: f"node {hop['id']}" for hop in case["expected_hops_neutral"] if hop["kind"] == "nlb-node"}
    return [named.get(hop, hop) for hop in hops]


def agreeing(*agreements: str) -> list[str]:
    """Cases of these agreements that give a whole flow."""
    found = [name for name, case in CASES.items() if case["aws_agreement"] in agreements and case["expected_hops_batfish"] is not None]
    return found or ["absent"]


@pytest.mark.parametrize("snapshot", sorted({case["snapshot"] for case in CASES.values()}) or ["absent"])
def test_every_snapshot_is_imported_without_an_error_and_loads(snapshot: str) -> None:
    account, _ = read([str(folder() / "snapshots" / snapshot)])
    text = import_account(account, snapshot)
    assert text is not None
    assert [str(note) for note in account.notes if note.severity in ("error", "warning")] == []
    scenario, problems = read_scenario(text.encode(), "imported.yaml")
    assert scenario is not None
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert all(converse(scenario.world, question, scenario.questions).legs for question in scenario.questions.values())


@pytest.mark.parametrize("name", agreeing("same", "boundary", "outside-aws", "differs"))
def test_a_packet_goes_where_the_case_says(name: str) -> None:
    case = CASES[name]
    leg, scenario = leg_of(case)
    ends = case["expected_disposition_neutral"]
    if name in DIFFERS:
        assert leg.reason == DIFFERS[name][0]
        return
    hops = expected_balancer_nodes(case, EDGE.get(name) or expected_nodes(case))
    assert balancer_nodes(nodes(leg, scenario.network), leg) == hops
    if ends.startswith("dropped:"):
        assert leg.reason in REASONS[ends.removeprefix("dropped:")]
    else:
        assert leg.verdict is (Verdict.EXITED if ends.startswith("exits") else Verdict.DELIVERED)


@pytest.mark.parametrize("name", agreeing("same", "boundary"))
def test_headers_are_rewritten_as_the_case_says(name: str) -> None:
    case = CASES[name]
    leg, _ = leg_of(case)
    written = {"src_ip": "src", "dst_ip": "dst", "src_port": "src_port", "dst_port": "dst_port"}
    for rewrite in case["expected_header_rewrites"]:
        hop = next(hop for hop in leg.hops if hop.node == rewrite["at"])
        assert hop.arrived is not None
        assert hop.left is not None
        field = written[rewrite["field"]]
        before, after = str(getattr(hop.arrived, field)), str(getattr(hop.left, field))
        if field.endswith("port"):  # any port will do for a NAT gateway's own (the case says so); the client's must come back
            assert before != after
            assert "1024" in (str(rewrite["from"]), str(rewrite["to"])) or (before, after) == (str(rewrite["from"]), str(rewrite["to"]))
        else:
            assert (before, after) == (rewrite["from"], rewrite["to"])


@pytest.mark.parametrize("name", agreeing("nondeterministic"))
def test_a_choice_that_aws_may_make_otherwise_is_one_of_those_that_the_case_names(name: str) -> None:
    """A Network Load Balancer picks among its targets (R-186): any of them is right, and the answer comes back through it."""
    case = CASES[name]
    leg, _ = leg_of(case)
    assert leg.verdict is Verdict.DELIVERED
    candidates = {target for hop in case["expected_hops_neutral"] for target in hop.get("candidate_targets", ())}
    assert leg.hops[-1].node in candidates or leg.direction == "return"
    assert any(hop.kind == "network_load_balancer" for hop in leg.hops)


def test_the_client_of_the_load_balancer_reaches_the_server_itself() -> None:
    """The one symbolic case: some packet from the client is accepted at the server."""
    scenario = imported("test-load-balancer")
    question = flow_from({"from": "i-0c8ce8bbdd98cc4e8", "to": "i-055b0db7be365202c:22"}, scenario.network)
    assert not isinstance(question, str)
    assert converse(scenario.world, question).legs[0].verdict is Verdict.DELIVERED


def filter_cases() -> dict[str, Case]:
    """Rules of real security groups, and the packets that they let in."""
    path = folder() / "filter-cases.json"
    found: list[Case] = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else []
    return {case["id"]: case for case in found if "index" in case["given"] and case["what"] == "security-group ingress" and case["aws_agreement"] == "same"}


FILTERS = filter_cases()
PROTOCOLS = {6: "tcp", 17: "udp", 1: "icmp", 132: "sctp"}


@pytest.mark.parametrize("name", sorted(FILTERS) or ["absent"])
def test_a_security_group_lets_in_what_the_case_says(name: str) -> None:
    """R-260, R-261: the group of the case, on the application of an account of our own."""
    given, packet = FILTERS[name]["given"], FILTERS[name]["packet"]
    held = json.loads((folder() / given["file"]).read_text(encoding="utf-8"))["SecurityGroups"][given["index"]]
    answers = account()
    answers["RouteTables"].pop()
    answers["SecurityGroups"].append({**held, "GroupId": "sg-case", "VpcId": "vpc-1"})
    answers["NetworkInterfaces"][1]["Groups"] = [{"GroupId": "sg-case"}]
    fields = {"source_ip": packet["src_ip"], "protocol": PROTOCOLS[packet["protocol"]]}
    if packet["icmp_type"] is not None:
        fields["icmp"] = f"{packet['icmp_type']}/{packet['icmp_code'] or 0}"
    # No flow of ours goes to port 0; a case that does asks for the lower end of a range, in which 1 lies too.
    to = "52.0.0.20" if packet["dst_port"] is None else f"52.0.0.20:{packet['dst_port'] or 1}"
    leg = ask_imported(imported_account(answers), "internet", to, **fields).legs[0]
    assert leg.reason == (None if FILTERS[name]["expected"] == "permit" else "SG_INGRESS_DENY")
