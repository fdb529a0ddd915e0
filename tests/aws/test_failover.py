"""Failure and failover of appliances: what stops, what moves, what is lost on the way.  Slides 35 to 38."""

import pytest

from tests.aws.tracing import hop, mends, nodes, refusal, scenario, step, trace
from vpctui.engine import change

PAIR = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw-a: {cidr: 10.0.1.0/24, az: a, route_table: rtb-fw}
  sn-fw-c: {cidr: 10.0.11.0/24, az: c, route_table: rtb-fw}
  sn-app:  {cidr: 10.0.2.0/24, az: a, route_table: rtb-app}
  sn-mgmt: {cidr: 10.0.3.0/24, az: a, route_table: rtb-fw}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-data}
  rtb-fw:   {0.0.0.0/0: igw}
  rtb-app:  {0.0.0.0/0: eni-data}
internet_gateways: {igw: {route_table: rtb-edge}}
instances:
  i-fw-1:
    ip_forward: on
    inspect: strict
    network_interfaces:
      eni-m1:   {subnet: sn-mgmt, private_ip: 10.0.3.11}
      eni-data: {subnet: sn-fw-a, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off}
    routes: {0.0.0.0/0: 10.0.1.1}
  i-fw-2:
    ip_forward: on
    inspect: strict
    network_interfaces:
      eni-m2: {subnet: sn-mgmt, private_ip: 10.0.3.12}
  i-fw-c: {subnet: sn-fw-c, private_ip: 10.0.11.10, public_ip: 203.0.113.11, source_dest_check: off, ip_forward: on, inspect: strict}
  i-app:  {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, listens: [80]}
hosts: {client: {ip: 198.51.100.10}}
flows:
  web:  {from: client, to: "203.0.113.20:80"}
  old:  {from: client, to: "203.0.113.20:80", source_port: 51000, midstream: on}
"""
MOVE = ("i-fw-1.state=stopped", "eni-data.instance=i-fw-2")
REPLACE = ("rtb-edge[10.0.2.0/24]=eni-fw-c", "rtb-app[0.0.0.0/0]=eni-fw-c")


def test_a_stopped_appliance_is_a_blackhole_where_its_route_was_looked_up() -> None:
    """R-036, R-064, R-338, C-09: routes do not move by themselves."""
    found = trace(PAIR, "web", "i-fw-1.state=stopped")
    assert (found.outcome, found.legs[0].last.node, found.legs[0].last.target) == ("forward:ROUTE_BLACKHOLE", "igw", "eni-data")


def test_with_the_other_reading_it_dies_at_the_instance() -> None:
    """R-036, C-09."""
    found = trace(PAIR, "web", "i-fw-1.state=stopped", "assume.stopped_is_blackhole=off")
    assert (found.outcome, mends(found)) == ("forward:INSTANCE_NOT_RUNNING", ("i-fw-1.state=running",))


def test_while_the_interface_is_detached_its_routes_are_blackholes() -> None:
    """R-339, R-340: between detaching and attaching nothing passes."""
    assert trace(PAIR, "web", "eni-data.instance=none").outcome == "forward:ROUTE_BLACKHOLE"


def test_the_moved_interface_takes_addresses_and_check_along_and_no_route_is_edited() -> None:
    """R-339: only the guest has to learn its new interface."""
    found = trace(PAIR, "web", *MOVE)
    assert found.legs[0].hops[2].node == "i-fw-2"
    assert (found.outcome, found.legs[0].last.node) == ("forward:ENI_SRC_DST_CHECK_OUT", "i-fw-2")
    moved = trace(PAIR, "web", *MOVE, "i-fw-2.routes[0.0.0.0/0]=10.0.1.1")
    assert (moved.outcome, "i-fw-2" in nodes(moved, 1)) == ("ok", True)


def test_a_connection_from_before_is_lost_on_the_move() -> None:
    """R-342: the standby has not seen it."""
    found = trace(PAIR, "old", *MOVE, "i-fw-2.routes[0.0.0.0/0]=10.0.1.1")
    assert (found.outcome, found.legs[0].last.node) == ("forward:APPLIANCE_STATE_MISS", "i-fw-2")
    assert trace(PAIR, "old", *MOVE, "i-fw-2.routes[0.0.0.0/0]=10.0.1.1", "i-fw-2.inspect=none").outcome == "ok"
    assert trace(PAIR, "old").outcome == "ok"


def test_an_interface_cannot_leave_its_zone() -> None:
    """R-339, R-349."""
    refused = refusal(PAIR, "eni-data.instance=i-fw-c")
    assert (refused.reason, refused.rule) == ("ENI_REFUSED_OTHER_AZ", "R-339")


def test_the_primary_interface_cannot_be_detached() -> None:
    """R-339."""
    refused = refusal(PAIR, "eni-m1.instance=i-fw-2")
    assert (refused.reason, refused.error) == ("QUERY_INVALID", "OperationNotPermitted")


def test_replaced_routes_cross_zones_and_need_no_guest_change() -> None:
    """R-341, R-348."""
    found = trace(PAIR, "web", "i-fw-1.state=stopped", *REPLACE)
    assert (found.outcome, "i-fw-c" in nodes(found), "i-fw-c" in nodes(found, 1)) == ("ok", True, True)


@pytest.mark.parametrize(("route", "outcome"), [(REPLACE[0], "return:ROUTE_BLACKHOLE"), (REPLACE[1], "forward:ROUTE_BLACKHOLE")])
def test_between_two_replaced_routes_one_direction_is_still_dead(route: str, outcome: str) -> None:
    """R-341: each table is its own call; the interim state shows."""
    assert trace(PAIR, "web", "i-fw-1.state=stopped", route).outcome == outcome


def test_replacing_one_route_of_two_living_appliances_splits_the_directions() -> None:
    """R-341, R-342: asymmetric, and the stateful one notices."""
    assert trace(PAIR, "web", REPLACE[1]).outcome == "return:APPLIANCE_STATE_MISS"


def test_connections_from_before_are_lost_when_routes_are_replaced() -> None:
    """R-048, R-342: an open connection takes the new routes at once."""
    found = trace(PAIR, "old", "i-fw-1.state=stopped", *REPLACE)
    assert (found.outcome, found.legs[0].last.node) == ("forward:APPLIANCE_STATE_MISS", "i-fw-c")


PUBLIC = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, az: a, route_table: rtb}
  sn-c: {cidr: 10.0.11.0/24, az: c, route_table: rtb}
route_tables: {rtb: {0.0.0.0/0: igw}}
internet_gateways: {igw: {}}
instances:
  i-1: {subnet: sn-a, private_ip: 10.0.1.10, secondary_private_ips: [10.0.1.50], public_ip: 203.0.113.10}
  i-2: {subnet: sn-a, private_ip: 10.0.1.20}
  i-c: {subnet: sn-c, private_ip: 10.0.11.10}
  i-app: {subnet: sn-a, private_ip: 10.0.1.99}
hosts: {client: {ip: 198.51.100.10}}
flows:
  web:    {from: client, to: "203.0.113.10:80"}
  inside: {from: i-app, to: "10.0.1.50:80"}
  old:    {from: client, to: "203.0.113.10:80", midstream: on}
"""


def test_a_public_address_moves_to_the_standby_in_any_zone_and_leaves_its_owner() -> None:
    """R-343, R-349: inbound connections follow; no route is edited."""
    for standby, zone_mate in (("i-2", "eni-2"), ("i-c", "eni-c")):
        found = trace(PUBLIC, "web", f"{zone_mate}.public_ip=203.0.113.10")
        assert (found.outcome, found.legs[0].last.node) == ("ok", standby)
    network = scenario(PUBLIC).network
    parsed = change.parse("eni-2.public_ip=203.0.113.10")
    assert isinstance(parsed, change.Change)
    made = change.apply(parsed, network)
    assert not isinstance(made, change.Refusal)
    left = change.setting_at("eni-1.public_ip", made)
    assert left is not None
    assert left.value == "none"
    assert change.commands(parsed, network) == (
        "aws ec2 associate-address --allocation-id ALLOCATION-OF-203.0.113.10 --network-interface-id eni-2 --allow-reassociation",
    )


def test_a_connection_to_a_moved_address_meets_a_host_that_does_not_know_it() -> None:
    """R-342, R-343."""
    assert trace(PUBLIC, "old", "eni-2.public_ip=203.0.113.10").outcome == "forward:REPLY_NO_SOCKET"


def test_a_secondary_address_moves_within_the_subnet_only() -> None:
    """R-344, R-349."""
    assert nodes(trace(PUBLIC, "inside"))[-1] == "i-1"
    assert nodes(trace(PUBLIC, "inside", "eni-2.secondary_private_ips+=10.0.1.50"))[-1] == "i-2"
    refused = refusal(PUBLIC, "eni-c.secondary_private_ips+=10.0.1.50")
    assert (refused.reason, refused.error) == ("QUERY_INVALID", "InvalidParameterValue")


def test_a_failed_zone_takes_its_appliance_and_routes_stay() -> None:
    """R-049, R-338, R-349: no blackhole and no move; the packet ends where it was handed over."""
    found = trace(PAIR, "web", "vpc-main.zones_down+=a")
    assert (found.outcome, found.legs[0].last.node, found.legs[0].last.target) == ("forward:COMPONENT_BAD_STATE", "igw", "eni-data")
    assert mends(found) == ("vpc-main.zones_down-=a",)
    shown = hop(found, "igw").lookup
    assert shown is not None
    assert shown.winner is not None
    assert shown.winner.state == "active"


def test_replaced_routes_survive_a_failed_zone_where_the_application_does() -> None:
    """R-349: of the options only this and a moved public address cross zones."""
    text = PAIR.replace("sn-app:  {cidr: 10.0.2.0/24, az: a,", "sn-app:  {cidr: 10.0.2.0/24, az: c,")
    assert trace(text, "web", "vpc-main.zones_down+=a").outcome == "forward:COMPONENT_BAD_STATE"
    assert trace(text, "web", "vpc-main.zones_down+=a", *REPLACE).outcome == "ok"


def test_nothing_in_a_failed_zone_sends() -> None:
    """R-049."""
    found = trace(PUBLIC, "inside", "vpc-main.zones_down=a")
    assert (found.outcome, found.legs[0].last.node) == ("forward:COMPONENT_BAD_STATE", "i-app")
    failed = step(found, "zone-up")
    assert failed is not None
    assert (failed.passed, failed.setting) == (False, "vpc-main.zones_down")


def test_clients_of_other_zones_lose_a_nat_gateway_with_its_zone() -> None:
    """R-049, R-184, R-350: zonal, so nobody takes over."""
    text = """
    vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
    subnets:
      sn-pub: {cidr: 10.0.1.0/24, az: a, route_table: rtb-pub}
      sn-c:   {cidr: 10.0.2.0/24, az: c, route_table: rtb}
    route_tables: {rtb-pub: {0.0.0.0/0: igw}, rtb: {0.0.0.0/0: nat}}
    internet_gateways: {igw: {}}
    nat_gateways: {nat: {subnet: sn-pub, private_ip: 10.0.1.20, public_ip: 203.0.113.20}}
    instances: {i-c: {subnet: sn-c, private_ip: 10.0.2.10}}
    hosts: {update: {ip: 192.0.2.80}}
    flows: {out: {from: i-c, to: "update:443"}}
    """
    found = trace(text, "out", "vpc-main.zones_down+=a")
    assert (found.outcome, found.legs[0].last.node, found.legs[0].last.target) == ("forward:COMPONENT_BAD_STATE", "vpc-main", "nat")
    assert trace(text, "out", "vpc-main.zones_down+=a", "vpc-main.zones_down-=a").outcome == "ok"


def test_only_a_zone_of_the_vpc_can_fail() -> None:
    refused = refusal(PAIR, "vpc-main.zones_down+=d")
    assert (refused.reason, refused.hint) == ("QUERY_INVALID", "a or c")
    offered = change.setting_at("vpc-main.zones_down", scenario(PAIR).network)
    assert offered is not None
    assert (offered.value, offered.choices) == ("none", ("none", "a", "c"))
