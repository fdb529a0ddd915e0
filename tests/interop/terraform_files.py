"""Files as `terraform show -json` prints them, made small."""

from typing import Any

Json = dict[str, Any]


def resource(address: str, **values: Any) -> Json:
    """One resource of a state or of planned values."""
    kind, name = address.partition("[")[0].rsplit(".", 2)[-2:]
    mode = "data" if ".data." in f".{address}" else "managed"
    return {"address": address, "mode": mode, "type": kind, "name": name, "provider_name": "registry.terraform.io/hashicorp/aws", "values": values}


def state(*resources: Json, **modules: list[Json]) -> Json:
    """A state."""
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": _module(resources, modules)}}


def plan(resources: list[Json], configuration: Json, modules: dict[str, list[Json]] | None = None, **rest: Any) -> Json:
    """A plan; `configuration` is its root module."""
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": _module(resources, modules or {})},
        "configuration": {"root_module": configuration},
        **rest,
    }


def _module(resources: Any, modules: dict[str, list[Json]]) -> Json:
    return {"resources": list(resources), "child_modules": [{"address": address, "resources": held} for address, held in modules.items()]}


def block(address: str, **expressions: Any) -> Json:
    """A block of the configuration: attributes that refer to something."""
    kind, name = address.rsplit(".", 1)
    return {
        "address": address,
        "type": kind,
        "name": name,
        "expressions": {key: to(value) if isinstance(value, str) else value for key, value in expressions.items()},
    }


def to(*references: str) -> Json:
    """An expression with its references, the whole resource behind the attribute as Terraform writes them."""
    return {"references": [part for each in references for part in (each, *([each.rpartition(".")[0]] if each.count(".") > 1 else []))]}


ANYWHERE = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
WEB = {"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}

APPLIANCE = (
    resource("aws_vpc.main", id="vpc-1", cidr_block="10.0.0.0/16", main_route_table_id="rtb-main", tags={"Name": "main"}),
    resource("aws_subnet.fw", id="subnet-fw", vpc_id="vpc-1", cidr_block="10.0.1.0/24", availability_zone="eu-west-1a"),
    resource("aws_subnet.app", id="subnet-app", vpc_id="vpc-1", cidr_block="10.0.2.0/24", availability_zone="eu-west-1a"),
    resource("aws_internet_gateway.gw", id="igw-1", vpc_id="vpc-1"),
    resource("aws_route_table.edge", id="rtb-edge", vpc_id="vpc-1", route=[{"cidr_block": "10.0.2.0/24", "network_interface_id": "eni-fw", "gateway_id": ""}]),
    resource("aws_route_table.fw", id="rtb-fw", vpc_id="vpc-1", route=[]),
    resource("aws_route.fw", id="r-1", route_table_id="rtb-fw", destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"),
    resource("aws_route_table.app", id="rtb-app", vpc_id="vpc-1", route=[{"cidr_block": "0.0.0.0/0", "network_interface_id": "eni-fw"}]),
    resource("aws_route_table_association.edge", id="a-1", route_table_id="rtb-edge", gateway_id="igw-1", subnet_id=""),
    resource("aws_route_table_association.fw", id="a-2", route_table_id="rtb-fw", subnet_id="subnet-fw", gateway_id=""),
    resource("aws_route_table_association.app", id="a-3", route_table_id="rtb-app", subnet_id="subnet-app", gateway_id=""),
    resource("aws_security_group.web", id="sg-web", vpc_id="vpc-1", name="web", ingress=[WEB], egress=[ANYWHERE]),
    resource("aws_security_group.fw", id="sg-fw", vpc_id="vpc-1", name="fw", ingress=[], egress=[]),
    resource("aws_vpc_security_group_ingress_rule.fw", id="sgr-1", security_group_id="sg-fw", ip_protocol="-1", cidr_ipv4="0.0.0.0/0"),
    resource("aws_security_group_rule.fw", id="sgr-2", security_group_id="sg-fw", type="egress", **ANYWHERE),
    resource(
        "aws_network_interface.fw", id="eni-fw", subnet_id="subnet-fw", private_ip="10.0.1.10", private_ips=["10.0.1.10"], source_dest_check=False,
        security_groups=["sg-fw"], attachment=[{"instance": "i-fw", "device_index": 0}],
    ),
    resource("aws_instance.fw", id="i-fw", instance_state="running", network_interface=[{"device_index": 0, "network_interface_id": "eni-fw"}]),
    resource(
        "aws_instance.app", id="i-app", instance_state="running", primary_network_interface_id="eni-app", subnet_id="subnet-app", private_ip="10.0.2.10",
        public_ip="203.0.113.20", vpc_security_group_ids=["sg-web"], source_dest_check=True,
    ),
    resource("aws_eip.fw", id="eipalloc-1", public_ip="203.0.113.10", network_interface="eni-fw", instance="i-fw", private_ip="10.0.1.10"),
)  # fmt: skip
"""The appliance in its own subnet, as a state."""
