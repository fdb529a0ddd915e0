"""The order in which a packet is checked, and what routing leaves alone: rules that no single resource owns."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.test_patterns import lab
from tests.aws.tracing import hop, nodes, step
from vpctui.aws.route_table import RouteTable
from vpctui.engine.registry import RULES
from vpctui.reasons import reason
from vpctui.trace import Drop

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, route_table: rtb-fw, network_acl: acl-fw}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-app, network_acl: acl-app}
internet_gateways: {igw: {route_table: rtb-edge}}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-fw:   {0.0.0.0/0: igw}
  rtb-app:  {0.0.0.0/0: eni-fw}
network_acls:
  acl-fw:  {ingress: {100: allow all 0.0.0.0/0}, egress: {100: allow all 0.0.0.0/0}}
  acl-app: {ingress: {100: allow all 0.0.0.0/0}, egress: {100: allow all 0.0.0.0/0}}
security_groups:
  sg-fw:  {ingress: ["all 0.0.0.0/0"]}
  sg-app: {ingress: ["tcp 80 0.0.0.0/0"]}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on, security_groups: [sg-fw]}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, listens: [80], security_groups: [sg-app]}
  i-db:  {subnet: sn-app, private_ip: 10.0.2.20, security_groups: [sg-app]}
hosts:
  client: {ip: 198.51.100.10}
flows:
  web:  {from: client, to: "203.0.113.20:80"}
  out:  {from: i-app, to: "client:443"}
  near: {from: i-db, to: "i-app:80"}
"""
LAB = Lab(NET)


def order(names: list[str], *wanted: str) -> bool:
    """Whether these rules stand in this order."""
    places = [names.index(name) for name in wanted]
    return places == sorted(places)


def test_what_leaves_an_interface_passes_guest_check_group_acl_and_table_in_turn() -> None:
    """R-001, C-19."""
    found = LAB.ask("out")
    assert order(rules(hop(found, "i-app")), "guest-route", "source-dest-check-out", "security-group-out")
    assert order(rules(hop(found, "vpc")), "route-lookup", "network-acl-egress", "hand-to-interface")
    assert LAB.outcome("out", "sg-app.egress-=all 0.0.0.0/0", "sg-app.egress-=all ::/0", "acl-app.egress[100]=none") == "forward:SG_EGRESS_DENY"


def test_what_enters_a_subnet_passes_acl_check_group_and_guest_in_turn() -> None:
    """R-002, C-19: AWS documents no order of check and group; here the network ACL is named first, then the check, the group, the guest."""
    names = rules(hop(LAB.ask("web"), "i-fw"))
    assert order(names, "network-acl-ingress", "source-dest-check-off", "security-group-in", "ip-forward")
    closed = ("acl-fw.ingress[100]=none", "eni-fw.source_dest_check=on", "sg-fw.ingress-=all 0.0.0.0/0", "i-fw.ip_forward=off")
    reasons = [LAB.outcome("web", *closed[number:]) for number in range(4)]
    assert [reason.partition(":")[2] for reason in reasons] == ["NACL_INGRESS_DENY", "ENI_SRC_DST_CHECK_IN", "SG_INGRESS_DENY", "IP_FORWARDING_OFF"]


def test_inside_a_subnet_no_acl_is_asked_and_both_groups_are() -> None:
    """R-002, R-261, R-273."""
    found = LAB.ask("near")
    assert nodes(found) == ["i-db", "i-app"]
    asked = [name for visited in found.legs[0].hops for name in rules(visited)]
    assert "network-acl-ingress" not in asked
    assert {"security-group-out", "security-group-in"} <= set(asked)


def test_a_forwarded_packet_is_routed_by_the_table_of_the_interface_that_it_leaves() -> None:
    """R-003, R-066: not by the one that brought it; the edge table is not asked again."""
    found = LAB.ask("web")
    assert (hop(found, "igw").table, hop(found, "vpc").table) == ("rtb-edge", "rtb-fw")
    back = LAB.ask("web", "rtb-fw[0.0.0.0/0]=none")
    assert (back.outcome, hop(back, "i-fw", 1).node, back.legs[1].last.table) == ("return:NO_ROUTE", "i-fw", "rtb-fw")


def test_a_drop_has_a_code_of_the_table_and_that_of_reachability_analyzer_beside_it() -> None:
    """R-004."""
    ended = LAB.ask("web", "eni-fw.source_dest_check=on").legs[0].last
    assert reason(ended.reason or "").reachability_code == "ENI_SOURCE_DEST_CHECK_RESTRICTION"


@pytest.mark.parametrize("change", ["acl-app.ingress[100]=none", "sg-app.ingress-=tcp 80 0.0.0.0/0", "rtb-fw[0.0.0.0/0]=none", "eni-fw.source_dest_check=on"])
def test_nothing_tells_the_sender_of_a_drop_of_the_network(change: str) -> None:
    """R-005: no ICMP error from the router, from groups, network ACLs or the check."""
    found = LAB.ask("web", change)
    assert isinstance(found.legs[-1].last.action, Drop)
    assert found.icmp is None


def test_addresses_and_ports_stay_from_end_to_end_inside_the_vpc() -> None:
    """R-140, R-041: the next hop is an interface; only the TTL changes, and only where a machine forwards."""
    found = LAB.ask("web")
    inside = [visited.packet for visited in found.legs[0].hops[1:]]
    assert len({packet.flow for packet in inside}) == 1
    assert [packet.ttl for packet in inside] == [64, 63, 63, 63]
    assert at(hop(found, "igw"), "hand-to-interface").facts["eni"] == "eni-fw"


def test_the_check_is_no_filter() -> None:
    """R-138: with the check off, groups and network ACLs still judge what passes through."""
    assert LAB.outcome("web", "sg-fw.ingress-=all 0.0.0.0/0") == "forward:SG_INGRESS_DENY"
    assert LAB.outcome("web", "acl-fw.egress[100]=none") == "forward:NACL_EGRESS_DENY"


TWO_ARMS = (
    NET.replace(
        "i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on, security_groups: [sg-fw]}",
        "i-fw: {ip_forward: on, routes: {10.0.2.0/24: 10.0.3.1}, network_interfaces: {\n"
        "    eni-fw: {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, security_groups: [sg-fw]},\n"
        "    eni-in: {subnet: sn-in, private_ip: 10.0.3.10, source_dest_check: off, security_groups: [sg-fw]}}}",
    )
    .replace("internet_gateways", "  sn-in:  {cidr: 10.0.3.0/24, route_table: rtb-in}\ninternet_gateways")
    .replace("  rtb-app:  {0.0.0.0/0: eni-fw}", "  rtb-app:  {0.0.0.0/0: eni-in}\n  rtb-in: {}")
)


def test_each_arm_of_an_appliance_has_a_check_of_its_own() -> None:
    """R-132, R-148, R-151: off on one interface says nothing about the other."""
    arms = Lab(TWO_ARMS)
    assert arms.outcome("web") == "ok"
    assert arms.outcome("web", "eni-fw.source_dest_check=on") == "forward:ENI_SRC_DST_CHECK_IN"
    assert arms.outcome("web", "eni-in.source_dest_check=on") == "forward:ENI_SRC_DST_CHECK_OUT"
    assert arms.refusal("i-fw.source_dest_check=on").message


NAT = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-pub:  {cidr: 10.0.1.0/24, route_table: rtb-pub}
  sn-priv: {cidr: 10.0.2.0/24, route_table: rtb-priv}
internet_gateways: {igw: {}}
route_tables: {rtb-pub: {0.0.0.0/0: igw}, rtb-priv: {0.0.0.0/0: eni-nat}}
security_groups: {sg-nat: {ingress: ["all 10.0.0.0/16"]}}
instances:
  i-nat:  {subnet: sn-pub, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on, nat: masquerade, security_groups: [sg-nat]}
  i-priv: {subnet: sn-priv, private_ip: 10.0.2.10}
hosts: {update: {ip: 192.0.2.80}}
flows:
  out: {from: i-priv, to: "update:443"}
  in:  {from: update, to: "203.0.113.10:22"}
"""


@pytest.mark.parametrize(
    ("missing", "outcome"),
    [
        ("eni-nat.public_ip=none", "forward:IGW_NO_PUBLIC_IP_EGRESS"),
        ("rtb-pub[0.0.0.0/0]=none", "forward:NO_ROUTE"),
        ("eni-nat.source_dest_check=on", "forward:ENI_SRC_DST_CHECK_IN"),
        ("i-nat.ip_forward=off", "forward:IP_FORWARDING_OFF"),
        ("i-nat.nat=none", "forward:IGW_NO_PUBLIC_IP_EGRESS"),
        ("sg-nat.ingress-=all 10.0.0.0/16", "forward:SG_INGRESS_DENY"),
    ],
)
def test_whatever_a_nat_instance_lacks_is_a_drop_of_its_own(missing: str, outcome: str) -> None:
    """R-154."""
    assert Lab(NAT).outcome("out") == "ok"
    assert Lab(NAT).outcome("out", missing) == outcome


def test_a_nat_instance_is_a_machine_with_groups_and_a_nat_gateway_is_not() -> None:
    """R-155: from outside its own address answers where a group admits it (bastion, port forwarding); see R-166, R-174 for the gateway."""
    found = Lab(NAT)
    assert found.outcome("in") == "forward:SG_INGRESS_DENY"
    assert found.outcome("in", "sg-nat.ingress+=tcp 22 0.0.0.0/0") == "ok"


ROUTE_SERVER = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-app}
internet_gateways: {igw: {route_table: rtb-edge}}
vpn_gateways: {vgw: {routes: [172.16.0.0/16]}}
route_tables:
  rtb-edge: {10.0.2.0/24: {target: eni-a, origin: advertised}}
  rtb-fw:   {0.0.0.0/0: igw}
  rtb-app:  {routes: {0.0.0.0/0: {target: eni-a, origin: advertised}, 172.16.0.0/16: {target: eni-a, origin: advertised}}, propagating_vgws: [vgw]}
  rtb-vgw:  {vpc: vpc, routes: {10.0.2.0/24: {target: eni-a, origin: advertised}}}
instances:
  i-a:   {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on}
  i-b:   {subnet: sn-fw, private_ip: 10.0.1.20, public_ip: 203.0.113.11, source_dest_check: off, ip_forward: on}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, listens: [80]}
hosts: {client: {ip: 198.51.100.10}}
flows:
  web: {from: client, to: "203.0.113.20:80"}
  dc:  {from: i-app, to: "172.16.0.9:80"}
"""


def test_routes_of_a_route_server_are_in_force_in_subnet_and_internet_gateway_tables() -> None:
    """R-081, R-082: they lead to the interface that owns the announced next hop, inside the VPC's range too."""
    found = Lab(ROUTE_SERVER).ask("web")
    assert found.outcome == "ok"
    assert hop(found, "igw").target == "eni-a"
    assert hop(found, "vpc", 1).target == "eni-a"


def test_a_route_server_does_not_write_into_the_edge_table_of_a_virtual_private_gateway() -> None:
    """R-081."""
    refused = Lab(ROUTE_SERVER).refusal("vgw.route_table=rtb-vgw")
    assert (refused.reason, refused.rule) == ("ASSOC_REFUSED_PROPAGATION", "R-081")


def test_a_route_servers_route_stands_before_bgp_vpn_and_behind_static() -> None:
    """R-082, C-25: AWS does not say where among propagated ones; a static row hides it."""
    looked = step(Lab(ROUTE_SERVER).ask("dc"), "route-lookup")
    assert looked is not None
    assert looked.lookup is not None
    notes = {(row.destination, row.origin): row.note for row in looked.lookup.candidates}
    assert notes["172.16.0.0/16", "advertised"] == "ROUTE_WON"
    assert "ROUTE_LOST_PRIORITY" in notes.values()


def test_fail_over_of_a_route_server_is_one_row_in_each_table() -> None:
    """R-346, R-347: what it does when BGP ends, or a boot script does, is a route replaced; nothing else on the way changes."""
    found = Lab(ROUTE_SERVER)
    assert found.outcome("web", "i-a.state=stopped") == "forward:ROUTE_BLACKHOLE"
    moved = ("i-a.state=stopped", "rtb-edge[10.0.2.0/24]=eni-b", "rtb-app[0.0.0.0/0]=eni-b")
    assert found.outcome("web", *moved[:2]) == "return:ROUTE_BLACKHOLE"
    assert nodes(found.ask("web", *moved)) == ["client", "igw", "i-b", "vpc", "i-app"]


def test_a_filtered_route_wins_and_does_not_forward() -> None:
    """R-038, C-17."""
    text = NET.replace("rtb-fw:   {0.0.0.0/0: igw}", "rtb-fw:   {0.0.0.0/0: {target: igw, state: filtered}}")
    assert Lab(text).outcome("web") == "return:ROUTE_BLACKHOLE"
    assert Lab(text).scenario.network.the(RouteTable, "rtb-fw").routes[0].state == "filtered"


def test_every_rule_that_a_step_can_name_has_a_source_or_says_what_the_model_assumes() -> None:
    """R-004: the rules without one say what the model does not know, or that a host takes what is for it."""
    assert {key for key, rule in RULES.items() if not rule.source} == {"not-modelled", "end-assumed", "end-beyond", "deliver-host", "deliver-listener"}


def test_metadata_is_not_reached_through_a_router_instance() -> None:
    """R-027: on Nitro a forwarded packet can reach the metadata of an instance whose check is off; here it ends, as the catalogue has it."""
    text = NET.replace("ip_forward: on, security_groups", "ip_forward: on, interfaces: {pods: 172.30.0.1}, security_groups") + (
        '  imds: {from: pod, to: "169.254.169.254:80"}\nnetworks: {pods: {cidr: 172.30.0.0/24}}\n'
    )
    pod = "  pod: {interfaces: {pods: 172.30.0.9}, routes: {0.0.0.0/0: 172.30.0.1}}\n"
    found = Lab(text.replace("flows:\n", f"{pod}flows:\n")).ask("imds")
    ended = found.legs[0].last
    assert (found.outcome, ended.node, ended.route) == ("forward:DEST_RESERVED", "vpc", "0.0.0.0/0")


def test_what_takes_from_the_ttl_and_what_does_not() -> None:
    """R-145, R-304: appliances behind GENEVE and network load balancers take nothing; application load balancers start anew; gateways take nothing (R-300)."""
    inspected = lab("gwlb-edge").ask("web")
    assert {visited.packet.ttl for visited in inspected.legs[0].hops if visited.packet.inside is None} == {64}
    balanced = lab("nlb").ask("web", "flows.web.ttl=9")
    assert balanced.legs[0].last.packet.ttl == 9
    proxied = lab("alb").ask("web", "flows.web.ttl=9")
    assert (hop(proxied, "igw").packet.ttl, hop(proxied, "alb").packet.ttl) == (9, 64)


def test_a_guest_can_force_the_way_by_the_router_and_no_route_diverts_it() -> None:
    """R-033: a host route by the router for a neighbour; the router delivers, past the table and the network ACL of the subnet."""
    text = NET.replace("i-db:  {", "i-db:  {routes: {10.0.2.10/32: 10.0.2.1}, ")
    text = text.replace("rtb-app:  {0.0.0.0/0: eni-fw}", "rtb-app:  {0.0.0.0/0: eni-fw, 10.0.2.0/24: eni-fw}")
    found = Lab(text).ask("near", "acl-app.ingress[100]=none", "acl-app.egress[100]=none")
    assert found.outcome == "ok"
    assert nodes(found) == ["i-db", "vpc", "i-app"]
    assert nodes(found, 1) == ["i-app", "i-db"]
    assert hop(found, "vpc").table is None
    assert "network-acl-ingress" not in rules(hop(found, "i-app"))
