"""Changes: grammar, what they are meant for, how they are taken back, the command lines that do the same."""

import pytest

from tests.aws.lab import Lab
from vpctui.engine import change as changes
from vpctui.engine.change import Change, Refusal

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, route_table: rtb}
  sn-b: {cidr: 10.0.2.0/24, route_table: rtb, network_acl: acl}
internet_gateways: {igw: {}}
vpn_gateways: {vgw: {routes: [192.168.0.0/16]}}
route_tables: {rtb: {0.0.0.0/0: igw}, rtb-edge: {10.0.2.0/24: eni-one}}
network_acls: {acl: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}}
security_groups: {sg: {ingress: ["tcp 80 0.0.0.0/0"]}, sg-b: {}}
instances:
  i-one: {subnet: sn-a, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg]}
  i-two: {network_interfaces: {eni-x: {subnet: sn-a, private_ip: 10.0.1.20}, eni-y: {subnet: sn-b, private_ip: 10.0.2.20}}}
flows: {web: {from: i-one, to: "192.0.2.1:80"}}
"""
LAB = Lab(NET)
NETWORK = LAB.scenario.network


def parsed(text: str) -> Change:
    found = changes.parse(text)
    assert isinstance(found, Change), found
    return found


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("eni-fw.source_dest_check=on", ("eni-fw", "source_dest_check", "", "=", "on")),
        ("rtb-app[0.0.0.0/0]=igw", ("rtb-app", "", "0.0.0.0/0", "=", "igw")),
        ("rtb-app[::/0]=none", ("rtb-app", "", "::/0", "=", "none")),
        ("acl.ingress[110]=allow tcp 22 198.51.100.0/24", ("acl", "ingress", "110", "=", "allow tcp 22 198.51.100.0/24")),
        ("sg.ingress+=tcp 443 0.0.0.0/0", ("sg", "ingress", "", "+=", "tcp 443 0.0.0.0/0")),
        ("rtb.propagating_vgws-=vgw", ("rtb", "propagating_vgws", "", "-=", "vgw")),
        ("flows.web.size=1500", ("flows.web", "size", "", "=", "1500")),
        ("assume.ttl=textbook", ("assume", "ttl", "", "=", "textbook")),
        ("i-fw.routes[10.0.0.0/8]=10.0.1.1", ("i-fw", "routes", "10.0.0.0/8", "=", "10.0.1.1")),
        ("eni-0a.b.source_dest_check=off", ("eni-0a.b", "source_dest_check", "", "=", "off")),
        ("a.b=c=d", ("a", "b", "", "=", "c=d")),
    ],
)
def test_a_change_has_a_place_an_operator_and_a_value(text: str, parts: tuple[str, ...]) -> None:
    found = parsed(text)
    assert (found.resource, found.setting, found.key, found.operator, found.value) == parts
    assert found.text == text
    assert text.startswith(found.place)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("", "is not a change", "PLACE=VALUE"),
        ("eni-fw", "is not a change", "PLACE=VALUE"),
        ("eni-fw.source_dest_check", "is not a change", "PLACE=VALUE"),
        ("eni-fw.source_dest_check = on", "spaces around =", "eni-fw.source_dest_check=on"),
        ("eni-fw.source_dest_check =on", "spaces around =", "eni-fw.source_dest_check=on"),
        ("eni-fw.source_dest_check= on", "spaces around =", "eni-fw.source_dest_check=on"),
        ("sg.ingress += tcp 80 0.0.0.0/0", "spaces around +=", "sg.ingress+=tcp 80 0.0.0.0/0"),
        ("eni-fw.source_dest_check=", "is not a change", "RESOURCE.SETTING=VALUE"),
        ("=on", "is not a change", "RESOURCE.SETTING=VALUE"),
        ("eni-fw=on", "is not a change", "RESOURCE.SETTING=VALUE"),
        ("rtb[]=igw", "is not a change", "TABLE[DESTINATION]=TARGET"),
        ("eni-fw]=on", "is not a change", "PLACE=VALUE"),
        ("rtb[a=b]", "is not a change", "PLACE=VALUE"),
    ],
)
def test_what_is_no_change_says_what_is(text: str, said: str, hint: str) -> None:
    found = changes.parse(text)
    assert isinstance(found, Refusal)
    assert found.reason == "QUERY_INVALID"
    assert said in found.message
    assert hint in found.hint


def test_a_setting_is_found_on_its_own_record() -> None:
    record, row, meant = found_for("eni-one.source_dest_check=off")
    assert (record, row, meant.text) == ("eni-one", "source_dest_check", "eni-one.source_dest_check=off")


def test_an_instance_with_one_interface_stands_for_it() -> None:
    record, _, meant = found_for("i-one.source_dest_check=off")
    assert (record, meant.text) == ("eni-one", "eni-one.source_dest_check=off")


def found_for(text: str) -> tuple[str, str, Change]:
    found = changes.find(parsed(text), NETWORK)
    assert not isinstance(found, Refusal), found
    return found[0].id, found[1].setting, found[2]


def test_an_instance_with_several_interfaces_stands_for_none() -> None:
    refusal = LAB.refusal("i-two.source_dest_check=off")
    assert refusal.reason == "QUERY_INVALID"
    assert refusal.message == "i-two has several interfaces: eni-x, eni-y"
    assert refusal.hint == "name the interface: eni-x.source_dest_check=off"


def test_a_setting_of_the_instance_is_not_the_interfaces() -> None:
    assert found_for("i-two.ip_forward=on")[0] == "i-two"


@pytest.mark.parametrize(
    ("text", "reason", "said", "hint"),
    [
        ("eni-on.source_dest_check=on", "UNKNOWN_RESOURCE", 'unknown resource "eni-on"', "did you mean eni-one.source_dest_check=on?"),
        ("rtb-edg[10.0.2.0/24]=none", "UNKNOWN_RESOURCE", 'unknown resource "rtb-edg"', "did you mean rtb-edge[10.0.2.0/24]=none?"),
        ("eni-one.src_dst_check=on", "QUERY_INVALID", 'unknown setting "src_dst_check" of eni-one', "eni-one.source_dest_check=on"),
        ("igw.nonsense=on", "QUERY_INVALID", 'unknown setting "nonsense" of igw', "settings: route_table"),
        ("eni-one[1]=x", "QUERY_INVALID", 'unknown setting "[1]" of eni-one', "settings:"),
        ("sg.vpc=vpc", "QUERY_INVALID", 'unknown setting "vpc" of sg', "settings: egress, ingress"),
        ("eni-one.source_dest_check=perhaps", "QUERY_INVALID", 'expected on or off, found "perhaps"', "on or off"),
        ("eni-one.source_dest_check+=on", "QUERY_INVALID", "takes eni-one.source_dest_check=VALUE", ""),
        ("eni-one.security_groups=sg-x", "UNKNOWN_RESOURCE", 'unknown resource "sg-x"', ""),
        ("sg.ingress-=udp 53 0.0.0.0/0", "QUERY_INVALID", "udp 53 0.0.0.0/0 is not in sg.ingress", "tcp 80 0.0.0.0/0"),
        ("sg.ingress+=80 tcp", "QUERY_INVALID", "a rule is PROTOCOL", "tcp 80"),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused_with_what_could(text: str, reason: str, said: str, hint: str) -> None:
    refusal = LAB.refusal(text)
    assert refusal.reason == reason
    assert said in refusal.message
    assert hint in refusal.hint
    assert refusal.place


@pytest.mark.parametrize(
    "text",
    [
        "eni-one.source_dest_check=off",
        "i-one.source_dest_check=off",
        "eni-one.public_ip=none",
        "eni-one.public_ip=203.0.113.99",
        "eni-one.security_groups=sg,sg-b",
        "eni-one.security_groups+=sg-b",
        "rtb[0.0.0.0/0]=none",
        "rtb[0.0.0.0/0]=vgw",
        "rtb[10.0.0.0/16]=eni-one",
        "rtb[10.0.2.0/24]=eni-x",
        "rtb.propagating_vgws+=vgw",
        "igw.route_table=rtb-edge",
        "sn-b.network_acl=none",
        "sg.ingress+=tcp 443 0.0.0.0/0",
        "sg.ingress-=tcp 80 0.0.0.0/0",
        "acl.ingress[100]=none",
        "acl.ingress[90]=deny tcp 22 0.0.0.0/0",
        "i-one.ip_forward=on",
        "i-one.nat=masquerade",
        "i-one.routes[10.9.0.0/16]=10.0.1.1",
        "i-one.state=stopped",
        "i-one.inspect=strict",
        "i-one.deny+=tcp 25 0.0.0.0/0",
        "i-one.listens=80,443",
        "i-one.listens=nothing",
        "vpc.block_public_access=bidirectional",
    ],
)
def test_every_change_is_taken_back_by_its_inverse(text: str) -> None:
    change = parsed(text)
    back = changes.inverse(change, NETWORK)
    made = changes.apply(change, NETWORK)
    assert not isinstance(made, Refusal), made
    undone = changes.apply(back, made)
    assert not isinstance(undone, Refusal), undone
    assert {record.id: record for record in undone} == {record.id: record for record in NETWORK}
    assert any(made.get(record.id) != record for record in NETWORK), "the change did something"


def test_a_change_changes_nothing_of_the_network_that_it_is_made_in() -> None:
    before = {record.id: record for record in NETWORK}
    changes.apply(parsed("eni-one.source_dest_check=off"), NETWORK)
    assert {record.id: record for record in NETWORK} == before


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("eni-one.source_dest_check=off", "aws ec2 modify-network-interface-attribute --network-interface-id eni-one --no-source-dest-check"),
        ("i-one.source_dest_check=on", "aws ec2 modify-network-interface-attribute --network-interface-id eni-one --source-dest-check"),
        ("rtb[0.0.0.0/0]=eni-one", "aws ec2 replace-route --route-table-id rtb --destination-cidr-block 0.0.0.0/0 --network-interface-id eni-one"),
        ("rtb[192.168.0.0/16]=vgw", "aws ec2 create-route --route-table-id rtb --destination-cidr-block 192.168.0.0/16 --gateway-id vgw"),
        ("rtb[0.0.0.0/0]=none", "aws ec2 delete-route --route-table-id rtb --destination-cidr-block 0.0.0.0/0"),
        ("rtb[10.0.0.0/16]=local", "aws ec2 replace-route --route-table-id rtb --destination-cidr-block 10.0.0.0/16 --local-target"),
        ("rtb.propagating_vgws+=vgw", "aws ec2 enable-vgw-route-propagation --route-table-id rtb --gateway-id vgw"),
        ("igw.route_table=rtb-edge", "aws ec2 associate-route-table --gateway-id igw --route-table-id rtb-edge"),
        ("i-one.ip_forward=on", "sudo sysctl -w net.ipv4.ip_forward=1"),
        ("i-one.state=stopped", "aws ec2 stop-instances --instance-ids i-one"),
    ],
)
def test_command_lines(text: str, command: str) -> None:
    assert LAB.commands(text)[-1] == command


def test_a_change_that_is_refused_has_no_command_line() -> None:
    assert changes.commands(parsed("nobody.source_dest_check=off"), NETWORK) == ()


def test_settings_of_a_resource_with_their_values_and_choices() -> None:
    held = {setting.place: setting for setting in changes.settings("eni-one", NETWORK)}
    check = held["eni-one.source_dest_check"]
    assert (check.value, check.choices) == ("on", ("on", "off"))
    assert held["eni-one.public_ip"].value == "203.0.113.10"
    assert not changes.settings("nobody", NETWORK)


def test_one_setting_by_its_place() -> None:
    found = changes.setting_at("i-one.source_dest_check", NETWORK)
    assert found is not None
    assert (found.place, found.value) == ("eni-one.source_dest_check", "on")
    missing = changes.setting_at("rtb[172.16.0.0/12]", NETWORK)
    assert missing is not None
    assert missing.value == "none"
    assert changes.setting_at("nobody.x", NETWORK) is None
    assert changes.setting_at("no place", NETWORK) is None
