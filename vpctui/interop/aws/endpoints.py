"""VPC endpoints and what stands behind them: services, Network Firewall.  Rules R-210, R-217, R-219 … R-223, R-286, R-290, R-327."""

from vpctui.interop.aws.balancers import Balancers
from vpctui.interop.aws.draft import Draft, Fields, name_of
from vpctui.interop.aws.filters import SecurityGroups, prefix_list
from vpctui.interop.aws.interfaces import Addresses, Interfaces
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes import RouteTable
from vpctui.interop.aws.shapes_gateways import PrefixList, ServiceConfiguration, VpcEndpoint
from vpctui.interop.aws.shapes_transit import Firewall

STATES = {"available": "available", "pendingacceptance": "pending_acceptance", "rejected": "rejected"}
TYPES = {"gateway": "gateway", "interface": "interface", "gatewayloadbalancer": "gateway_load_balancer"}


class Endpoints:
    """Writes VPC endpoints."""

    def __init__(self, inventory: Inventory, interfaces: Interfaces, addresses: Addresses, groups: SecurityGroups, balancers: Balancers) -> None:
        self._inventory, self._interfaces, self._addresses, self._groups, self._balancers = inventory, interfaces, addresses, groups, balancers
        self._draft: Draft = groups.draft
        self._services = {service.service_name: service for service in inventory.of("ServiceConfigurations", ServiceConfiguration).values()}
        self._firewalls = firewall_endpoints(inventory)

    def write(self) -> None:
        """Every endpoint of a VPC that is written."""
        for identifier, endpoint in self._inventory.of("VpcEndpoints", VpcEndpoint).items():
            kind = TYPES.get(endpoint.vpc_endpoint_type.lower(), "")
            source = self._inventory.source("VpcEndpoints", identifier)
            state = STATES.get(endpoint.state.lower())
            if endpoint.vpc_id not in self._draft.sections.get("vpcs", {}) or state is None:
                why = f"is {endpoint.state}" if state is None else f"is of {endpoint.vpc_id}, which is not in the data"
                self._draft.account.note("skipped", f"endpoint {identifier} {why}", source, identifier)
                continue
            fields = self._gateway(identifier, endpoint) if kind == "gateway" else self._placed(identifier, endpoint, kind)
            if not kind or fields is None:
                self._draft.unsupported(identifier, f"vpc_endpoint {endpoint.vpc_endpoint_type}", endpoint.vpc_id)
                self._draft.note("warning", identifier, f"endpoint {identifier} ({endpoint.vpc_endpoint_type}) cannot be modelled: packets stop at it", source)
                continue
            if state != "available":
                fields["state"] = state
            self._draft.add("vpc_endpoints", identifier, fields, name_of(endpoint.tags))

    def _gateway(self, identifier: str, endpoint: VpcEndpoint) -> Fields:
        listed = next((name for name, held in self._inventory.of("PrefixLists", PrefixList).items() if held.prefix_list_name == endpoint.service_name), "")
        listed = listed or self._routed(endpoint) or f"pl-of-{identifier}"
        fields: Fields = {
            "type": "gateway",
            "vpc": endpoint.vpc_id,
            "service": endpoint.service_name or "unknown",
            "prefix_list": prefix_list(self._draft, listed),
        }
        known = self._inventory.of("RouteTables", RouteTable)
        tables = [table for table in endpoint.route_table_ids if table in known and known[table].vpc_id == endpoint.vpc_id]
        return {**fields, "route_tables": tables} if tables else fields

    def _routed(self, endpoint: VpcEndpoint) -> str:
        """The prefix list of a route that leads to this endpoint."""
        for held in self._inventory.account.of("RouteTables").values():
            for route in held.values.get("Routes") or ():
                if isinstance(route, dict) and route.get("GatewayId") == endpoint.vpc_endpoint_id and isinstance(route.get("DestinationPrefixListId"), str):
                    return str(route["DestinationPrefixListId"])
        return ""

    def _placed(self, identifier: str, endpoint: VpcEndpoint, kind: str) -> Fields | None:
        """An endpoint with interfaces: one in each subnet."""
        if kind not in ("interface", "gateway_load_balancer"):
            return None
        names = [*endpoint.network_interface_ids, *self._interfaces.of_owner.get(identifier, ())]
        nodes: dict[str, Fields] = {}
        zones = set()
        for name in dict.fromkeys(names):
            interface = self._interfaces.all.get(name)
            if interface is None or not self._addresses.knows(interface.subnet_id) or interface.subnet_id in nodes:
                continue
            zone = self._zone(interface.subnet_id)
            held = self._addresses.fields(name, interface)
            if held is not None and zone not in zones and self._draft.claim(name, identifier):
                nodes[interface.subnet_id] = {"network_interface": name, **{key: held[key] for key in ("private_ip", "ipv6") if key in held}}
                zones.add(zone)
        for subnet in endpoint.subnet_ids:
            if self._addresses.knows(subnet) and subnet not in nodes and self._zone(subnet) not in zones and (kind != "interface" or not nodes):
                nodes[subnet] = {}
                zones.add(self._zone(subnet))
        if not nodes:
            return None
        fields: Fields = {"type": kind, "service": self._service(identifier, endpoint, kind, next(iter(nodes)))}
        if kind == "gateway_load_balancer" or len(nodes) == 1:
            subnet, node = next(iter(nodes.items()))
            fields.update({"subnet": subnet, **node})
        else:
            fields["subnets"] = nodes
        if kind == "interface":
            groups = self._groups.of_interface(identifier, endpoint.vpc_id, [group.group_id for group in endpoint.groups if group.group_id])
            if groups:
                fields["security_groups"] = groups
        return fields

    def _zone(self, subnet: str) -> str:
        entry = self._draft.entry("subnets", subnet)
        return str(entry.fields["az"]) if entry else ""

    def _service(self, identifier: str, endpoint: VpcEndpoint, kind: str, subnet: str) -> str:
        """What stands behind: a firewall, a load balancer of the data, or only a name."""
        firewall = self._firewalls.get(identifier)
        if firewall is not None:
            return self._firewall(firewall)
        known = self._services.get(endpoint.service_name)
        if known is None:
            if kind == "gateway_load_balancer":
                self._draft.note("warning", identifier, f"{endpoint.service_name or 'the service'} behind {identifier} is not in the data: packets stop there")
                return endpoint.service_name if "." in endpoint.service_name else f"unknown.service.{identifier}"
            return endpoint.service_name or "unknown"
        arns = known.gateway_load_balancer_arns if kind == "gateway_load_balancer" else known.network_load_balancer_arns
        found = self._balancers.service(known.service_id, kind, arns)
        return found or (endpoint.service_name if "." in endpoint.service_name else f"unknown.service.{identifier}")

    def _firewall(self, firewall: Firewall) -> str:
        """AWS Network Firewall: its endpoints are known, its rules are not (R-328)."""
        name = firewall.firewall_name or firewall.firewall_arn.rpartition("/")[2]
        name = name if not self._draft.holds(name) or self._draft.entry("endpoint_services", name) else f"firewall-{name}"
        if not self._draft.holds(name):
            self._draft.add("endpoint_services", name, {"type": "network_firewall"})
            self._draft.assume(name, f"the rules of firewall {name} are not read: it lets everything through, and wants to see whole connections")
        return name


def firewall_endpoints(inventory: Inventory) -> dict[str, Firewall]:
    """The endpoints of each Network Firewall; `FirewallStatus` stands beside `Firewall` in the answer."""
    found = {}
    for firewall in inventory.of("Firewall", Firewall).values():
        for state in firewall.firewall_status.sync_states.values():
            if state.attachment is not None and state.attachment.endpoint_id:
                found[state.attachment.endpoint_id] = firewall
    return found
