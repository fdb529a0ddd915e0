"""Tunnels between machines: two headers, sizes, what the filters and the check see, tunnels that are down."""

import pytest

from tests.aws.tracing import hop, nodes, problems, step, trace
from vpctui.aws.tunnel import OVERHEAD
from vpctui.trace import Hop

BRANCH = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-app}
route_tables:
  rtb-fw:  {0.0.0.0/0: igw}
  rtb-app: {192.168.50.0/24: eni-fw}
internet_gateways: {igw: {}}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on,
          security_groups: [sg-fw], routes: {192.168.50.0/24: tun}}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10}
security_groups:
  sg-fw: {ingress: ["udp 4500 198.51.100.1/32", "udp 6081 198.51.100.1/32", "gre 198.51.100.1/32", "all 10.0.2.0/24"]}
hosts:
  pc: {interfaces: {branch: 192.168.50.10}, routes: {0.0.0.0/0: 192.168.50.1}}
routers:
  br: {interfaces: {branch: 192.168.50.1, internet: 198.51.100.1}, routes: {10.0.0.0/16: tun, 0.0.0.0/0: internet}}
networks: {branch: {cidr: 192.168.50.0/24}}
tunnels:
  tun:
    type: ipsec
    ends:
      br:   {local: 198.51.100.1, remote: 203.0.113.10}
      i-fw: {local: 10.0.1.10, remote: 198.51.100.1}
flows:
  web: {from: pc, to: "i-app:80"}
  out: {from: i-app, to: "pc:80"}
"""


def outer(found: Hop) -> tuple[str, str, str, int]:
    packet = found.packet
    return packet.socket("src"), packet.socket("dst"), packet.protocol, packet.size


@pytest.mark.parametrize(
    ("kind", "protocol", "ends"),
    [
        ("ipsec", "udp", ("198.51.100.1:4500", "203.0.113.10:4500")),
        ("gre", "gre", ("198.51.100.1", "203.0.113.10")),
        ("geneve", "udp", ("198.51.100.1:6081", "203.0.113.10:6081")),
    ],
)
def test_two_headers_from_end_to_end(kind: str, protocol: str, ends: tuple[str, str]) -> None:
    """R-139, R-158, RFC 3948: the outer one is translated and filtered, the inner one is untouched."""
    found = trace(BRANCH.replace("type: ipsec", f"type: {kind}"), "web")
    assert (found.outcome, nodes(found)) == ("ok", ["pc", "br", "igw", "i-fw", "vpc-main", "i-app"])
    wrapped = hop(found, "br")
    assert outer(wrapped) == (*ends, protocol, 60 + OVERHEAD[kind])
    assert wrapped.packet.src_port == wrapped.packet.dst_port == {"ipsec": 4500, "gre": 0, "geneve": 6081}[kind]
    assert wrapped.packet.inside is not None
    assert wrapped.packet.inside.socket("src") == "192.168.50.10:50000"
    assert hop(found, "igw").packet.inside == wrapped.packet.inside
    assert (hop(found, "i-fw").packet.inside, found.legs[0].last.packet.ttl) == (None, 62)


def test_the_answer_goes_back_through_the_tunnel() -> None:
    """R-158: the appliance sends it in the tunnel, the internet gateway translates the outer source."""
    found = trace(BRANCH, "web")
    assert nodes(found, 1) == ["i-app", "vpc-main", "i-fw", "vpc-main", "igw", "br", "pc"]
    assert hop(found, "igw", 1).packet.socket("src") == "203.0.113.10:4500"


def test_the_check_sees_the_outer_header_on_the_way_in_and_the_inner_one_on_the_way_out() -> None:
    """R-129, R-130, R-139."""
    found = trace(BRANCH, "web", "eni-fw.source_dest_check=on")
    assert (found.outcome, found.legs[0].last.node) == ("forward:ENI_SRC_DST_CHECK_OUT", "i-fw")
    applied = step(found, "source-dest-check-in")
    assert applied is not None
    assert applied.passed


def test_security_groups_see_the_outer_header() -> None:
    """R-151, RFC 3948."""
    assert trace(BRANCH, "web", "sg-fw.ingress-=udp 4500 198.51.100.1/32").outcome == "forward:SG_INGRESS_DENY"


@pytest.mark.parametrize(("kind", "largest"), [("ipsec", 1427), ("gre", 1476), ("geneve", 1432)])
def test_the_tunnel_takes_from_the_size(kind: str, largest: int) -> None:
    """R-294, C-13: what its header adds counts at the internet gateway."""
    text = BRANCH.replace("type: ipsec", f"type: {kind}")
    assert trace(text, "out", f"flows.out.size={largest}").outcome == "ok"
    found = trace(text, "out", f"flows.out.size={largest + 1}")
    assert (found.outcome, found.legs[0].last.node) == ("forward:MTU_EXCEEDED_DF", "igw")


def test_a_tunnel_that_is_down() -> None:
    """R-119."""
    found = trace(BRANCH.replace("type: ipsec", "type: ipsec\n    up: off"), "web")
    assert (found.outcome, found.legs[0].last.node) == ("forward:VPN_TUNNEL_DOWN", "br")
    assert step(found, "tunnel-up") is not None


def test_what_arrives_with_other_ends_is_not_taken_for_the_tunnel() -> None:
    """R-158: the far end knows another address."""
    text = BRANCH.replace("remote: 198.51.100.1}\nflows", "remote: 198.51.100.9}\nflows")
    assert text != BRANCH
    found = trace(text, "web")
    assert (found.outcome, found.legs[0].last.node) == ("forward:NO_LISTENER", "i-fw")


def test_a_route_to_the_far_end_through_the_tunnel_itself_is_a_loop() -> None:
    """R-146: what every administrator of tunnels does once."""
    found = trace(BRANCH, "web", "br.routes[0.0.0.0/0]=tun")
    assert (found.outcome, found.legs[0].last.node) == ("forward:ROUTING_LOOP", "br")
    applied = step(found, "tunnel-recursive")
    assert applied is not None
    assert not applied.passed


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("type: ipsec", "type: l2tp", "E125"),
        ("      br:   {local: 198.51.100.1, remote: 203.0.113.10}\n", "", "E123"),
        ("br:   {local: 198.51.100.1, ", "br:   {", "E124"),
        ("br:   {local", "br-x: {local", "E202"),
    ],
)
def test_mistakes_in_a_file(found: str, instead: str, code: str) -> None:
    assert code in problems(BRANCH.replace(found, instead, 1))


def test_an_end_that_lacks_an_address_is_one_mistake() -> None:
    """What follows from it is not told as well."""
    assert problems(BRANCH.replace("br:   {local: 198.51.100.1, ", "br:   {", 1)) == ["E124"]
