"""Forecasts: tcpdump lines against tcpdump itself, flow log records against AWS's own examples and rule R-282."""

import json
import re
from pathlib import Path

import pytest

from tests.aws.lab import Lab
from tests.interop.captures import Program, captured, printed
from vpctui.cli import main
from vpctui.interop.flow_log import FIELDS, Record, records
from vpctui.interop.observation import sightings
from vpctui.interop.tcpdump import watches

LAB = """
vpcs:
  vpc-a: {cidr: 10.0.0.0/16}
  vpc-b: {cidr: 10.1.0.0/16}
subnets:
  sn-a: {vpc: vpc-a, cidr: 10.0.1.0/24, route_table: rtb-a, network_acl: acl-a}
  sn-c: {vpc: vpc-a, cidr: 10.0.2.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc-b, cidr: 10.1.1.0/24, route_table: rtb-b}
network_acls:
  acl-a: {ingress: {100: allow all 0.0.0.0/0}, egress: {100: allow all 0.0.0.0/0}}
route_tables:
  rtb-a: {0.0.0.0/0: igw, 10.1.0.0/16: pcx, 192.168.0.0/16: vgw}
  rtb-b: {10.0.0.0/16: pcx}
internet_gateways:
  igw: {vpc: vpc-a}
vpn_gateways:
  vgw: {vpc: vpc-a, routes: [192.168.0.0/16]}
vpc_peering_connections:
  pcx: {vpcs: [vpc-a, vpc-b]}
security_groups:
  sg-a: {ingress: [tcp 22 10.0.0.0/16], egress: [all 0.0.0.0/0]}
  sg-c: {ingress: [tcp 22 0.0.0.0/0], egress: [tcp 80 0.0.0.0/0]}
instances:
  i-a: {subnet: sn-a, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg-a], secondary_private_ips: [10.0.1.11]}
  i-c: {subnet: sn-c, private_ip: 10.0.2.10, security_groups: [sg-c]}
  i-b: {subnet: sn-b, private_ip: 10.1.1.10}
hosts:
  web: {ip: 192.0.2.80}
flows:
  out: {from: i-a, to: "web:443"}
  ssh: {from: i-c, to: "i-a:22"}
  closed: {from: i-a, to: "i-c:80"}
  peer: {from: i-a, to: "i-b:80"}
  home: {from: i-a, to: "192.168.1.1:80"}
  nowhere: {from: i-b, to: "192.0.2.80:80"}
  second: {from: i-c, to: "10.0.1.11:22"}
  ping: {from: i-a, to: web, protocol: icmp}
  imds: {from: i-a, to: "169.254.169.254:80"}
"""


def lab_records(flow: str, *made: str, text: str = LAB) -> list[Record]:
    lab = Lab(text)
    conversation = lab.ask(flow, *made)
    return list(records(sightings(conversation, lab.scenario.network), lab.scenario.network))


def told(found: list[Record]) -> list[tuple[str, ...]]:
    return [(each.interface, each.direction, each.action) for each in found]


@pytest.mark.parametrize("asked", ["appliance", "gwlb-edge", "before-tunnel", "before-dnat", "tgw-inspection", "mtu --flow inet", "egress-only-ipv6"])
def test_lines_are_those_of_tcpdump_itself(tmp_path: Path, program: Program, asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    tcpdump = program("tcpdump")
    points = captured(tmp_path, *asked.split())
    capsys.readouterr()
    assert main(["forecast", *asked.split(), "--format", "json"]) == 0
    guests = json.loads(capsys.readouterr().out)["tcpdump"]
    assert guests
    for guest in guests:
        by_interface: dict[str, list[str]] = {}
        for line in guest["prints"]:
            interface, _, line = re.fullmatch(r"<(\S+)> (In |Out) (.*)", line).groups()  # type: ignore[union-attr]
            by_interface.setdefault(interface, []).append(line)
        filter_text = re.search(r"'(.*)'", guest["command"])[1]  # type: ignore[index]
        for interface, expected in by_interface.items():
            actual = printed(tcpdump, points[interface], filter_text)
            assert len(actual) == len(expected)
            for line, wanted in zip(actual, expected, strict=True):
                assert re.fullmatch(_pattern(wanted), line), (wanted, line)


def _pattern(line: str) -> str:
    """A forecast line as a pattern: what it leaves open may be anything."""
    return re.sub(r"<[^>]*>", ".*?", re.escape(line).replace(r"\<", "<").replace(r"\ ", " "))


def test_a_packet_that_a_filter_keeps_out_prints_nothing() -> None:
    lab = Lab(LAB)
    conversation = lab.ask("ssh", "sg-c.egress+=all 0.0.0.0/0", "sg-a.ingress-=tcp 22 10.0.0.0/16")
    sender, receiver = watches(sightings(conversation, lab.scenario.network))
    assert sender.lines == ("<eni-c> Out IP 10.0.2.10.50000 > 10.0.1.10.22: Flags [S], <seq, window, options>, length 0",)
    assert receiver.node == "i-a"
    assert receiver.lines == ()
    assert [seen.rule for seen in receiver.refused] == ["security-group-in"]
    assert receiver.command == "sudo tcpdump -nn -t -i any 'tcp port 22 and host 10.0.1.10 and host 10.0.2.10'"


def test_a_guest_sees_what_its_own_security_group_keeps_inside() -> None:
    lab = Lab(LAB)
    (watch,) = watches(sightings(lab.ask("ssh"), lab.scenario.network))
    assert lab.outcome("ssh") == "forward:SG_EGRESS_DENY"
    assert watch.lines == ("<eni-c> Out IP 10.0.2.10.50000 > 10.0.1.10.22: Flags [S], <seq, window, options>, length 0",)


def test_ping_has_no_ports_anywhere() -> None:
    lab = Lab(LAB)
    (watch,) = watches(sightings(lab.ask("ping"), lab.scenario.network))
    assert watch.command.endswith("'icmp and host 10.0.1.10 and host 192.0.2.80'")
    assert watch.lines[0] == "<eni-a> Out IP 10.0.1.10 > 192.0.2.80: ICMP echo request, id <id>, seq <seq>, length 40"
    assert [(each.srcport, each.dstport, each.protocol) for each in lab_records("ping")] == [(0, 0, 1), (0, 0, 1)]


def test_a_nat_gateway_names_itself_on_its_own_side(capsys: pytest.CaptureFixture[str]) -> None:
    """R-282: as in AWS's example of traffic through a NAT gateway."""
    assert main(["forecast", "nat-gateway", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["flow_log"]
    asked = ("interface-id", "srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "flow-direction", "traffic-path")
    assert [tuple(row[name] for name in asked) for row in rows] == [
        ("eni-priv", "10.0.1.10", "192.0.2.80", "10.0.1.10", "192.0.2.80", "egress", "1"),
        ("eni-nat-a", "10.0.1.10", "10.0.0.20", "10.0.1.10", "192.0.2.80", "ingress", "-"),
        ("eni-nat-a", "10.0.0.20", "192.0.2.80", "10.0.0.20", "192.0.2.80", "egress", "8"),
        ("eni-nat-a", "192.0.2.80", "10.0.0.20", "192.0.2.80", "10.0.0.20", "ingress", "-"),
        ("eni-nat-a", "10.0.0.20", "10.0.1.10", "192.0.2.80", "10.0.1.10", "egress", "1"),
        ("eni-priv", "192.0.2.80", "10.0.1.10", "192.0.2.80", "10.0.1.10", "ingress", "-"),
    ]


def test_the_default_format_has_its_fourteen_fields() -> None:
    first = lab_records("out")[0]
    assert first.text == "2 <account> eni-a 10.0.1.10 192.0.2.80 50000 443 6 2 120 <start> <end> ACCEPT OK 10.0.1.10 192.0.2.80 egress 8"
    assert tuple(first.fields()) == FIELDS


def test_a_secondary_address_stands_only_in_the_packet_fields() -> None:
    """R-282: the interface is named by its primary private address."""
    arriving = lab_records("second", "sg-c.egress+=all 0.0.0.0/0")[1]
    assert (arriving.dstaddr, arriving.pkt_dstaddr) == ("10.0.1.10", "10.0.1.11")


def test_security_groups_and_network_acls_reject() -> None:
    """R-282."""
    assert told(lab_records("closed")) == [("eni-a", "egress", "ACCEPT"), ("eni-c", "ingress", "REJECT")]
    assert told(lab_records("ssh")) == [("eni-c", "egress", "REJECT")]
    entering = lab_records("ssh", "sg-c.egress+=all 0.0.0.0/0", "acl-a.ingress[50]=deny tcp 22 10.0.2.10/32")
    assert told(entering) == [("eni-c", "egress", "ACCEPT"), ("eni-a", "ingress", "REJECT")]
    leaving = lab_records("out", "acl-a.egress[50]=deny tcp 443 0.0.0.0/0")
    assert told(leaving) == [("eni-a", "egress", "REJECT")]
    assert leaving[0].path == "-"


def test_a_reply_that_a_network_acl_stops_is_rejected_after_the_request_was_accepted() -> None:
    """R-282: as in AWS's example of a network ACL that forgets the answer."""
    found = lab_records("ssh", "sg-c.egress+=all 0.0.0.0/0", "acl-a.egress[50]=deny tcp 1024-65535 0.0.0.0/0")
    assert told(found) == [("eni-c", "egress", "ACCEPT"), ("eni-a", "ingress", "ACCEPT"), ("eni-a", "egress", "REJECT")]


def test_routes_and_the_check_leave_no_record(capsys: pytest.CaptureFixture[str]) -> None:
    """R-282."""
    assert lab_records("nowhere") == []
    assert main(["forecast", "appliance", "--set", "eni-fw.source_dest_check=on"]) == 0
    out = capsys.readouterr().out
    assert "No interface writes a record." in out
    assert "eni-fw writes no record of 198.51.100.10:50000 > 10.0.2.10:80" in out


def test_link_local_services_are_not_logged() -> None:
    assert lab_records("imds") == []


def test_traffic_paths() -> None:
    """R-282: through another interface, an internet gateway, a virtual private gateway, a peering connection."""

    def path(flow: str, *made: str, text: str = LAB) -> str:
        return lab_records(flow, *made, text=text)[0].path

    assert path("closed") == "1"
    assert path("out") == "8"
    assert path("home") == "3"
    assert path("peer") == "4"
    assert path("peer", text=LAB.replace("vpcs: [vpc-a, vpc-b]", "vpcs: [vpc-a, vpc-b], inter_region: on")) == "5"


def test_what_is_not_modelled_has_its_status(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("vpctui: 1" + LAB)
    assert main(["forecast", str(path), "--flow", "out"]) == 0
    assert main(["forecast", str(path), "--flow", "no"]) == 2


def test_japanese_has_every_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "appliance", "--lang", "ja"]) == 0
    out = capsys.readouterr().out
    assert "シナリオからの予測であり、実測ではない" in out
    assert "VPCフローログのレコード" in out
