"""AWS, one file per resource.  Importing this package registers all of them with the engine.

To add a resource: one file with the five parts (record, read, forward, settings, sentences), and one line here.
"""

from types import ModuleType

from vpctui.aws import (
    addressing,
    appliance,
    application_load_balancer,
    association_changes,
    attachment_changes,
    availability_zone,
    block_public_access,
    classic_load_balancer,
    delivery,
    direct_connect,
    edge,
    egress_only_internet_gateway,
    endpoint_changes,
    endpoint_service,
    filter_changes,
    gateway_endpoint,
    geneve,
    guest_changes,
    host,
    host_services,
    instance,
    interface_changes,
    interface_endpoint,
    internet,
    internet_gateway,
    link_network,
    load_balancer,
    load_balancer_changes,
    load_balancer_proxy,
    load_balancer_targets,
    machine,
    machine_forwarding,
    machine_output,
    managed_interface,
    mends,
    mtu,
    nat_gateway,
    nat_gateway_regional,
    nat_translation,
    network_acl,
    network_interface,
    network_load_balancer,
    prefix_list,
    range_changes,
    remote_side,
    route_changes,
    route_table,
    security_group,
    service_interface,
    subnet,
    transit_gateway,
    transit_gateway_changes,
    transit_gateway_landing,
    tunnel,
    unsupported,
    vpc,
    vpc_endpoint,
    vpc_peering_connection,
    vpn_connection,
    vpn_gateway,
)
from vpctui.engine.registry import register_rules
from vpctui.schema import Section

RESOURCES: tuple[ModuleType, ...] = (
    vpc,
    subnet,
    route_table,
    prefix_list,
    internet_gateway,
    egress_only_internet_gateway,
    vpn_gateway,
    vpn_connection,
    direct_connect,
    nat_gateway,
    load_balancer,
    instance,
    network_interface,
    security_group,
    network_acl,
    vpc_endpoint,
    endpoint_service,
    vpc_peering_connection,
    transit_gateway,
    host,
    link_network,
    tunnel,
    unsupported,
)
"""Modules with a SECTION and a `read`, in the order in which the format reference shows them."""

STAGES: tuple[ModuleType, ...] = (
    addressing,
    appliance,
    application_load_balancer,
    availability_zone,
    block_public_access,
    classic_load_balancer,
    delivery,
    edge,
    gateway_endpoint,
    geneve,
    host_services,
    interface_endpoint,
    internet,
    load_balancer_proxy,
    load_balancer_targets,
    machine,
    machine_forwarding,
    machine_output,
    managed_interface,
    mtu,
    nat_gateway_regional,
    nat_translation,
    network_load_balancer,
    remote_side,
    service_interface,
    transit_gateway_landing,
)
"""What several resources share on a packet's way."""

CHANGES: tuple[ModuleType, ...] = (
    association_changes,
    attachment_changes,
    endpoint_changes,
    filter_changes,
    guest_changes,
    interface_changes,
    load_balancer_changes,
    range_changes,
    route_changes,
    transit_gateway_changes,
)
"""What may be changed where that is a file of its own."""

OFFERS: tuple[ModuleType, ...] = (mends,)
"""What could be tried where a packet ends."""

SECTIONS: dict[str, tuple[Section, ModuleType]] = {
    section.name: (section, module) for module in RESOURCES for section in (module.SECTION, getattr(module, "ROUTERS", None)) if section
}

for _module in RESOURCES + STAGES:
    register_rules(getattr(_module, "RULES", {}))
