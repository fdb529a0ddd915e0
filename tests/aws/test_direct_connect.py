"""Direct Connect: a source of routes, its preferences, jumbo frames, public virtual interfaces."""

import pytest

from tests.aws.tracing import hop, nodes, problems, scenario, seen, step, trace
from vpctui.engine import change

PRIVATE = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets: {sn-app: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb}}
route_tables: {rtb: {routes: {}, propagating_vgws: [vgw]}}
vpn_gateways: {vgw: {}}
vpn_connections: {vpn: {vpn_gateway: vgw, type: static, routes: [192.168.0.0/16]}}
virtual_interfaces:
  dxvif-1: {vpn_gateway: vgw, routes: [192.168.0.0/16, "2001:db8:ff::/48"], mtu: 9001}
  dxvif-2: {vpn_gateway: vgw, routes: [192.168.0.0/16], local_preference: 100}
instances: {i-app: {subnet: sn-app, private_ip: 10.0.1.10, ipv6: "2001:db8:1:1::10"}}
hosts:
  office: {ip: 192.168.0.5, ipv6: "2001:db8:ff::5", behind: dxvif-1}
flows:
  out: {from: i-app, to: "office:443"}
  in:  {from: office, to: "i-app:443"}
  big: {from: i-app, to: "office:443", size: 9001}
  six: {from: i-app, to: "[2001:db8:ff::5]:443", ipv6: on}
  end: {from: on-premises, to: "i-app:443", source_ip: 192.168.9.9, via: dxvif-2}
"""


def via(text: str, *changes: str) -> str:
    found = step(trace(text, "out", *changes), "vgw-remote-route")
    assert found is not None
    return str(found.facts["via"])


def test_its_routes_are_propagated_and_preferred_to_a_vpn() -> None:
    """R-015, R-113, R-122."""
    found = trace(PRIVATE, "out")
    lookup = hop(found, "vpc-main").lookup
    assert lookup is not None
    assert lookup.winner is not None
    assert (found.outcome, nodes(found), lookup.winner.origin) == ("ok", ["i-app", "vpc-main", "vgw", "office"], "dx")
    assert via(PRIVATE) == "dxvif-1"


def test_local_preference_then_path_then_med() -> None:
    """R-123."""
    assert via(PRIVATE.replace("local_preference: 100", "local_preference: 300")) == "dxvif-2"
    same = PRIVATE.replace(", local_preference: 100", "")
    assert via(same.replace("mtu: 9001", "mtu: 9001, as_path_length: 2")) == "dxvif-2"
    assert via(same.replace("mtu: 9001", "mtu: 9001, med: 9")) == "dxvif-2"
    equal = step(trace(same, "out"), "vgw-remote-route")
    assert equal is not None
    assert set(equal.choices) == {"dxvif-1", "dxvif-2"}


def test_a_session_that_is_down_announces_nothing() -> None:
    """R-113, R-119: the next interface, then the VPN takes over; what comes in by it does not arrive."""
    assert via(PRIVATE, "dxvif-1.state=down") == "dxvif-2"
    assert via(PRIVATE, "dxvif-1.state=down", "dxvif-2.state=down") == "vpn"
    assert trace(PRIVATE, "in", "dxvif-1.state=down").outcome == "forward:COMPONENT_BAD_STATE"


def test_ipv6_passes_over_direct_connect() -> None:
    """R-115, C-10."""
    assert trace(PRIVATE, "six").outcome == "ok"


def test_jumbo_frames_need_a_propagated_route() -> None:
    """R-125, R-294: a static route to the gateway for the same prefix falls back to 1500."""
    assert trace(PRIVATE, "big").outcome == "ok"
    found = trace(PRIVATE, "big", "rtb[192.168.0.0/16]=vgw")
    assert (found.outcome, found.icmp) == ("forward:MTU_EXCEEDED_DF", None)
    assert trace(PRIVATE, "big", "rtb[192.168.0.0/16]=vgw", "flows.big.size=1500").outcome == "ok"


def test_a_flow_says_by_which_interface_it_comes_in() -> None:
    """R-114: the answer may take another one."""
    found = trace(PRIVATE, "end")
    assert (found.outcome, found.legs[0].hops[1].arrival.by) == ("ok", "dxvif-2")


TRANSIT = """
vpcs: {vpc-b: {cidr: 10.2.0.0/16}}
subnets: {sn-b: {cidr: 10.2.1.0/24, route_table: rtb-b}}
route_tables: {rtb-b: {0.0.0.0/0: tgw}}
transit_gateways:
  tgw:
    attachments:
      att-b:  {vpc: vpc-b, subnets: [sn-b], route_table: rt}
      att-dx: {direct_connect_gateway: [192.168.9.0/24], route_table: rt}
    route_tables: {rt: {propagations: [att-b, att-dx]}}
virtual_interfaces: {dxvif-t: {type: transit, transit_gateway_attachment: att-dx, routes: [192.168.0.0/16], mtu: 8500}}
instances: {i-b: {subnet: sn-b, private_ip: 10.2.1.10}}
hosts: {office: {ip: 192.168.0.5, behind: dxvif-t}, lab: {ip: 192.168.9.5, behind: att-dx}}
flows:
  out: {from: i-b, to: "office:443", size: 8500}
  lab: {from: i-b, to: "lab:443", size: 1501}
  in:  {from: office, to: "i-b:443", size: 8501}
"""


def test_a_transit_virtual_interface_carries_8500_bytes() -> None:
    """R-122, R-125, R-294; R-296: silent for what comes in."""
    found = trace(TRANSIT, "out")
    assert (found.outcome, nodes(found)) == ("ok", ["i-b", "vpc-b", "tgw", "office"])
    found = trace(TRANSIT, "in")
    assert (found.outcome, found.icmp) == ("forward:MTU_EXCEEDED_DF", None)
    assert trace(TRANSIT, "lab").outcome == "forward:MTU_EXCEEDED_DF"
    assert trace(TRANSIT, "lab", "flows.lab.size=1500").outcome == "ok"
    assert trace(TRANSIT, "out", "dxvif-t.state=down").outcome == "forward:TGW_NO_ROUTE"
    bare = (
        TRANSIT.replace("[192.168.9.0/24]", "[]")
        .replace(", lab: {ip: 192.168.9.5, behind: att-dx}", "")
        .replace('lab: {from: i-b, to: "lab:443"', 'lab: {from: i-b, to: "192.168.9.5:443"')
    )
    assert trace(bare, "in", "dxvif-t.state=down", "flows.in.size=60").outcome == "forward:COMPONENT_BAD_STATE"
    assert trace(bare, "lab", "dxvif-t.state=down", "rt[192.168.9.0/24]=att-dx", "flows.lab.size=60").outcome == "forward:COMPONENT_BAD_STATE"


PUBLIC = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets: {sn: {cidr: 10.0.1.0/24, route_table: rtb}}
route_tables: {rtb: {0.0.0.0/0: igw}}
internet_gateways: {igw: {}}
virtual_interfaces: {dxvif-p: {type: public, routes: [198.51.100.0/24]}}
instances: {i-web: {subnet: sn, private_ip: 10.0.1.10, public_ip: 203.0.113.10}}
hosts:
  office:  {ip: 198.51.100.5, behind: dxvif-p}
  forged:  {ip: 192.0.2.5, behind: dxvif-p}
  world:   {ip: 192.0.2.80}
flows:
  in:     {from: office, to: "203.0.113.10:443"}
  out:    {from: i-web, to: "198.51.100.5:443"}
  forged: {from: forged, to: "203.0.113.10:443"}
  world:  {from: office, to: "192.0.2.80:443"}
  big:    {from: office, to: "203.0.113.10:443", size: 1501}
"""


def test_a_public_virtual_interface_reaches_public_addresses_through_the_internet_gateway() -> None:
    """R-122: and Block Public Access takes it for the internet."""
    found = trace(PUBLIC, "in")
    assert (found.outcome, nodes(found)) == ("ok", ["office", "dxvif-p", "igw", "i-web"])
    assert nodes(found, 1) == ["i-web", "vpc-main", "igw", "dxvif-p", "office"]
    assert (hop(found, "dxvif-p").kind, seen(found)) == ("virtual_interface", "198.51.100.5:50000")
    assert nodes(trace(PUBLIC, "out"))[-2:] == ["dxvif-p", "office"]
    assert trace(PUBLIC, "in", "vpc-main.block_public_access=bidirectional").outcome == "forward:VPC_BPA_BLOCK"


@pytest.mark.parametrize("flow", ["forged", "world"])
def test_it_carries_only_announced_sources_to_public_addresses_of_aws(flow: str) -> None:
    """R-124: no transit."""
    found = trace(PUBLIC, flow)
    assert (found.outcome, found.legs[0].last.node) == ("forward:NO_PATH", "dxvif-p")


def test_a_public_one_that_is_down_or_too_narrow() -> None:
    """R-122, R-294."""
    assert trace(PUBLIC, "in", "dxvif-p.state=down").outcome == "forward:COMPONENT_BAD_STATE"
    assert trace(PUBLIC, "big").outcome == "forward:MTU_EXCEEDED_DF"


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("type: transit, transit_gateway_attachment: att-dx", "type: transit", "E124"),
        ("mtu: 8500", "mtu: 9001", "E106"),
        ("type: transit", "type: hosted", "E125"),
        ("transit_gateway_attachment: att-dx", "transit_gateway_attachment: att-x", "E202"),
    ],
)
def test_mistakes_in_a_file(found: str, instead: str, code: str) -> None:
    assert code in problems(TRANSIT.replace(found, instead, 1))


def test_its_state_is_a_switch() -> None:
    found = change.setting_at("dxvif-1.state", scenario(PRIVATE).network)
    assert found is not None
    assert found.choices == ("up", "down")
