"""`vpctui import terraform`: states and plans become the same scenario that the account would."""

import json
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.interop.terraform_files import ANYWHERE, APPLIANCE, WEB, Json, block, plan, resource, state, to
from vpctui.cli import main
from vpctui.engine.conversation import Question, converse
from vpctui.interop.aws.account import Account
from vpctui.interop.aws.importing import import_account
from vpctui.interop.terraform.document import NotTerraform, read_document
from vpctui.interop.terraform.importing import read_terraform
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.typed import flow_from


def imported(document: Json) -> tuple[Scenario, Account]:
    account = read_terraform(json.dumps(document).encode(), "tf.json")
    text = import_account(account, "tf.json")
    assert text is not None, [str(note) for note in account.notes]
    scenario, problems = read_scenario(text.encode(), "tf.yaml")
    assert scenario is not None, (problems, text)
    return scenario, account


def outcome(scenario: Scenario, **fields: str) -> tuple[str, list[str]]:
    names = {"sender": "from"}
    question = flow_from({names.get(key, key): value for key, value in fields.items()}, scenario.network)
    assert isinstance(question, Question), question
    conversation = converse(scenario.world, question)
    return conversation.outcome, [hop.node for hop in conversation.legs[0].hops]


def web(scenario: Scenario, to: str) -> tuple[str, list[str]]:
    return outcome(scenario, sender="internet", source_ip="198.51.100.7", to=to)


def said(account: Account, severity: str) -> list[str]:
    return [note.text for note in account.notes if note.severity == severity]


def test_a_state_is_the_network_that_it_describes() -> None:
    scenario, account = imported(state(*APPLIANCE))
    assert web(scenario, "i-app:80") == ("ok", ["internet", "igw-1", "i-fw", "vpc-1", "i-app"])
    assert web(scenario, "i-app:22")[0] == "forward:SG_INGRESS_DENY"
    assert said(account, "error") == []


def test_a_state_gives_the_scenario_that_the_api_would() -> None:
    """The check, the edge table, the main table: all that a trace depends on."""
    scenario, _ = imported(state(*APPLIANCE))
    network: Any = scenario.network
    assert network.get("eni-fw").source_dest_check is False
    assert network.get("igw-1").route_table == "rtb-edge"
    assert network.get("vpc-1").main_route_table == "rtb-main"
    assert str(network.get("eni-fw").public_ip) == "203.0.113.10"


CONFIGURATION = {
    "resources": [
        block("aws_subnet.fw", vpc_id="aws_vpc.main.id"),
        block("aws_subnet.app", vpc_id="aws_vpc.main.id"),
        block("aws_internet_gateway.gw", vpc_id="aws_vpc.main.id"),
        block("aws_route_table.edge", vpc_id="aws_vpc.main.id", route="aws_network_interface.fw.id"),
        block("aws_route_table.fw", vpc_id="aws_vpc.main.id"),
        block("aws_route.fw", route_table_id="aws_route_table.fw.id", gateway_id="aws_internet_gateway.gw.id"),
        block("aws_route_table.app", vpc_id="aws_vpc.main.id", route=[{"network_interface_id": to("aws_network_interface.fw.id")}]),
        block("aws_route_table_association.edge", route_table_id="aws_route_table.edge.id", gateway_id="aws_internet_gateway.gw.id"),
        block("aws_route_table_association.fw", route_table_id="aws_route_table.fw.id", subnet_id="aws_subnet.fw.id"),
        block("aws_route_table_association.app", route_table_id="aws_route_table.app.id", subnet_id="aws_subnet.app.id"),
        block("aws_security_group.web", vpc_id="aws_vpc.main.id"),
        block("aws_security_group.fw", vpc_id="aws_vpc.main.id"),
        block("aws_vpc_security_group_ingress_rule.fw", security_group_id="aws_security_group.fw.id"),
        block("aws_security_group_rule.fw", security_group_id="aws_security_group.fw.id"),
        block(
            "aws_network_interface.fw",
            subnet_id="aws_subnet.fw.id",
            security_groups="aws_security_group.fw.id",
            attachment=[{"instance": to("aws_instance.fw.id")}],
        ),
        block("aws_instance.app", subnet_id="aws_subnet.app.id", vpc_security_group_ids="aws_security_group.web.id"),
        block("aws_eip.fw", network_interface="aws_network_interface.fw.id"),
    ]
}
PLANNED = [
    resource("aws_vpc.main", cidr_block="10.0.0.0/16"),
    resource("aws_subnet.fw", cidr_block="10.0.1.0/24", availability_zone="eu-west-1a"),
    resource("aws_subnet.app", cidr_block="10.0.2.0/24", availability_zone="eu-west-1a"),
    resource("aws_internet_gateway.gw"),
    resource("aws_route_table.edge", route=[{"cidr_block": "10.0.2.0/24"}]),
    resource("aws_route_table.fw"),
    resource("aws_route.fw", destination_cidr_block="0.0.0.0/0"),
    resource("aws_route_table.app", route=[{"cidr_block": "0.0.0.0/0"}]),
    resource("aws_route_table_association.edge"),
    resource("aws_route_table_association.fw"),
    resource("aws_route_table_association.app"),
    resource("aws_security_group.web", name="web", ingress=[WEB], egress=[ANYWHERE]),
    resource("aws_security_group.fw", name="fw"),
    resource("aws_vpc_security_group_ingress_rule.fw", ip_protocol="-1", cidr_ipv4="0.0.0.0/0"),
    resource("aws_security_group_rule.fw", type="egress", **ANYWHERE),
    resource("aws_network_interface.fw", source_dest_check=False, attachment=[{"device_index": 0}]),
    resource("aws_instance.fw"),
    resource("aws_instance.app", associate_public_ip_address=True),
    resource("aws_eip.fw"),
]


def test_a_plan_is_joined_by_its_references() -> None:
    scenario, account = imported(plan(PLANNED, CONFIGURATION))
    assert web(scenario, "i-app:80") == ("ok", ["internet", "igw-gw", "i-fw", "vpc-main", "i-app"])
    assert said(account, "error") == []


def test_what_a_plan_does_not_know_is_an_assumption_with_its_place() -> None:
    _, account = imported(plan(PLANNED, CONFIGURATION))
    assumed = [note for note in account.notes if note.severity == "assumed" and "stands in its place" in note.text]
    assert {note.text.partition(":")[0] for note in assumed} == {"aws_network_interface.fw", "aws_instance.app", "aws_eip.fw"}
    assert all(note.source is not None and note.source.file == "tf.json" and note.source.pointer for note in assumed)


def test_addresses_that_stand_in_are_free_and_different() -> None:
    documents = [*PLANNED, resource("aws_instance.other", private_ip="10.0.2.10")]
    configuration = {"resources": [*CONFIGURATION["resources"], block("aws_instance.other", subnet_id="aws_subnet.app.id")]}
    scenario, _ = imported(plan(documents, configuration))
    network: Any = scenario.network
    assert str(network.get("eni-app").private_ip) == "10.0.2.11"
    assert len({str(network.get(name).public_ip) for name in ("eni-app", "eni-fw")}) == 2


def test_a_route_whose_target_nobody_knows_stops_packets() -> None:
    configuration = {
        "resources": [each for each in CONFIGURATION["resources"] if each["address"] != "aws_route_table.app"]
        + [block("aws_route_table.app", vpc_id="aws_vpc.main.id")]
    }
    scenario, account = imported(plan(PLANNED, configuration))
    assert outcome(scenario, sender="i-app", to="192.0.2.80:443")[0] == "forward:UNSUPPORTED_COMPONENT"
    assert any("the target of its route to 0.0.0.0/0 is unknown" in text for text in said(account, "assumed"))


def test_references_are_followed_through_modules() -> None:
    """A variable leads to the caller, an output into the module, an index to the instance with the same one."""
    child = {
        "resources": [
            block("aws_subnet.this", vpc_id="var.vpc"),
            block("aws_route_table.this", vpc_id="var.vpc"),
            block("aws_route_table_association.this", subnet_id=to("aws_subnet.this"), route_table_id="aws_route_table.this.id"),
            block("aws_route.out", route_table_id="aws_route_table.this.id", gateway_id="var.gateway"),
        ],
        "outputs": {"subnets": {"expression": to("aws_subnet.this")}},
    }
    configuration = {
        "resources": [
            block("aws_internet_gateway.gw", vpc_id="aws_vpc.main.id"),
            block("aws_instance.web", subnet_id=to("module.net.subnets"), vpc_security_group_ids="aws_security_group.web.id"),
            block("aws_security_group.web", vpc_id="aws_vpc.main.id"),
        ],
        "module_calls": {"net": {"expressions": {"vpc": to("aws_vpc.main.id"), "gateway": to("aws_internet_gateway.gw.id")}, "module": child}},
    }
    inside = [
        resource("module.net.aws_subnet.this[0]", cidr_block="10.0.0.0/24", availability_zone="a"),
        resource("module.net.aws_subnet.this[1]", cidr_block="10.0.1.0/24", availability_zone="b"),
        resource("module.net.aws_route_table.this"),
        resource("module.net.aws_route_table_association.this[0]"),
        resource("module.net.aws_route_table_association.this[1]"),
        resource("module.net.aws_route.out", destination_cidr_block="0.0.0.0/0"),
    ]
    root = [
        resource("aws_vpc.main", cidr_block="10.0.0.0/16"),
        resource("aws_internet_gateway.gw"),
        resource("aws_security_group.web", ingress=[WEB], egress=[ANYWHERE]),
        resource("aws_instance.web[0]", associate_public_ip_address=True),
        resource("aws_instance.web[1]", associate_public_ip_address=True),
    ]
    scenario, account = imported(plan(root, configuration, {"module.net": inside}))
    network: Any = scenario.network
    assert [network.get(f"eni-web.{at}").subnet for at in (0, 1)] == ["subnet-net.this.0", "subnet-net.this.1"]
    assert network.get("subnet-net.this.1").route_table == "rtb-net.this"
    assert web(scenario, "i-web.1:80")[0] == "ok"
    assert said(account, "error") == []


def test_a_local_is_taken_for_the_only_resource_that_it_can_be() -> None:
    """As in the module that most people make their VPC with, whose subnets name `local.vpc_id`."""
    child = {"resources": [block("aws_subnet.public", vpc_id=to("local.vpc_id"))]}
    configuration = {"module_calls": {"vpc": {"expressions": {}, "module": child}}}
    inside = [
        resource("module.vpc.aws_vpc.this[0]", cidr_block="10.0.0.0/16"),
        resource("module.vpc.aws_subnet.public[0]", cidr_block="10.0.0.0/24", availability_zone="a"),
    ]
    scenario, account = imported(plan([], configuration, {"module.vpc": inside}))
    network: Any = scenario.network
    assert network.get("subnet-vpc.public.0").vpc == "vpc-vpc.this.0"
    assert any("vpc_id refers to is not in the file: vpc-vpc.this.0" in text for text in said(account, "assumed"))
    two = [*inside, resource("module.vpc.aws_vpc.other", cidr_block="10.1.0.0/16")]
    _, account = imported(plan([], configuration, {"module.vpc": two}))
    assert any("subnet-vpc.public.0" in text for text in said(account, "error"))


def test_nat_gateways_peerings_and_endpoints() -> None:
    document = state(
        resource("aws_vpc.a", id="vpc-a", cidr_block="10.0.0.0/16", main_route_table_id="rtb-a"),
        resource("aws_vpc.b", id="vpc-b", cidr_block="10.1.0.0/16", main_route_table_id="rtb-b"),
        resource("aws_subnet.pub", id="subnet-pub", vpc_id="vpc-a", cidr_block="10.0.0.0/24", availability_zone="a"),
        resource("aws_subnet.priv", id="subnet-priv", vpc_id="vpc-a", cidr_block="10.0.1.0/24", availability_zone="a"),
        resource("aws_subnet.b", id="subnet-b", vpc_id="vpc-b", cidr_block="10.1.0.0/24", availability_zone="a"),
        resource("aws_internet_gateway.gw", id="igw-1"),
        resource("aws_internet_gateway_attachment.gw", id="x", internet_gateway_id="igw-1", vpc_id="vpc-a"),
        resource("aws_route_table.pub", id="rtb-pub", vpc_id="vpc-a", route=[{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}]),
        resource("aws_route_table_association.pub", id="y", route_table_id="rtb-pub", subnet_id="subnet-pub"),
        resource(
            "aws_default_route_table.b",
            id="rtb-b",
            default_route_table_id="rtb-b",
            vpc_id="vpc-b",
            route=[{"cidr_block": "10.0.0.0/16", "vpc_peering_connection_id": "pcx-1"}],
        ),
        resource("aws_route.nat", id="z", route_table_id="rtb-a", destination_cidr_block="0.0.0.0/0", nat_gateway_id="nat-1"),
        resource("aws_route.peer", id="z2", route_table_id="rtb-a", destination_cidr_block="10.1.0.0/16", vpc_peering_connection_id="pcx-1"),
        resource("aws_eip.nat", id="eipalloc-1", public_ip="203.0.113.5"),
        resource("aws_nat_gateway.nat", id="nat-1", subnet_id="subnet-pub", allocation_id="eipalloc-1", private_ip="10.0.0.20", public_ip="203.0.113.5"),
        resource("aws_vpc_peering_connection.p", id="pcx-1", vpc_id="vpc-a", peer_vpc_id="vpc-b", accept_status="active"),
        resource(
            "aws_vpc_endpoint.s3",
            id="vpce-1",
            vpc_id="vpc-a",
            service_name="com.amazonaws.eu-west-1.s3",
            vpc_endpoint_type="Gateway",
            prefix_list_id="pl-1",
            cidr_blocks=["52.218.0.0/17"],
            route_table_ids=["rtb-a"],
        ),
        resource(
            "aws_instance.a", id="i-a", subnet_id="subnet-priv", private_ip="10.0.1.10", vpc_security_group_ids=["sg-1"], primary_network_interface_id="eni-a"
        ),
        resource(
            "aws_instance.b", id="i-b", subnet_id="subnet-b", private_ip="10.1.0.10", vpc_security_group_ids=["sg-2"], primary_network_interface_id="eni-b"
        ),
        resource("aws_security_group.a", id="sg-1", vpc_id="vpc-a", ingress=[], egress=[ANYWHERE]),
        resource("aws_security_group.b", id="sg-2", vpc_id="vpc-b", ingress=[{**WEB, "cidr_blocks": [], "security_groups": ["sg-1"]}], egress=[ANYWHERE]),
    )
    scenario, _ = imported(document)
    assert outcome(scenario, sender="i-a", to="192.0.2.80:443") == ("ok", ["i-a", "vpc-a", "nat-1", "vpc-a", "igw-1", "internet"])
    assert outcome(scenario, sender="i-a", to="i-b:80")[0] == "ok"
    assert outcome(scenario, sender="i-a", to="52.218.0.9:443")[1][:3] == ["i-a", "vpc-a", "vpce-1"]


def test_transit_gateways_with_the_default_table_and_with_their_own() -> None:
    def network(**gateway: str) -> Json:
        return state(
            resource("aws_ec2_transit_gateway.t", id="tgw-1", association_default_route_table_id="tgw-rtb-d", **gateway),
            *(
                each
                for at, name in enumerate("ab")
                for each in (
                    resource(f"aws_vpc.{name}", id=f"vpc-{name}", cidr_block=f"10.{at}.0.0/16", main_route_table_id=f"rtb-{name}"),
                    resource(f"aws_subnet.{name}", id=f"subnet-{name}", vpc_id=f"vpc-{name}", cidr_block=f"10.{at}.0.0/24", availability_zone="a"),
                    resource(f"aws_route.{name}", id="r", route_table_id=f"rtb-{name}", destination_cidr_block="10.0.0.0/8", transit_gateway_id="tgw-1"),
                    resource(
                        f"aws_ec2_transit_gateway_vpc_attachment.{name}",
                        id=f"tgw-attach-{name}",
                        transit_gateway_id="tgw-1",
                        vpc_id=f"vpc-{name}",
                        subnet_ids=[f"subnet-{name}"],
                    ),
                    resource(f"aws_security_group.{name}", id=f"sg-{name}", vpc_id=f"vpc-{name}", ingress=[ANYWHERE], egress=[ANYWHERE]),
                    resource(
                        f"aws_instance.{name}", id=f"i-{name}", subnet_id=f"subnet-{name}", private_ip=f"10.{at}.0.10", vpc_security_group_ids=[f"sg-{name}"]
                    ),
                )
            ),
        )

    scenario, _ = imported(network(default_route_table_association="enable", default_route_table_propagation="enable"))
    assert outcome(scenario, sender="i-a", to="i-b:80")[0] == "ok"
    without = network(default_route_table_association="disable", default_route_table_propagation="disable")
    assert outcome(imported(without)[0], sender="i-a", to="i-b:80")[0] == "forward:TGW_NO_ASSOCIATION"
    own = without
    own["values"]["root_module"]["resources"] += [
        resource("aws_ec2_transit_gateway_route_table.own", id="tgw-rtb-1", transit_gateway_id="tgw-1"),
        *(
            resource(
                f"aws_ec2_transit_gateway_route_table_association.{name}",
                transit_gateway_attachment_id=f"tgw-attach-{name}",
                transit_gateway_route_table_id="tgw-rtb-1",
            )
            for name in "ab"
        ),
        resource("aws_ec2_transit_gateway_route_table_propagation.b", transit_gateway_attachment_id="tgw-attach-b", transit_gateway_route_table_id="tgw-rtb-1"),
        resource(
            "aws_ec2_transit_gateway_route.a",
            destination_cidr_block="10.0.0.0/16",
            transit_gateway_attachment_id="tgw-attach-a",
            transit_gateway_route_table_id="tgw-rtb-1",
        ),
    ]
    assert outcome(imported(own)[0], sender="i-a", to="i-b:80")[0] == "ok"


def test_network_acls_in_blocks_and_rule_by_rule() -> None:
    document = state(
        *APPLIANCE,
        resource(
            "aws_network_acl.app",
            id="acl-1",
            vpc_id="vpc-1",
            subnet_ids=["subnet-app"],
            egress=[{"rule_no": 100, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0", "from_port": 0, "to_port": 0}],
        ),
        resource(
            "aws_network_acl_rule.app",
            id="r",
            network_acl_id="acl-1",
            rule_number=100,
            egress=False,
            protocol="6",
            rule_action="allow",
            cidr_block="0.0.0.0/0",
            from_port=443,
            to_port=443,
        ),
    )
    assert web(imported(document)[0], "i-app:80")[0] == "forward:NACL_INGRESS_DENY"
    document["values"]["root_module"]["resources"].append(
        resource(
            "aws_network_acl_rule.web",
            id="r",
            network_acl_id="acl-1",
            rule_number=110,
            egress=False,
            protocol="tcp",
            rule_action="allow",
            cidr_block="0.0.0.0/0",
            from_port=80,
            to_port=80,
        )
    )
    assert web(imported(document)[0], "i-app:80")[0] == "ok"


def test_load_balancers_with_their_targets() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
    document = state(
        *APPLIANCE,
        resource(
            "aws_lb.web",
            id=f"{arn}:loadbalancer/net/web/50dc",
            arn=f"{arn}:loadbalancer/net/web/50dc",
            name="web",
            load_balancer_type="network",
            internal=False,
            subnets=["subnet-fw"],
        ),
        resource(
            "aws_lb_target_group.web",
            id=f"{arn}:targetgroup/web/1",
            arn=f"{arn}:targetgroup/web/1",
            name="web",
            protocol="TCP",
            port=80,
            target_type="instance",
        ),
        resource(
            "aws_lb_listener.web",
            id=f"{arn}:listener/net/web/50dc/1",
            arn=f"{arn}:listener/net/web/50dc/1",
            load_balancer_arn=f"{arn}:loadbalancer/net/web/50dc",
            port=80,
            protocol="TCP",
            default_action=[{"type": "forward", "target_group_arn": f"{arn}:targetgroup/web/1"}],
        ),
        resource("aws_lb_target_group_attachment.web", id="t", target_group_arn=f"{arn}:targetgroup/web/1", target_id="i-app", port=80),
    )
    scenario, account = imported(document)
    balancer = next(record for record in scenario.network if type(record).__name__ == "NetworkLoadBalancer")
    assert "i-app" in web(scenario, f"{balancer.id}:80")[1]
    assert any("aws_lb.web: its public address is chosen by AWS" in text for text in said(account, "assumed"))


def test_what_is_not_read_and_what_belongs_to_nothing_is_told() -> None:
    document = state(
        *APPLIANCE,
        resource("aws_dx_gateway.x", id="dx-1"),
        resource("aws_s3_bucket.x", id="bucket"),
        resource("aws_route53_zone.x", id="Z1"),
        resource("aws_route.lost", id="r", route_table_id="rtb-elsewhere", destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"),
    )
    _, account = imported(document)
    assert said(account, "skipped") == [
        "aws_route.lost belongs to rtb-elsewhere, which is not in the file",
        "aws_dx_gateway.x: vpctui does not read aws_dx_gateway",
    ]


def test_data_sources_of_a_plan_stand_in_its_prior_state() -> None:
    vpc = resource("data.aws_vpc.main", id="vpc-9", cidr_block="10.0.0.0/16", main_route_table_id="rtb-9")
    configuration = {"resources": [block("aws_subnet.s", vpc_id="data.aws_vpc.main.id")]}
    scenario, _ = imported(
        plan(
            [resource("aws_subnet.s", cidr_block="10.0.0.0/24", availability_zone="a")],
            configuration,
            prior_state={"values": {"root_module": {"resources": [vpc]}}},
        )
    )
    network: Any = scenario.network
    assert network.get("subnet-s").vpc == "vpc-9"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "no format_version"),
        (b'{"version": 4, "lineage": "x", "resources": []}', "a .tfstate file is another format"),
        (b'{"format_version": "1.0"}', "neither values nor planned_values"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_terraform_did_not_print_is_said(data: bytes, why: str) -> None:
    with pytest.raises(NotTerraform, match=why):
        read_document(data)


@pytest.mark.parametrize(
    "values",
    [None, [], {"root_module": None}, {"root_module": {"resources": [None, 3, {"type": 3}, {"type": "aws_vpc", "address": "aws_vpc.x", "values": None}]}}],
)
def test_odd_files_are_no_tracebacks(values: object) -> None:
    data = json.dumps({"format_version": "1.0", "values": values}).encode()
    with suppress(NotTerraform):
        assert set(read_terraform(data, "x").objects) <= {"Vpcs", "RouteTables"}


JUNK: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers(-5, 70000) | st.text(max_size=6) | st.just([]) | st.just({}) | st.just([3, None, {"a": 1}, ["x"]])
)


@given(st.randoms(use_true_random=False), st.lists(JUNK, min_size=1, max_size=4), st.booleans())
@settings(max_examples=80, deadline=None)
def test_no_value_of_a_wrong_type_is_a_traceback(chance: Random, junk: list[object], planned: bool) -> None:
    document = json.loads(json.dumps(plan(PLANNED, CONFIGURATION) if planned else state(*APPLIANCE)))
    for value in junk:
        spoil(document, json.loads(json.dumps(value)), chance)
    with suppress(NotTerraform):
        account = read_terraform(json.dumps(document).encode(), "tf.json")
        text = import_account(account, "tf.json")
        assert text is None or read_scenario(text.encode(), "tf.yaml")[1] is not None


def spoil(document: Any, value: object, chance: Random) -> None:
    """Put a value at some place of a document."""
    holder = document
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        if not keys:
            return
        key = chance.choice(list(keys))
        if not isinstance(holder[key], dict | list) or not holder[key] or chance.random() < 0.15:
            holder[key] = value
            return
        holder = holder[key]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "state.json").write_text(json.dumps(state(*APPLIANCE)))
    assert main(["import", "terraform", str(tmp_path / "state.json"), "--output", str(tmp_path / "s.yaml")]) == 0
    assert "aws_instance.fw: assumed:" in capsys.readouterr().err
    assert main(["trace", str(tmp_path / "s.yaml"), "--from", "internet", "--source-ip", "198.51.100.7", "--to", "i-app:80"]) == 0
    capsys.readouterr()
    (tmp_path / "empty.json").write_text(json.dumps(state()))
    assert main(["import", "terraform", str(tmp_path / "empty.json")]) == 2
    assert "no aws_vpc in it" in capsys.readouterr().err
    assert main(["import", "terraform"]) == 2
    assert main(["import", "terraform", str(tmp_path / "no.json")]) == 2
