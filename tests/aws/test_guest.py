"""The operating system of a machine: forwarding, its route table, reverse path filter, translation, sockets, an appliance's own policy."""

import pytest
from msgspec.structs import replace

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, mends, nodes, problems, seen, step
from vpctui.address import parse_address
from vpctui.aws import guest
from vpctui.aws.guest_changes import stated
from vpctui.aws.instance import Instance
from vpctui.engine.change import Refusal
from vpctui.scenario.changing import changed
from vpctui.trace import Verdict

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-app}
  sn-in:  {cidr: 10.0.3.0/24, route_table: rtb-app}
internet_gateways: {igw: {route_table: rtb-edge}}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-fw:   {0.0.0.0/0: igw}
  rtb-app:  {0.0.0.0/0: eni-fw}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, listens: [22, 80]}
  i-db:  {subnet: sn-app, private_ip: 10.0.2.20, listens: [5432]}
hosts:
  client: {ip: 198.51.100.10}
  update: {ip: 192.0.2.80, listens: [443]}
flows:
  web:   {from: client, to: "203.0.113.20:80"}
  smtp:  {from: client, to: "203.0.113.20:25"}
  short: {from: client, to: "203.0.113.20:80", ttl: 1}
  two:   {from: client, to: "203.0.113.20:80", ttl: 2}
  out:   {from: i-app, to: "update:443"}
  out2:  {from: i-db, to: "update:443", after: [out]}
  ping:  {from: i-app, to: update, protocol: icmp}
  gre:   {from: i-app, to: update, protocol: gre}
  fw:    {from: client, to: "203.0.113.10:8080"}
  later: {from: client, to: "203.0.113.20:80", midstream: on}
  udp:   {from: client, to: "203.0.113.20:80", protocol: udp}
  stray: {from: update, to: "203.0.113.20:50000", protocol: udp, source_port: 9999, after: [talk]}
  talk:  {from: i-app, to: "update:443", protocol: udp}
"""
LAB = Lab(NET)
TWO_ARMS = NET.replace(
    "i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on}",
    "i-fw: {ip_forward: on, network_interfaces: {eni-fw: {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off},\n"
    "    eni-in: {subnet: sn-in, private_ip: 10.0.3.10, source_dest_check: off}}, routes: {10.0.2.0/24: 10.0.3.1}}",
).replace("rtb-app:  {0.0.0.0/0: eni-fw}", "rtb-app:  {0.0.0.0/0: eni-in}")


def test_forwarding_touches_no_address_and_costs_one_of_the_ttl() -> None:
    """R-142, R-144."""
    found = hop(LAB.ask("web"), "i-fw")
    assert found.arrived is not None
    assert found.arrived.flow == found.packet.flow
    assert found.packet.ttl == found.arrived.ttl - 1


def test_without_ip_forward_a_foreign_packet_ends() -> None:
    """R-143: after the interface let it in."""
    found = LAB.ask("web", "i-fw.ip_forward=off")
    assert found.outcome == "forward:IP_FORWARDING_OFF"
    assert "source-dest-check-off" in rules(hop(found, "i-fw"))
    assert mends(found) == ("i-fw.ip_forward=on",)


@pytest.mark.parametrize(("flow", "outcome"), [("short", "forward:TTL_EXPIRED"), ("two", "ok")])
def test_ttl_ends_at_zero(flow: str, outcome: str) -> None:
    """R-144, RFC 1812: one is not enough for a router, two are."""
    assert LAB.outcome(flow) == outcome


def test_a_stopped_machine_neither_sends_nor_receives() -> None:
    """R-036, conflict C-09."""
    assert LAB.outcome("out", "i-app.state=stopped") == "forward:INSTANCE_NOT_RUNNING"
    found = LAB.ask("web", "i-app.state=stopped", "rtb-edge[10.0.2.0/24]=none")
    assert found.outcome == "forward:INSTANCE_NOT_RUNNING"
    assert mends(found) == ("i-app.state=running",)


def test_the_default_of_a_guest_is_its_first_interface() -> None:
    """R-146."""
    network = Lab(TWO_ARMS).scenario.network
    rows = {(str(row.prefix), row.target, row.origin) for row in guest.table(network.the(Instance, "i-fw"), network)}
    assert rows == {
        ("10.0.2.0/24", "10.0.3.1", "static"),
        ("10.0.1.0/24", "eni-fw", "connected"),
        ("10.0.3.0/24", "eni-in", "connected"),
        ("0.0.0.0/0", "eni-fw", "default"),
    }


def test_the_guests_table_decides_by_which_arm_a_packet_leaves() -> None:
    """R-146, R-148: then the table of that interface's subnet is asked."""
    found = Lab(TWO_ARMS).ask("web")
    assert found.outcome == "ok"
    assert (hop(found, "i-fw").route, hop(found, "i-fw").target) == ("10.0.2.0/24", "10.0.3.1")
    assert hop(found, "vpc").table == "rtb-app"
    assert Lab(TWO_ARMS).ask("web", "i-fw.routes[10.0.2.0/24]=none").outcome == "ok"


def test_a_next_hop_that_no_interface_reaches() -> None:
    """R-141, R-146."""
    assert Lab(TWO_ARMS).outcome("web", "i-fw.routes[10.0.2.0/24]=10.0.9.1") == "forward:NEXT_HOP_UNREACHABLE"


def test_a_next_hop_in_the_subnet_is_handed_to_its_owner() -> None:
    """R-032, R-033: any neighbour but the router."""
    found = LAB.ask("out", "i-app.routes[0.0.0.0/0]=10.0.2.20", "i-db.ip_forward=on", "eni-db.source_dest_check=off")
    assert nodes(found)[:2] == ["i-app", "i-db"]
    assert LAB.outcome("out", "i-app.routes[0.0.0.0/0]=10.0.2.1") == LAB.outcome("out")
    assert LAB.outcome("out", "i-app.routes[0.0.0.0/0]=10.0.2.99") == "forward:DEST_IP_UNASSIGNED"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("i-app.routes[0.0.0.0/0]=banana", "banana is no address, and no way out of i-app"),
        ("i-app.routes[0.0.0.0/0]=eni-fw", "eni-fw is no address, and no way out of i-app"),
        ("i-app.routes[0.0.0.0/0]=internet", "internet is no address, and no way out of i-app"),
        ("i-app.routes[0.0.0.0/0]=2001:db8::1", "2001:db8::1 is an address of IPv6, 0.0.0.0/0 is IPv4"),
        ("i-app.routes[0.0.0.0/0]=10.0.2.10", "10.0.2.10 is an address of i-app itself"),
    ],
)
def test_a_next_hop_that_the_machine_does_not_have_is_refused(change: str, message: str) -> None:
    """`banana` was taken once, as the name of a network that nobody is on."""
    refusal = LAB.refusal(change)
    assert (refusal.message, refusal.hint) == (message, "an address of IPv4, eni-app")


def test_a_machine_is_no_next_hop_of_its_own() -> None:
    """The kernel takes no such route (`Nexthop has invalid gateway`), so a file that has one describes no way out."""
    itself = Lab(NET.replace("private_ip: 10.0.2.10,", "private_ip: 10.0.2.10, routes: {0.0.0.0/0: 10.0.2.10},", 1))
    assert itself.outcome("out") == "forward:NEXT_HOP_UNREACHABLE"


def test_a_host_outside_has_the_internet_for_a_way_out() -> None:
    assert LAB.outcome("out", "i-app.routes[198.51.100.0/24]=eni-app") == LAB.outcome("out")
    assert LAB.ask("web", "client.routes[0.0.0.0/0]=internet").outcome == LAB.outcome("web")


@pytest.mark.parametrize(("mode", "outcome"), [("off", "ok"), ("loose", "ok"), ("strict", "forward:RP_FILTER_DROP")])
def test_the_reverse_path_filter(mode: str, outcome: str) -> None:
    """R-149: strict wants the answer to leave where the packet came in; here it would leave by the other arm."""
    lab = Lab(TWO_ARMS)
    asymmetric = "i-fw.routes[198.51.100.0/24]=10.0.3.1"
    found = lab.ask("web", asymmetric, f"i-fw.rp_filter={mode}")
    assert found.legs[0].verdict is (Verdict.DROPPED if outcome.startswith("forward") else Verdict.DELIVERED)
    if mode != "off":
        checked = at(hop(found, "i-fw"), "reverse-path")
        assert (checked.facts["in"], checked.facts["out"]) == ("eni-fw", "eni-in")
    if outcome.startswith("forward"):
        assert found.outcome == outcome
        assert mends(found) == ("i-fw.rp_filter=loose",)


def test_a_symmetric_path_passes_the_strict_filter() -> None:
    """R-149."""
    assert LAB.outcome("web", "i-fw.rp_filter=strict") == "ok"
    assert Lab(TWO_ARMS).outcome("web", "i-fw.rp_filter=strict") == "ok"


def test_masquerading_puts_the_own_address_in_and_restores_it() -> None:
    """R-153, R-156, R-157."""
    found = LAB.ask("out", "i-fw.nat=masquerade")
    assert found.outcome == "ok"
    assert hop(found, "i-fw").packet.socket("src") == "10.0.1.10:50000"
    assert seen(found) == "203.0.113.10:50000"
    back = hop(found, "i-fw", 1)
    assert back.packet.socket("dst") == "10.0.2.10:50000"
    assert "nat-known" in rules(back)


def test_two_connections_get_different_ports() -> None:
    """R-153, R-171."""
    assert seen(LAB.ask("out2", "i-fw.nat=masquerade")) == "203.0.113.10:50001"


@pytest.mark.parametrize("flow", ["ping", "gre"])
def test_what_has_no_ports_is_translated_by_address(flow: str) -> None:
    """R-153, R-263."""
    found = LAB.ask(flow, "i-fw.nat=masquerade")
    assert found.outcome == "ok"
    assert seen(found) == "203.0.113.10"


def test_only_what_leaves_by_the_default_way_is_masqueraded() -> None:
    """R-153: a written route is inside."""
    found = LAB.ask("out", "i-fw.nat=masquerade", "i-fw.routes[192.0.2.0/24]=eni-fw")
    assert found.outcome == "forward:IGW_NO_PUBLIC_IP_EGRESS" if "203.0.113.20" not in seen(found) else "ok"
    assert hop(found, "i-fw").packet.socket("src") == "10.0.2.10:50000"


def test_a_packet_from_the_internet_is_masqueraded_too_and_its_answer_finds_back() -> None:
    """R-153, R-157."""
    found = LAB.ask("web", "i-fw.nat=masquerade")
    assert found.outcome == "ok"


def test_what_answers_an_unseen_connection_is_not_masqueraded() -> None:
    """R-153: connection tracking calls a SYN/ACK without its SYN invalid, and translates no such packet."""
    found = LAB.ask("web", "i-fw.nat=masquerade", "rtb-edge[10.0.2.0/24]=none", "rtb-app[0.0.0.0/0]=eni-fw")
    assert hop(found, "i-fw", 1).packet.socket("src") == "10.0.2.10:80"


PODS = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, route_table: rtb-a}
  sn-n: {cidr: 10.0.2.0/24, route_table: rtb-n}
route_tables: {rtb-a: {192.168.7.0/24: eni-n}, rtb-n: {}}
networks: {lan: {cidr: 192.168.7.0/24}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.0.1.10}
  i-n: {subnet: sn-n, private_ip: 10.0.2.20, source_dest_check: off, ip_forward: on, nat: masquerade, interfaces: {lan: 192.168.7.1}}
hosts: {pod: {interfaces: {lan: 192.168.7.10}, routes: {0.0.0.0/0: 192.168.7.1}}}
flows:
  tcp:  {from: i-a, to: "pod:80"}
  udp:  {from: i-a, to: "pod:80", protocol: udp}
  ping: {from: i-a, to: pod, protocol: icmp}
  out:  {from: pod, to: "i-a:80", protocol: udp}
"""


@pytest.mark.parametrize("flow", ["tcp", "udp", "ping"])
def test_the_answer_of_what_passed_as_it_was_is_not_masqueraded(flow: str) -> None:
    """R-153, R-157: connection tracking knows the connection; only what begins one gets another source."""
    lab = Lab(PODS)
    assert lab.outcome(flow) == "ok"
    assert str(hop(lab.ask("out"), "i-n").packet.src) == "10.0.2.20"


DNAT = NET.replace("ip_forward: on}", 'ip_forward: on, dnat: {8080: "10.0.2.10:80"}}')


def test_destination_translation_and_the_way_back_through_it() -> None:
    """R-156, R-158: the client talks to the appliance, the server sees the client."""
    found = Lab(DNAT).ask("fw")
    assert found.outcome == "ok"
    assert hop(found, "i-fw").packet.socket("dst") == "10.0.2.10:80"
    assert seen(found) == "198.51.100.10:50000"
    assert seen(found, 1) == "203.0.113.10:8080"


def test_with_dnat_alone_the_answer_must_come_back() -> None:
    """R-158: a reply from another address finds no socket at the client."""
    assert Lab(DNAT).outcome("fw", "rtb-app[0.0.0.0/0]=igw", "igw.route_table=none") == "return:REPLY_NO_SOCKET"


def test_with_snat_the_server_sees_the_appliance_and_the_check_may_stay_on() -> None:
    """R-158."""
    changes = ("i-fw.snat=on", "eni-fw.source_dest_check=on", "rtb-app[0.0.0.0/0]=none", "igw.route_table=none")
    found = Lab(DNAT).ask("fw", *changes)
    assert found.outcome == "ok"
    assert seen(found) == "10.0.1.10:50000"
    assert Lab(DNAT).outcome("fw", *changes[1:]) == "forward:ENI_SRC_DST_CHECK_OUT"


@pytest.mark.parametrize("snat", ["on", "off"])
@pytest.mark.parametrize("inspect", ["loose", "strict"])
def test_what_an_appliance_translated_it_also_knows(snat: str, inspect: str) -> None:
    """R-158, R-342: one connection, whatever its two ends look like before and after the translation of one or both."""
    assert Lab(DNAT).outcome("fw", f"i-fw.snat={snat}", f"i-fw.inspect={inspect}") == "ok"


def test_translation_to_oneself_is_delivery() -> None:
    """R-158."""
    text = NET.replace("ip_forward: on}", 'ip_forward: off, listens: [80], dnat: {8080: "10.0.1.10:80"}}')
    found = Lab(text).ask("fw")
    assert found.outcome == "ok"
    assert found.legs[0].last.packet.socket("dst") == "10.0.1.10:80"


def test_nobody_listens() -> None:
    found = LAB.ask("smtp", "i-fw.inspect=none")
    assert found.outcome == "forward:NO_LISTENER"
    assert at(hop(found, "i-app"), "deliver-listener").facts["listens"] == "22, 80"
    assert LAB.outcome("smtp", "i-app.listens=none") == "ok"
    assert LAB.outcome("web", "i-app.listens=nothing") == "forward:NO_LISTENER"


def test_a_datagram_to_a_client_socket_from_a_stranger() -> None:
    """RFC 768, RFC 9293: an answer comes from whom one asked."""
    assert LAB.outcome("talk", "rtb-app[0.0.0.0/0]=igw") == "asymmetric"
    assert LAB.outcome("stray", "rtb-app[0.0.0.0/0]=igw", "i-app.listens=none") == "forward:REPLY_NO_SOCKET"


def test_addresses_that_only_the_operating_system_knows() -> None:
    """R-131, R-146: the interface must be told to let them in."""
    text = NET.replace("listens: [5432]}", "listens: [5432], local_addresses: [10.0.2.77]}") + '  local: {from: i-app, to: "10.0.2.77:5432"}\n'
    network = Lab(text).scenario.network
    assert guest.owns(network.the(Instance, "i-db"), parse_address("10.0.2.77"), network)
    assert Lab(text).outcome("local") == "forward:DEST_IP_UNASSIGNED"


@pytest.mark.parametrize(("inspect", "midstream", "bypassed"), [("none", "ok", "asymmetric"), ("loose", "ok", "asymmetric"), ("strict", "ok", "half-open")])
def test_inspection(inspect: str, midstream: str, bypassed: str) -> None:
    """R-342: loose wants a session for what does not open one, strict also wants to have seen the answer."""
    direct = "rtb-app[0.0.0.0/0]=igw"
    assert LAB.outcome("web", f"i-fw.inspect={inspect}") == "ok"
    assert Lab(NET.replace("ip_forward: on", f"ip_forward: on, inspect: {inspect}")).outcome("later") == midstream
    assert LAB.outcome("web", f"i-fw.inspect={inspect}", direct) == bypassed


@pytest.mark.parametrize(("inspect", "outcome"), [("none", "ok"), ("loose", "return:APPLIANCE_STATE_MISS"), ("strict", "return:APPLIANCE_STATE_MISS")])
def test_an_answer_whose_request_the_appliance_did_not_see(inspect: str, outcome: str) -> None:
    """R-342: the request bypasses it, the answer does not."""
    found = LAB.ask("web", "igw.route_table=none", f"i-fw.inspect={inspect}")
    assert found.outcome == (outcome if inspect != "none" else "asymmetric")


def test_what_an_appliance_denies() -> None:
    """R-217: and the mend takes that rule away."""
    found = LAB.ask("web", "i-fw.deny+=tcp 80 198.51.100.0/24")
    assert found.outcome == "forward:APPLIANCE_POLICY_DROP"
    assert at(hop(found, "i-fw"), "appliance-policy").decider == "i-fw.deny tcp 80 198.51.100.0/24"
    assert mends(found) == ("i-fw.deny-=tcp 80 198.51.100.0/24",)
    assert LAB.outcome("web", "i-fw.deny+=tcp 80 203.0.113.0/24") == "ok"
    assert LAB.outcome("udp", "i-fw.deny+=tcp 80 0.0.0.0/0", "i-app.listens=none") == "ok"
    assert problems(NET.replace("ip_forward: on}", 'ip_forward: on, deny: ["all sg-x"]}')) == ["E222"]


SERVICES = [
    ("169.254.169.254:80", "ok"),
    ("10.0.0.2:53", "ok"),
    ("169.254.1.1:80", "forward:DEST_RESERVED"),
    ("224.0.0.5:80", "forward:PROTOCOL_NOT_SUPPORTED"),
]


CLOSED = (
    NET.replace("sn-app: {", "sn-app: {network_acl: acl, ")
    .replace("i-app: {", "i-app: {security_groups: [sg], ")
    .replace("rtb-app:  {0.0.0.0/0: eni-fw}", "rtb-app:  {}")
    .replace("hosts:\n", "network_acls: {acl: {}}\nsecurity_groups: {sg: {egress: []}}\nhosts:\n")
)


@pytest.mark.parametrize(("address", "outcome"), SERVICES)
def test_what_is_answered_at_the_host_and_what_is_never_carried(address: str, outcome: str) -> None:
    """R-024, R-026, R-029, R-247, R-271, R-279, C-28: past every table and filter."""
    lab = Lab(CLOSED + f'  service: {{from: i-app, to: "{address}", protocol: udp, reply: off}}\n')
    found = lab.ask("service")
    assert found.outcome == outcome
    assert nodes(found) == ["i-app"]
    assert (step(found, "link-local-service") is not None) == (outcome == "ok")


@pytest.mark.parametrize(
    ("change", "command"),
    [
        ("i-fw.ip_forward=off", "sudo sysctl -w net.ipv4.ip_forward=0"),
        ("i-fw.rp_filter=off", "sudo sysctl -w net.ipv4.conf.all.rp_filter=0"),
        ("i-fw.rp_filter=strict", "sudo sysctl -w net.ipv4.conf.all.rp_filter=1"),
        ("i-fw.rp_filter=loose", "sudo sysctl -w net.ipv4.conf.all.rp_filter=2"),
        ("i-fw.nat=masquerade", "sudo nft add rule ip nat postrouting oifname eth0 masquerade"),
        ("i-fw.nat=none", "sudo nft flush chain ip nat postrouting"),
        ("i-fw.routes[10.0.0.0/8]=10.0.1.1", "sudo ip route replace 10.0.0.0/8 via 10.0.1.1"),
        ("i-fw.routes[10.0.0.0/8]=eni-fw", "sudo ip route replace 10.0.0.0/8 dev eni-fw"),
        ("i-fw.routes[10.0.0.0/8]=none", "sudo ip route del 10.0.0.0/8"),
        ("i-fw.state=running", "aws ec2 start-instances --instance-ids i-fw"),
    ],
)
def test_command_lines_of_the_guest(change: str, command: str) -> None:
    assert LAB.commands(change) == (command,)


def test_a_machine_with_ipv6_forwards_both_families_by_two_switches() -> None:
    six = Lab("""
    vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8::/56"}}
    subnets: {sn: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8::/64", route_table: rtb}}
    route_tables: {rtb: {}}
    instances: {i-six: {subnet: sn, private_ip: 10.0.1.10, ipv6: "2001:db8::10"}}
    """)
    assert six.commands("i-six.ip_forward=on") == ("sudo sysctl -w net.ipv4.ip_forward=1", "sudo sysctl -w net.ipv6.conf.all.forwarding=1")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("ip_forward: on}", 'ip_forward: on, dnat: {80: "10.0.2.10"}}', "E106"),
        ("ip_forward: on}", "ip_forward: on, dnat: [80]}", "E123"),
        ("ip_forward: on}", 'ip_forward: on, dnat: {http: "10.0.2.10:80"}}', "E106"),
        ("ip_forward: on}", "ip_forward: on, proxy: {ports: 3128}}", "E122"),
        ("ip_forward: on}", "ip_forward: on, proxy: {port: 3128, ports: 3128}}", "E122"),
        ("ip_forward: on}", "ip_forward: on, proxy: {}}", "E122"),
        ("ip_forward: on}", "ip_forward: on, routes: {10.0.0.1/8: eni-fw}}", "E210"),
        ("ip_forward: on}", "ip_forward: on, rp_filter: on}", "E125"),
        ("listens: [22, 80]", "listens: [22, 99999]", "E106"),
        ("private_ip: 10.0.2.20, ", "", "E124"),
        ("subnet: sn-app, private_ip: 10.0.2.20", "private_ip: 10.0.2.20", "E124"),
        ("i-db:  {subnet: sn-app, private_ip: 10.0.2.20, listens: [5432]}", "i-db: 10.0.2.20", "E123"),
    ],
)
def test_settings_that_cannot_be_meant(old: str, new: str, code: str) -> None:
    assert problems(NET.replace(old, new, 1)) == [code]


def test_what_a_machine_sends_to_itself_never_leaves_it() -> None:
    """R-146: own addresses are asked before every route; no filter and no router sees the packet."""
    text = NET.replace("listens: [22, 80]}", "listens: [22, 80], secondary_private_ips: [10.0.2.11]}").replace(
        "flows:\n",
        'flows:\n  own:  {from: i-app, to: "10.0.2.10:80"}\n  own2: {from: i-app, to: "10.0.2.11:80"}\n  shut: {from: client, to: "198.51.100.10:80"}\n',
    )
    found = Lab(text)
    assert [nodes(found.ask("own"), leg) for leg in range(3)] == [["i-app"]] * 3
    assert found.outcome("own") == found.outcome("own2") == "ok"
    assert nodes(found.ask("shut")) == ["client"]


def test_a_masquerading_machine_translates_a_foreign_source_of_its_own_but_no_answer() -> None:
    """R-153: what it sends passes the same rule as what it forwards."""
    text = NET.replace("flows:\n", 'flows:\n  spoof: {from: i-fw, to: "update:443", source_ip: 10.0.9.9}\n')
    assert seen(Lab(text).ask("spoof", "i-fw.nat=masquerade")) == "203.0.113.10:50000"
    assert Lab(text).outcome("spoof") == "forward:SPOOFED_SOURCE"
    second = NET.replace("ip_forward: on}", "ip_forward: on, nat: masquerade, secondary_private_ips: [10.0.1.11], local_addresses: [203.0.113.77]}")
    answer = Lab(second.replace("flows:\n", 'flows:\n  local: {from: i-db, to: "203.0.113.77:80"}\n')).ask("local")
    assert answer.legs[1].hops[0].packet.socket("src") == "203.0.113.77:80"


@pytest.mark.parametrize("mode", ["off", "loose", "strict"])
def test_an_own_address_as_source_never_comes_in(mode: str) -> None:
    """R-149, RFC 1812: DNAT without a new source sends the packet back to its sender, who takes it for a martian."""
    text = DNAT.replace("flows:\n", 'flows:\n  hairpin: {from: i-app, to: "10.0.1.10:8080"}\n')
    found = Lab(text).ask("hairpin", f"i-app.rp_filter={mode}")
    assert found.outcome == "forward:RP_FILTER_DROP"
    assert found.legs[0].last.node == "i-app"


@pytest.mark.parametrize("address", ["127.0.0.1:22", "10.0.2.10:22"])
def test_what_a_host_sends_to_itself_stays_there(address: str) -> None:
    """RFC 1122: loopback addresses leave no host."""
    found = Lab(NET + f'  own: {{from: i-app, to: "{address}"}}\n').ask("own")
    assert (found.outcome, nodes(found)) == ("ok", ["i-app"])


@pytest.mark.parametrize("setting", ["snat", "ip_forward"])
def test_none_takes_a_switch_of_the_guest_back_to_off(setting: str) -> None:
    values = []
    for value in ("on", "none"):
        state = changed(LAB.scenario, [f"i-fw.{setting}=on", f"i-fw.{setting}={value}"])
        assert not isinstance(state, Refusal)
        values.append(getattr(state.world.network.the(Instance, "i-fw").guest, setting))
    assert values == [True, False]


def test_an_appliances_own_rules_know_no_groups() -> None:
    """Its filter sees addresses; groups are known to AWS only."""
    assert LAB.refusal("i-fw.deny+=tcp 80 sg-app").reason == "QUERY_INVALID"
    assert LAB.outcome("web", "i-fw.deny+=tcp 80 10.99.0.0/16") == LAB.outcome("web")


def test_what_somebody_said_is_assumed_no_longer_and_nothing_else() -> None:
    """An import assumes several settings; each is one until it is changed."""
    machine = replace(Lab(NET).scenario.network.the(Instance, "i-app"), assumed=("ip_forward", "inspect"))
    said = [stated(machine, setting) for setting in ("ip_forward", "nat")]
    assert [each.assumed for each in said if isinstance(each, Instance)] == [("inspect",), ("ip_forward", "inspect")]


def test_who_takes_away_a_guest_route_that_is_not_there_is_told_which_are() -> None:
    lab = Lab(NET)
    gone = "i-fw.routes[172.16.0.0/12]=none"
    assert (lab.refusal(gone).reason, lab.refusal(gone).hint) == ("ROUTE_REFUSED_NOT_FOUND", "it has only those of its interfaces")
    assert lab.refusal("i-fw.routes[10.9.0.0/16]=10.0.1.1", gone).hint == "10.9.0.0/16"


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_a_masquerading_machine_answers_from_the_address_that_was_asked(protocol: str) -> None:
    """R-153: an answer is of a connection that is known, whatever the rule would make of a new one."""
    text = NET.replace("private_ip: 10.0.1.10,", "private_ip: 10.0.1.10, secondary_private_ips: [10.0.1.11], nat: masquerade,")
    text += f'  second: {{from: i-app, to: "10.0.1.11:53", protocol: {protocol}}}\n'
    found = Lab(text).ask("second")
    assert found.outcome == "ok"
    assert found.legs[1].hops[0].packet.socket("src") == "10.0.1.11:53"


def test_a_machine_without_an_address_of_a_family_has_no_way_out_for_it() -> None:
    """R-309: the kernel gets a default route with an address; a forged source makes none."""
    text = NET.replace("private_ip: 10.0.2.20", 'ipv6: "2001:db8:0:2::20"').replace("cidr: 10.0.2.0/24,", 'cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:0:2::/64",')
    text = (
        text.replace("cidr: 10.0.0.0/16", 'cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8::/56"')
        + '  forged: {from: i-db, to: "198.51.100.10:80", source_ip: 10.0.2.99, reply: off}\n'
    )
    assert Lab(text).outcome("forged") == "forward:GUEST_NO_ROUTE"
