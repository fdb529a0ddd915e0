"""From the file of `terraform show -json` to an account."""

from vpctui.interop.aws.account import Account
from vpctui.interop.terraform import balancers, filters, machines, networks, routes, transit
from vpctui.interop.terraform.addresses import Addresses
from vpctui.interop.terraform.document import read_document
from vpctui.interop.terraform.reading import Context

READ = frozenset(
    (
        *("aws_vpc", "aws_default_vpc", "aws_vpc_ipv4_cidr_block_association", "aws_vpc_ipv6_cidr_block_association", "aws_subnet", "aws_default_subnet"),
        *("aws_internet_gateway", "aws_internet_gateway_attachment", "aws_egress_only_internet_gateway", "aws_vpn_gateway", "aws_vpn_gateway_attachment"),
        *(
            "aws_vpc_peering_connection",
            "aws_vpc_peering_connection_accepter",
            "aws_ec2_managed_prefix_list",
            "aws_ec2_managed_prefix_list_entry",
            "aws_prefix_list",
        ),
        *("aws_vpc_endpoint", "aws_vpc_endpoint_route_table_association", "aws_vpc_endpoint_subnet_association", "aws_vpc_endpoint_service"),
        *("aws_route_table", "aws_default_route_table", "aws_route", "aws_route_table_association", "aws_main_route_table_association"),
        "aws_vpn_gateway_route_propagation",
        *(*filters.GROUPS, "aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
        *(*filters.ACLS, "aws_network_acl_rule", "aws_network_acl_association"),
        *("aws_network_interface", "aws_network_interface_attachment", "aws_network_interface_sg_attachment", "aws_instance"),
        *("aws_eip", "aws_eip_association", "aws_nat_gateway"),
        *("aws_ec2_transit_gateway", "aws_ec2_transit_gateway_route_table", "aws_ec2_transit_gateway_vpc_attachment"),
        *("aws_ec2_transit_gateway_route_table_association", "aws_ec2_transit_gateway_route_table_propagation", "aws_ec2_transit_gateway_route"),
        *("aws_customer_gateway", "aws_vpn_connection", "aws_vpn_connection_route"),
        *(*balancers.BALANCERS, *balancers.GROUPS, *balancers.LISTENERS, *balancers.ATTACHMENTS),
    )
)
"""Types of resources that are read."""

SILENT = (
    "aws_vpc_dhcp_options",
    "aws_vpc_endpoint_policy",
    "aws_vpc_ipam",
    "aws_ec2_tag",
    "aws_lb_listener_certificate",
    "aws_vpc_endpoint_service_allowed_principal",
)
"""Beginnings of types that change nothing on a packet's way."""

NETWORK = (
    "aws_vpc",
    "aws_ec2_",
    "aws_lb",
    "aws_alb",
    "aws_elb",
    "aws_dx_",
    "aws_networkfirewall",
    "aws_network",
    "aws_route_",
    "aws_vpn_",
    "aws_autoscaling_group",
    "aws_ecs_service",
)
"""Beginnings of types that may lie on it: one that is not read is told."""


def read_terraform(data: bytes, name: str) -> Account:
    """Everything that the file holds.  Raises NotTerraform where it is not what `terraform show -json` prints."""
    document = read_document(data)
    account = Account()
    context = Context(account, document, name)
    networks.write(context)
    addresses = Addresses(context)
    filters.write(context)
    machines.write(context, addresses)
    transit.write(context)
    balancers.write(context, addresses)
    routes.write(context)
    for (address, attribute), meant in context.references.guessed.items():
        asking = document.resources[address]
        told = f"{address}: what its {attribute} refers to is not in the file: {meant.id}, the only one that it can be, stands in its place"
        account.note("assumed", told, context.source(asking), asking.id)
    for resource in document.resources.values():
        if resource.type not in READ and resource.type.startswith(NETWORK) and not resource.type.startswith((*SILENT, "aws_route53")):
            account.note("skipped", f"{resource.address}: vpctui does not read {resource.type}", context.source(resource), resource.id)
    return account
