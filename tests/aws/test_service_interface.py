"""Interfaces of services that have no section of their own: filtered like any other, answering by assumption."""

from tests.aws.tracing import hop, nodes, step, trace

NETWORK = """
vpcs:
  vpc: {cidr: 10.0.0.0/16}
subnets:
  sn-a: {cidr: 10.0.1.0/24, route_table: rtb, network_acl: acl}
  sn-db: {cidr: 10.0.2.0/24, route_table: rtb}
route_tables:
  rtb: {192.168.0.0/16: eni-db}
network_acls:
  acl: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.0.1.10, security_groups: [sg-a]}
network_interfaces:
  eni-db: {subnet: sn-db, private_ip: 10.0.2.20, type: requester_managed, security_groups: [sg-db]}
  eni-fn: {subnet: sn-db, private_ip: 10.0.2.21, type: lambda, security_groups: [sg-db]}
  eni-free: {subnet: sn-db, private_ip: 10.0.2.22}
security_groups:
  sg-a: {ingress: ["all 10.0.0.0/16"]}
  sg-db: {ingress: ["tcp 5432 sg-a"]}
flows:
  query: {from: i-a, to: "10.0.2.20:5432"}
  ssh: {from: i-a, to: "10.0.2.20:22"}
  to-function: {from: i-a, to: "10.0.2.21:5432"}
  from-function: {from: eni-fn, to: "10.0.1.10:443"}
  free: {from: i-a, to: "10.0.2.22:80"}
  through: {from: i-a, to: "192.168.0.1:80"}
"""


def test_it_takes_what_its_groups_let_in_and_answers() -> None:
    """R-002, R-133: groups by reference as anywhere; that something listens is assumed, and said."""
    found = trace(NETWORK, "query")
    assert found.outcome == "ok"
    assert hop(found, "eni-db").kind == "network_interface"
    told = step(found, "service-listens")
    assert told is not None
    assert told.warning == "NOTE_ASSUMED_VALUE"


def test_its_groups_refuse_the_rest() -> None:
    assert trace(NETWORK, "ssh").outcome == "forward:SG_INGRESS_DENY"


def test_nothing_listens_at_the_interface_of_a_function() -> None:
    """R-134: it only starts connections, and gets their answers."""
    assert trace(NETWORK, "to-function").outcome == "forward:NO_LISTENER"
    assert trace(NETWORK, "from-function").outcome == "ok"


def test_an_interface_of_nobody_stays_detached() -> None:
    """R-036."""
    assert trace(NETWORK, "free").outcome == "forward:ENI_DETACHED"


def test_what_a_route_brings_to_a_service_is_not_guessed() -> None:
    """R-084: the API allows such a target; what becomes of the packet is not known."""
    assert trace(NETWORK, "through").outcome == "forward:UNSUPPORTED_COMPONENT"


def test_what_it_took_is_known_from_then_on() -> None:
    """R-133: the assumption is said once, of the packet that opens the connection."""
    told = [found.warning for visited in trace(NETWORK, "query").hops for found in visited.steps if found.rule == "service-listens"]
    assert told == ["NOTE_ASSUMED_VALUE", ""]


def test_a_neighbour_of_its_subnet_is_reached_without_a_router() -> None:
    """R-032, R-036: one that is attached to nothing takes nothing, and says why; one that nobody has is another matter."""
    near = NETWORK.replace("  free:", '  near: {from: eni-fn, to: "10.0.2.22:80"}\n  nobody: {from: eni-fn, to: "10.0.2.99:80"}\n  free:')
    found = trace(near, "near")
    assert (found.outcome, nodes(found)) == ("forward:ENI_DETACHED", ["eni-fn"])
    assert step(found, "same-subnet") is not None
    assert found.legs[0].last.steps[-1].rule == "interface-attached"
    assert trace(near, "nobody").outcome == "forward:DEST_IP_UNASSIGNED"
