"""Virtual private gateways and VPN connections: which way is taken, what is propagated, tunnels that are down, both directions."""

import pytest

from tests.aws.tracing import hop, mends, nodes, problems, refusal, scenario, step, trace
from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment
from vpctui.aws.vpn_connection import VpnConnection
from vpctui.engine import change
from vpctui.engine.alter import State
from vpctui.engine.mends import traced
from vpctui.scenario.changing import changed

VPN = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-app: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb}
  sn-nat: {cidr: 10.0.2.0/24, route_table: rtb}
route_tables:
  rtb: {routes: {}, propagating_vgws: [vgw]}
vpn_gateways: {vgw: {}}
vpn_connections:
  vpn-s: {vpn_gateway: vgw, type: static, routes: [192.168.0.0/16]}
  vpn-b: {vpn_gateway: vgw, routes: [192.168.0.0/16, 192.168.7.0/24, 172.16.0.0/16, "2001:db8:ff::/48"], customer_gateway_asn: 65001}
  vpn-c: {vpn_gateway: vgw, routes: [172.17.0.0/16], customer_gateway_asn: 65002}
instances:
  i-app: {subnet: sn-app, private_ip: 10.0.1.10, ipv6: "2001:db8:1:1::10"}
  i-fw:  {subnet: sn-app, private_ip: 10.0.1.99, source_dest_check: off, ip_forward: on}
hosts:
  office: {ip: 192.168.0.5, behind: vgw}
  branch: {ip: 172.16.0.5, behind: vpn-b, ipv6: "2001:db8:ff::5"}
  other:  {ip: 172.17.0.5, behind: vpn-c}
flows:
  out:     {from: i-app, to: "office:443"}
  seven:   {from: i-app, to: "192.168.7.7:443"}
  unknown: {from: i-app, to: "10.9.0.1:443"}
  in:      {from: office, to: "i-app:443"}
  from-b:  {from: branch, to: "i-app:443"}
  to-b:    {from: i-app, to: "branch:443"}
  six:     {from: i-app, to: "[2001:db8:ff::5]:443", ipv6: on}
  six-in:  {from: branch, to: "[2001:db8:1:1::10]:443", ipv6: on}
  hub:     {from: branch, to: "other:443"}
  forged:  {from: i-fw, to: "office:443", source_ip: 10.9.9.9}
  outside: {from: office, to: "198.51.100.1:443"}
  big:     {from: i-app, to: "office:443", size: 1500}
  big-in:  {from: office, to: "i-app:443", size: 1447}
"""


def via(found: str, flow: str, *changes: str) -> str:
    applied = step(trace(found, flow, *changes), "vgw-remote-route")
    assert applied is not None
    return str(applied.facts["via"])


def test_propagation_installs_what_the_connections_know_ranked_static_before_bgp() -> None:
    """R-015, R-109, R-113: the row that wins is the static VPN's; the longer BGP prefix wins for its own addresses."""
    found = trace(VPN, "out")
    lookup = hop(found, "vpc-main").lookup
    assert lookup is not None
    assert [(row.origin, row.note) for row in lookup.candidates if row.destination == "192.168.0.0/16"] == [
        ("propagated-static", "ROUTE_WON"),
        ("bgp", "ROUTE_LOST_PRIORITY"),
    ]
    assert (found.outcome, nodes(found)) == ("ok", ["i-app", "vpc-main", "vgw", "office"])
    assert via(VPN, "out") == "vpn-s"
    assert via(VPN, "seven") == "vpn-b"


def test_disabled_propagation_takes_the_routes_away() -> None:
    """R-109."""
    assert trace(VPN, "out", "rtb.propagating_vgws-=vgw").outcome == "forward:NO_ROUTE"


def test_a_static_row_for_the_vgw_hides_the_propagated_ones() -> None:
    """R-015, R-016."""
    lookup = hop(trace(VPN, "out", "rtb[192.168.0.0/16]=vgw"), "vpc-main").lookup
    assert lookup is not None
    assert lookup.winner is not None
    assert lookup.winner.origin == "static"


def test_only_known_prefixes_leave() -> None:
    """R-112: whatever the subnet's table says."""
    found = trace(VPN, "unknown", "rtb[0.0.0.0/0]=vgw")
    assert (found.outcome, found.legs[0].last.node) == ("forward:VGW_NO_ONPREM_ROUTE", "vgw")


def test_addresses_of_the_vpc_only_in_both_directions() -> None:
    """R-110, R-111, R-127."""
    assert trace(VPN, "forged").outcome == "forward:VGW_ADDRESS_NOT_IN_VPC"
    assert trace(VPN, "outside").outcome == "forward:VGW_ADDRESS_NOT_IN_VPC"


def test_dead_tunnels_of_the_static_connection_leave_the_bgp_way() -> None:
    """R-113: what works comes before every attribute."""
    assert via(VPN, "out", "vpn-s.tunnels=down,down") == "vpn-b"
    assert trace(VPN, "out", "vpn-s.tunnels=down,down").outcome == "ok"
    assert via(VPN, "out", "vpn-s.tunnels[1]=down") == "vpn-s"


def test_a_static_route_stays_while_its_tunnels_are_down() -> None:
    """R-119: it is still propagated, and the packet ends at the gateway."""
    found = trace(VPN, "out", "vpn-s.tunnels=down,down", "vpn-b.tunnels=down,down")
    assert (found.outcome, found.legs[0].last.node) == ("forward:VPN_TUNNEL_DOWN", "vgw")
    assert mends(found) == ("vpn-s.tunnels[1]=up",)


def test_bgp_prefixes_disappear_with_the_tunnels() -> None:
    """R-119: the packet finds no route in its own subnet's table."""
    found = trace(VPN, "to-b", "vpn-b.tunnels=down,down")
    assert (found.outcome, found.legs[0].last.node) == ("forward:NO_ROUTE", "vpc-main")


def test_a_dead_longer_prefix_does_not_beat_a_live_shorter_one() -> None:
    """R-113."""
    text = VPN.replace("type: static, routes: [192.168.0.0/16]}", "type: static, routes: [192.168.0.0/24], tunnels: [down, down]}")
    assert via(text, "out") == "vpn-b"
    looked = step(trace(text, "out"), "vgw-remote-route")
    assert looked is not None
    assert looked.lookup is not None
    assert {row.note for row in looked.lookup.candidates if row.destination == "192.168.0.0/24"} == {"ROUTE_INACTIVE"}


@pytest.mark.parametrize(("field", "winner"), [("as_path_length: 2", "vpn-2"), ("med: 5", "vpn-2")])
def test_attributes_decide_between_equal_bgp_ways(field: str, winner: str) -> None:
    """R-113: shorter AS_PATH, lower MED."""
    text = VPN.replace(
        "vpn-c: {", f"vpn-1: {{vpn_gateway: vgw, routes: [10.8.0.0/16], {field}}}\n  vpn-2: {{vpn_gateway: vgw, routes: [10.8.0.0/16]}}\n  vpn-c: {{"
    )
    assert via(text.replace("10.9.0.1:443", "10.8.0.1:443"), "unknown") == winner


def test_of_equal_ways_one_is_chosen_and_a_person_may_choose_the_other() -> None:
    """R-114, C-21."""
    text = VPN.replace("vpn-c: {", "vpn-1: {vpn_gateway: vgw, routes: [10.8.0.0/16]}\n  vpn-2: {vpn_gateway: vgw, routes: [10.8.0.0/16]}\n  vpn-c: {")
    text = text.replace("10.9.0.1:443", "10.8.0.1:443")
    for wanted in ("vpn-1", "vpn-2"):
        found = step(trace(text, "unknown", choices={"vgw": wanted}), "vgw-remote-route")
        assert found is not None
        assert (found.facts["via"], found.choices[0], len(found.choices)) == (wanted, wanted, 2)


def test_what_comes_in_by_a_dead_connection_does_not_arrive() -> None:
    """R-114, R-119."""
    assert trace(VPN, "from-b").outcome == "ok"
    found = trace(VPN, "from-b", "vpn-b.tunnels=down,down")
    assert (found.outcome, found.legs[0].last.node) == ("forward:VPN_TUNNEL_DOWN", "vgw")
    assert trace(VPN, "in", "vpn-s.tunnels=down,down").outcome == "ok"
    assert trace(VPN, "in", "vpn-s.tunnels=down,down", "vpn-b.tunnels=down,down").outcome == "forward:VPN_TUNNEL_DOWN"


def test_a_vpn_carries_no_ipv6() -> None:
    """R-115, C-10."""
    assert trace(VPN, "six").outcome == "forward:PROTOCOL_NOT_SUPPORTED"
    assert (trace(VPN, "six-in").outcome, trace(VPN, "six-in").legs[0].last.node) == ("forward:PROTOCOL_NOT_SUPPORTED", "vgw")


def test_what_is_too_big_for_a_tunnel_vanishes_in_both_directions() -> None:
    """R-118, R-296: 1446 bytes, and nobody says so; without DF it is fragmented."""
    found = trace(VPN, "big")
    assert (found.outcome, found.icmp, hop(found, "vgw").verdict) == ("forward:MTU_EXCEEDED_DF", None, "DROPPED")
    assert step(found, "mtu-silent") is not None
    assert trace(VPN, "big", "flows.big.size=1446").outcome == "ok"
    assert trace(VPN, "big", "flows.big.dont_fragment=off").outcome == "ok"
    assert trace(VPN, "big-in").outcome == "forward:MTU_EXCEEDED_DF"


def test_sites_reach_each_other_through_the_gateway_by_bgp_with_numbers_of_their_own() -> None:
    """R-121: CloudHub."""
    found = trace(VPN, "hub")
    assert (found.outcome, nodes(found)) == ("ok", ["branch", "vgw", "other"])
    assert trace(VPN.replace("customer_gateway_asn: 65002", "customer_gateway_asn: 65001"), "hub").outcome == "forward:VGW_ADDRESS_NOT_IN_VPC"
    assert trace(VPN.replace("vpn-c: {", "vpn-c: {type: static, "), "hub").outcome == "forward:VGW_ADDRESS_NOT_IN_VPC"


def test_nothing_is_translated_and_no_ttl_is_spent() -> None:
    """R-117, R-303."""
    last = trace(VPN, "out").legs[0].last
    assert (str(last.packet.src), last.packet.ttl) == ("10.0.1.10", 64)


LAN = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets: {sn-app: {cidr: 10.0.1.0/24, route_table: rtb}}
route_tables: {rtb: {routes: {}, propagating_vgws: [vgw]}}
vpn_gateways: {vgw: {routes: {192.168.0.0/16: static}}}
instances: {i-app: {subnet: sn-app, private_ip: 10.0.1.10}}
networks: {lan: {cidr: 192.168.5.0/24}}
routers: {cgw: {behind: vgw, interfaces: {lan: 192.168.5.1}}}
hosts: {pc: {interfaces: {lan: 192.168.5.10}, routes: {0.0.0.0/0: 192.168.5.1}}}
flows:
  in:   {from: pc, to: "i-app:443"}
  out:  {from: i-app, to: "pc:443"}
  hop1: {from: pc, to: "i-app:443", ttl: 1}
  past: {from: i-app, to: "192.168.9.9:443"}
"""


def test_a_customer_gateway_is_a_router_with_a_network_behind_it() -> None:
    """R-126, R-303: it is a hop with a TTL."""
    found = trace(LAN, "in")
    assert (found.outcome, nodes(found)) == ("ok", ["pc", "cgw", "vgw", "i-app"])
    assert nodes(found, 1) == ["i-app", "vpc-main", "vgw", "cgw", "pc"]
    assert (found.legs[0].last.packet.ttl, found.legs[1].last.packet.ttl) == (63, 63)
    assert nodes(trace(LAN, "out")) == ["i-app", "vpc-main", "vgw", "cgw", "pc"]
    assert nodes(trace(LAN, "past")) == ["i-app", "vpc-main", "vgw", "on-premises"]  # it has no network with that address


def test_a_host_behind_a_gateway_is_no_way_to_its_other_networks() -> None:
    """R-126: only a router is."""
    text = LAN.replace("routers: {cgw: {behind: vgw, interfaces: {lan: 192.168.5.1}}}", "")
    text = text.replace("hosts: {pc: {", "hosts: {srv: {ip: 192.168.0.9, behind: vgw, interfaces: {lan: 192.168.5.1}}, pc: {")
    assert nodes(trace(text, "out")) == ["i-app", "vpc-main", "vgw", "on-premises"]


ENDS = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-b: {cidr: 10.2.0.0/16}}
subnets:
  sn-a: {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc-b, cidr: 10.2.1.0/24, route_table: rtb-b}
route_tables:
  rtb-a: {192.168.0.0/16: vgw-a}
  rtb-b: {192.168.0.0/16: tgw}
vpn_gateways: {vgw-a: {vpc: vpc-a, routes: [192.168.0.0/16]}}
transit_gateways:
  tgw:
    attachments:
      att-b:   {vpc: vpc-b, subnets: [sn-b], route_table: rt}
      att-vpn: {vpn: [192.168.0.0/16], route_table: rt}
    route_tables: {rt: {propagations: [att-b, att-vpn]}}
vpn_connections: {vpn-t: {transit_gateway_attachment: att-vpn, routes: [172.16.0.0/16]}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.1.1.10}
  i-b: {subnet: sn-b, private_ip: 10.2.1.10}
hosts: {depot: {ip: 172.16.0.9, behind: vpn-t}}
flows:
  a:     {from: on-premises, to: "i-a:443", source_ip: 192.168.0.1}
  b:     {from: on-premises, to: "i-b:443", source_ip: 192.168.0.1, via: att-vpn}
  lost:  {from: on-premises, to: "10.99.0.1:443", source_ip: 192.168.0.1}
  wrong: {from: on-premises, to: "i-b:443", source_ip: 192.168.0.1, via: sn-b}
  out-a: {from: i-a, to: "192.168.0.1:443"}
  out-b: {from: i-b, to: "192.168.0.1:443"}
  depot: {from: depot, to: "i-b:443"}
"""


def test_the_end_on_premises_comes_in_where_the_flow_says_or_where_the_destination_is_held() -> None:
    """R-114, R-126: and takes what leaves towards it, and answers by the way it came."""
    assert nodes(trace(ENDS, "a")) == ["on-premises", "vgw-a", "i-a"]
    found = trace(ENDS, "b")
    assert (found.outcome, nodes(found)) == ("ok", ["on-premises", "tgw", "i-b"])
    assert nodes(found, 1) == ["i-b", "vpc-b", "tgw", "on-premises"]
    for flow, gateway in (("out-a", "vgw-a"), ("out-b", "tgw")):
        found = trace(ENDS, flow)
        assert (found.outcome, nodes(found)[-2:], nodes(found, 1)[:2]) == ("ok", [gateway, "on-premises"], ["on-premises", gateway])


@pytest.mark.parametrize("flow", ["lost", "wrong"])
def test_where_it_comes_in_has_to_be_known(flow: str) -> None:
    found = trace(ENDS, flow)
    assert found.outcome == "forward:INSUFFICIENT_INFO"
    assert found.legs[0].verdict == "STOPPED"


def test_a_vpn_connection_of_a_transit_gateway_attachment() -> None:
    """R-119, R-235: a host behind it, and what happens when its tunnels are down."""
    routed = "rtb-b[172.16.0.0/16]=tgw"
    found = trace(ENDS, "depot", routed)
    assert (found.outcome, nodes(found), nodes(found, 1)) == ("ok", ["depot", "tgw", "i-b"], ["i-b", "vpc-b", "tgw", "depot"])
    only = ENDS.replace("{vpn: [192.168.0.0/16], ", "{vpn: [], ")
    assert trace(only, "depot", routed, "vpn-t.tunnels=down,down").outcome == "forward:VPN_TUNNEL_DOWN"


TGW_VPN = """
vpcs: {vpc-b: {cidr: 10.2.0.0/16}}
subnets: {sn-b: {cidr: 10.2.1.0/24, route_table: rtb-b}}
route_tables: {rtb-b: {0.0.0.0/0: tgw}}
transit_gateways:
  tgw:
    attachments:
      att-b: {vpc: vpc-b, subnets: [sn-b], route_table: rt}
      att-1: {vpn: [], route_table: rt}
      att-2: {vpn: [], route_table: rt}
      att-c: {connect: [10.60.0.0/16], route_table: rt}
    route_tables: {rt: {propagations: [att-b, att-1, att-2, att-c]}}
vpn_connections:
  vpn-1: {transit_gateway_attachment: att-1, routes: [172.16.0.0/16, 172.30.0.0/16]}
  vpn-2: {transit_gateway_attachment: att-2, routes: [172.16.0.0/16]}
instances: {i-b: {subnet: sn-b, private_ip: 10.2.1.10}}
hosts: {peer: {ip: 10.60.0.1, behind: att-c}}
flows:
  out:   {from: i-b, to: "172.16.0.9:443"}
  only:  {from: i-b, to: "172.30.0.9:443"}
  in:    {from: on-premises, to: "i-b:443", source_ip: 172.30.0.9, via: vpn-1, size: 1447}
  peer:  {from: peer, to: "i-b:443", size: 9001}
  to-peer: {from: i-b, to: "peer:443"}
"""


def test_equal_bgp_vpns_share_the_load_and_a_person_may_choose() -> None:
    """R-235, C-21: one lookup, two attachments; the choice is told by the step."""
    for wanted in ("att-1", "att-2"):
        found = trace(TGW_VPN, "out", f"choose.rt={wanted}")
        chosen = step(found, "tgw-lookup")
        assert chosen is not None
        assert (hop(found, "tgw").target, chosen.choices[0], set(chosen.choices)) == (wanted, wanted, {"att-1", "att-2"})
    taken = {hop(trace(TGW_VPN, "out", f"flows.out.source_port={port}"), "tgw").target for port in range(50000, 50016)}
    assert taken == {"att-1", "att-2"}


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        ("attachments:\n", "vpn_ecmp: off\n    attachments:\n"),
        ("vpn-2: {", "vpn-2: {type: static, "),
        ("vpn-2: {", "vpn-2: {as_path_length: 3, "),
        ("vpn-2: {", "vpn-2: {customer_gateway_asn: 65001, "),
    ],
)
def test_unequal_vpns_do_not_share_it(found: str, instead: str) -> None:
    """R-227, R-235: with it off, with a static one, with another AS_PATH, with another AS number."""
    chosen = step(trace(TGW_VPN.replace(found, instead, 1), "out"), "tgw-lookup")
    assert chosen is not None
    assert chosen.choices == ()


def test_what_bgp_announced_is_gone_with_the_tunnels_and_the_other_attachment_takes_it() -> None:
    """R-119, R-228."""
    assert hop(trace(TGW_VPN, "out", "vpn-1.tunnels=down,down"), "tgw").target == "att-2"
    assert trace(TGW_VPN, "only", "vpn-1.tunnels=down,down").outcome == "forward:TGW_NO_ROUTE"


def test_a_written_route_to_a_vpn_that_is_down_ends_in_it() -> None:
    """R-119: by BGP and by static routes."""
    for text in (TGW_VPN, TGW_VPN.replace("vpn-1: {", "vpn-1: {type: static, ")):
        found = trace(text, "only", "rt[172.30.0.0/16]=att-1", "vpn-1.tunnels=down,down")
        assert (found.outcome, found.legs[0].last.target) == ("forward:VPN_TUNNEL_DOWN", "att-1")


def test_the_transit_gateway_reports_1500_and_the_vpn_behind_it_is_silent() -> None:
    """R-118, R-294, R-296."""
    found = trace(TGW_VPN, "only", "flows.only.size=1501")
    assert found.icmp is not None
    assert (found.outcome, found.icmp.sender, found.icmp.mtu) == ("forward:MTU_EXCEEDED_DF", "tgw", 1500)
    found = trace(TGW_VPN, "only", "flows.only.size=1500")
    assert (found.outcome, found.icmp) == ("forward:MTU_EXCEEDED_DF", None)
    assert trace(TGW_VPN, "only", "flows.only.size=1446").outcome == "ok"
    found = trace(TGW_VPN, "in")
    assert (found.outcome, found.icmp) == ("forward:MTU_EXCEEDED_DF", None)


def test_a_connect_attachment_is_told_what_is_too_big() -> None:
    """R-296: by VPC and Connect ingress only."""
    found = trace(TGW_VPN, "peer")
    assert found.icmp is not None
    assert (found.outcome, found.icmp.sender, found.icmp.mtu, found.icmp.arrives) == ("forward:MTU_EXCEEDED_DF", "tgw", 8500, True)
    assert trace(TGW_VPN, "peer", "flows.peer.size=8500").outcome == "ok"


def test_what_comes_in_by_an_attachment_comes_with_the_table_of_its_association() -> None:
    """R-225: whether by the attachment itself or by a connection of it; none where it is associated with none."""
    assert hop(trace(TGW_VPN, "peer", "flows.peer.size=100"), "tgw").arrival.table == "rt"
    assert hop(trace(TGW_VPN, "in", "flows.in.size=100"), "tgw").arrival.table == "rt"
    assert hop(trace(TGW_VPN, "in", "att-1.route_table=none"), "tgw").arrival.table == ""


def test_a_connect_attachment_carries_8500_bytes_out() -> None:
    """R-294: it is the way behind that has the limit, where the packet comes from a VPC that has it too."""
    for size, outcome in ((8500, "ok"), (8501, "forward:MTU_EXCEEDED_DF")):
        assert trace(TGW_VPN, "to-peer", f"flows.to-peer.size={size}").outcome == outcome
    network = scenario(TGW_VPN).network
    assert [path.mtu for path in network.the(TransitGatewayAttachment, "att-c").paths(network)] == [8500]


def _beside(attachment: str) -> str:
    """The network with one more attachment, which propagates."""
    text = TGW_VPN.replace("      att-c: {", f"      {attachment}\n      att-c: {{")
    return text.replace("[att-b, att-1", f"[{attachment.partition(':')[0]}, att-b, att-1")


def test_equal_connect_attachments_share_the_load() -> None:
    """R-235: Connect always does; VPC attachments never."""
    text = _beside("att-d: {connect: [10.60.0.0/16], route_table: rt}")
    chosen = step(trace(text, "to-peer"), "tgw-lookup")
    assert chosen is not None
    assert set(chosen.choices) == {"att-c", "att-d"}


def test_direct_connect_is_preferred_to_a_vpn_at_a_transit_gateway_too() -> None:
    """R-227: whatever carries it."""
    text = _beside("att-x: {direct_connect_gateway: [], route_table: rt}")
    text += "virtual_interfaces: {dxvif: {type: transit, transit_gateway_attachment: att-x, routes: [172.16.0.0/16]}}\n"
    assert hop(trace(text, "out"), "tgw").target == "att-x"
    assert hop(trace(text, "out", "dxvif.state=down"), "tgw").target != "att-x"


def test_what_comes_in_by_one_of_two_connections_needs_that_one() -> None:
    """R-119: the other may be down, or up."""
    both = TGW_VPN.replace("vpn_connections:\n", "vpn_connections:\n  vpn-3: {transit_gateway_attachment: att-1, routes: [172.30.0.0/16]}\n")
    small = "flows.in.size=100"
    assert trace(both, "in", small, "vpn-3.tunnels=down,down").outcome == "ok"
    assert trace(both, "in", small, "vpn-1.tunnels=down,down").outcome == "forward:VPN_TUNNEL_DOWN"


def test_what_two_connections_of_an_attachment_announce_is_one_row() -> None:
    """R-226: however each of them learned it."""
    both = TGW_VPN.replace("vpn_connections:\n", "vpn_connections:\n  vpn-3: {transit_gateway_attachment: att-1, type: static, routes: [172.30.0.0/16]}\n")
    asked = step(trace(both, "only"), "tgw-lookup")
    assert asked is not None
    assert asked.lookup is not None
    assert [row.target for row in asked.lookup.candidates if row.destination == "172.30.0.0/16"] == ["att-1"]


@pytest.mark.parametrize(("key", "tunnels"), [("1", ("down", "up")), ("2", ("up", "down"))])
def test_tunnels_are_counted_from_one(key: str, tunnels: tuple[str, ...]) -> None:
    state = changed(scenario(TGW_VPN), [f"vpn-1.tunnels[{key}]=down"])
    assert isinstance(state, State), state
    assert state.world.network.the(VpnConnection, "vpn-1").tunnels == tunnels
    assert isinstance(changed(scenario(TGW_VPN), ["vpn-1.tunnels=up,down"]), State)
    for beyond in ("0", "3"):
        assert refusal(TGW_VPN, f"vpn-1.tunnels[{beyond}]=down").message == "vpn-1 has tunnels 1 and 2"


def test_changes_of_a_connection() -> None:
    """R-119: CreateVpnConnectionRoute on a static one only; tunnels one by one or all."""
    network = scenario(VPN).network
    added = change.parse("vpn-s.routes+=10.8.0.0/16")
    assert isinstance(added, change.Change)
    assert change.commands(added, network) == ("aws ec2 create-vpn-connection-route --vpn-connection-id vpn-s --destination-cidr-block 10.8.0.0/16",)
    assert refusal(VPN, "vpn-b.routes+=10.8.0.0/16").error == "InvalidVpnConnection.InvalidType"
    for text in ("vpn-s.tunnels[3]=up", "vpn-s.tunnels[1]=broken", "vpn-s.tunnels[1]=up,down", "vpn-s.tunnels+=up"):
        assert refusal(VPN, text).reason == "QUERY_INVALID", text
    found = change.setting_at("vpn-s.tunnels[2]", network)
    assert found is not None
    assert (found.value, found.choices) == ("up", ("up", "down"))


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("vpn-c: {vpn_gateway: vgw, ", "vpn-c: {", "E124"),
        ("vpn-c: {vpn_gateway: vgw, ", "vpn-c: {vpn_gateway: vgw-x, ", "E202"),
        ("type: static", "type: ospf", "E125"),
        ("type: static", "tunnels: [up, broken]", "E125"),
        ("behind: vpn-b", "behind: vpn-x", "E202"),
    ],
)
def test_mistakes_in_a_file(found: str, instead: str, code: str) -> None:
    assert code in problems(VPN.replace(found, instead, 1))


def test_its_edge_table_intercepts_what_comes_in_and_only_that() -> None:
    """R-072, R-116: without one the packet goes straight to its destination."""
    text = LAN.replace("vpn_gateways: {vgw: {", "vpn_gateways: {vgw: {route_table: rtb-edge, ").replace(
        "route_tables: {", "route_tables: {rtb-edge: {10.0.1.0/24: eni-fw}, "
    )
    text = text.replace("instances: {", "instances: {i-fw: {subnet: sn-fw, private_ip: 10.0.9.9, source_dest_check: off, ip_forward: on}, ")
    text = text.replace("subnets: {", "subnets: {sn-fw: {cidr: 10.0.9.0/24, route_table: rtb}, ")
    found = trace(text, "in")
    assert (found.outcome, nodes(found)) == ("asymmetric", ["pc", "cgw", "vgw", "i-fw", "vpc-main", "i-app"])
    assert nodes(trace(text, "in", "vgw.route_table=none")) == ["pc", "cgw", "vgw", "i-app"]


def test_a_vpc_has_one_virtual_private_gateway() -> None:
    """R-108."""
    assert "E217" in problems(LAN.replace("vpn_gateways: {", "vpn_gateways: {vgw-0: {}, "))


CONCENTRATED = TGW_VPN.replace("vpn-2: {", "vpn-2: {concentrator: on, ")


def test_a_vpn_concentrator_ranks_after_other_vpns_and_shares_no_load() -> None:
    """R-120, R-227."""
    found = step(trace(CONCENTRATED, "out"), "tgw-lookup")
    assert found is not None
    assert (found.facts["target"], found.choices) == ("att-1", ())
    assert hop(trace(CONCENTRATED, "out", "vpn-1.tunnels=down,down"), "tgw").target == "att-2"


@pytest.mark.parametrize("instead", ["concentrator: on, type: static, ", "concentrator: on, vpn_gateway: vgw, "])
def test_a_vpn_concentrator_needs_a_transit_gateway_and_bgp(instead: str) -> None:
    """R-120."""
    text = TGW_VPN.replace("vpn-2: {", f"vpn-2: {{{instead}").replace("transit_gateways:", "vpn_gateways: {vgw: {}}\ntransit_gateways:")
    assert "E125" in problems(text)


def test_a_host_behind_the_gateway_hands_the_packet_to_it() -> None:
    """R-126: there is no neighbour to look for, and nobody claims that the destination is the gateway."""
    found = trace(VPN, "in")
    handed = step(found, "behind-gateway")
    assert handed is not None
    assert handed.facts["to"] == "vgw"
    assert step(found, "link") is None


DETACHED = """
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}, vpc-2: {cidr: 10.2.0.0/16}}
subnets: {sn: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb}}
internet_gateways: {igw: {vpc: vpc}}
vpn_gateways: {vgw: {vpc: vpc, routes: [192.168.0.0/16]}, vgw-2: {vpc: vpc-2}}
route_tables: {rtb: {192.168.0.0/16: vgw, "::/0": igw}, rtb-edge: {vpc: vpc, routes: {}}}
instances: {i-app: {subnet: sn, private_ip: 10.0.1.10, ipv6: "2001:db8:1:1::10"}}
hosts: {dc: {ip: 192.168.1.9, behind: vgw}, client: {ipv6: "2001:db8:9::9"}}
flows:
  in:  {from: dc, to: "10.0.1.10:80"}
  out: {from: i-app, to: "192.168.1.9:80"}
  six: {from: client, to: "[2001:db8:1:1::10]:80"}
"""


@pytest.mark.parametrize(("flow", "gateway", "reason"), [("in", "vgw", "VGW_DETACHED"), ("six", "igw", "IGW_DETACHED")])
def test_a_detached_gateway_brings_nothing_in_and_attaching_it_mends_that(flow: str, gateway: str, reason: str) -> None:
    """R-036, R-052, R-108: what comes from outside ends there, and the mend names the VPC of the destination."""
    state = changed(scenario(DETACHED), (f"{gateway}.vpc=none",))
    assert not isinstance(state, change.Refusal)
    found = traced(state, flow)
    assert found.outcome == f"forward:{reason}"
    assert mends(found) == (f"{gateway}.vpc=vpc",)
    assert trace(DETACHED, flow, f"{gateway}.vpc=none", *mends(found)).outcome == "ok"


def test_attaching_and_detaching_a_virtual_private_gateway() -> None:
    """R-036, R-108: a route to a detached one is a blackhole; one VPC has one, and one is attached to one VPC."""
    assert trace(DETACHED, "out", "vgw.vpc=none").outcome == "forward:ROUTE_BLACKHOLE"
    assert refusal(DETACHED, "vgw-2.vpc=vpc").error == "VpnGatewayAttachmentLimitExceeded"
    assert refusal(DETACHED, "vgw-2.vpc=none", "vgw-2.vpc=vpc").error == "InvalidVpcState"
    assert refusal(DETACHED, "vgw.route_table=rtb-edge", "vgw.vpc=none").rule == "R-052"
    network = scenario(DETACHED).network
    assert change.commands(made("vgw.vpc=none"), network) == ("aws ec2 detach-vpn-gateway --vpn-gateway-id vgw --vpc-id vpc",)


def made(text: str) -> change.Change:
    parsed = change.parse(text)
    assert isinstance(parsed, change.Change)
    return parsed


def test_two_connections_of_one_attachment_share_the_load_and_a_person_may_choose() -> None:
    """R-235, C-21: one attachment, two equal ways out of it."""
    both = TGW_VPN.replace("vpn_connections:\n", "vpn_connections:\n  vpn-3: {transit_gateway_attachment: att-1, routes: [172.30.0.0/16]}\n")
    for wanted in ("vpn-1", "vpn-3"):
        chosen = step(trace(both, "only", f"choose.att-1={wanted}"), "tgw-remote-path")
        assert chosen is not None
        assert (chosen.facts["via"], chosen.choices[0], set(chosen.choices)) == (wanted, wanted, {"vpn-1", "vpn-3"})
    alone = step(trace(TGW_VPN, "only"), "tgw-remote-path")
    assert alone is not None
    assert alone.choices == ()


def test_a_written_route_goes_out_over_a_connection_that_did_not_announce_it() -> None:
    """R-119: what the transit gateway's table says decides; the tunnel is up."""
    text = TGW_VPN.replace("route_tables: {rt: {", "route_tables: {rt: {routes: {172.31.0.0/16: att-1}, ") + '  beyond: {from: i-b, to: "172.31.0.9:443"}\n'
    assert trace(text, "beyond").outcome == "ok"
    assert trace(text, "beyond", "vpn-1.tunnels=down,down").outcome == "forward:VPN_TUNNEL_DOWN"
