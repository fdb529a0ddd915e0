"""Load balancers of all kinds, with listeners and targets.  Rules R-185 … R-189, R-192, R-195, R-200, R-204 … R-208, R-210 … R-216."""

from collections.abc import Iterator

from vpctui.interop.aws.draft import Fields, address_text
from vpctui.interop.aws.filters import SecurityGroups
from vpctui.interop.aws.interfaces import Addresses, Interfaces
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes_transit import Action, Attribute, ClassicLoadBalancer, Listener, LoadBalancer, TargetGroup, TargetHealth

PROTOCOLS = {"network": ("tcp", "tls", "udp", "tcp_udp"), "application": ("http", "https"), "classic": ("tcp", "ssl", "http", "https")}
USABLE = ("healthy", "unused", "initial", "unavailable", "")
"""States of targets that get packets, or of which nothing is said against."""
FAILOVER = {"rebalance": "rebalance", "no_rebalance": "no_rebalance"}
STICKINESS = {"source_ip_dest_ip": "2-tuple", "source_ip_dest_ip_proto": "3-tuple"}


def short_name(arn: str) -> str:
    """The part of a load balancer's ARN that names it among all: `net/web/50dc6c495c0c9188`, as interfaces have it."""
    return arn.partition(":loadbalancer/")[2] or arn


class Balancers:
    """Writes load balancers, and the services that stand on them."""

    def __init__(self, inventory: Inventory, interfaces: Interfaces, addresses: Addresses, groups: SecurityGroups) -> None:
        self._inventory, self._interfaces, self._addresses, self._groups = inventory, interfaces, addresses, groups
        self._draft = groups.draft
        self._listeners: dict[str, list[Listener]] = {}
        for listener in inventory.of("Listeners", Listener).values():
            self._listeners.setdefault(listener.load_balancer_arn, []).append(listener)
        self._pending: list[tuple[str, str, Fields]] = []
        self._appliances: list[tuple[str, Fields]] = []

    def write(self) -> None:
        """Every load balancer with a node in a known subnet; its listeners wait until instances are known."""
        for arn, balancer in self._inventory.of("LoadBalancers", LoadBalancer).items():
            if balancer.type == "gateway":
                continue
            self._write(arn, balancer)
        for name, classic in self._inventory.of("LoadBalancerDescriptions", ClassicLoadBalancer).items():
            self._classic(name, classic)

    def _write(self, arn: str, balancer: LoadBalancer) -> None:
        name, source = short_name(arn), self._inventory.source("LoadBalancers", arn)
        known = balancer.type in PROTOCOLS
        # Its interfaces are its own only if it is written: otherwise they stand by themselves.
        nodes = self._nodes(name, balancer.load_balancer_name, balancer.type, balancer) if known and self._draft.claim(name, "load_balancers") else {}
        if not nodes:
            why = "has no interface in a known subnet" if known else f"is of type {balancer.type}"
            self._draft.account.note("skipped" if known else "warning", f"load balancer {name} {why}", source, name)
            return
        fields: Fields = {"type": balancer.type, "subnets": nodes, "listeners": {}}
        vpc = self._addresses.vpc(next(iter(nodes)))
        groups = self._groups.of_interface(name, vpc, balancer.security_groups)
        if groups:
            fields["security_groups"] = groups
        if balancer.type == "network":
            cross = self._attributes("LoadBalancerAttributes", arn).get("load_balancing.cross_zone.enabled")
            if cross is not None:
                fields["cross_zone"] = cross == "true"
            if balancer.enforce_security_group_inbound_rules_on_private_link_traffic == "off":
                fields["enforce_inbound_on_privatelink"] = False
        if self._draft.add("load_balancers", name, fields, balancer.load_balancer_name) is not None:
            self._pending.append((arn, name, fields))

    def _nodes(self, name: str, short: str, kind: str, balancer: LoadBalancer | None) -> dict[str, Fields]:
        """One node for each zone, by the interfaces that name the load balancer; without them by the addresses that it says itself."""
        nodes: dict[str, Fields] = {}
        zones: set[str] = set()
        owned = self._interfaces.of_owner.get(name, []) or (self._interfaces.of_owner.get(short, []) if kind == "classic" else [])
        for identifier in owned:
            interface = self._interfaces.all[identifier]
            if self._addresses.knows(interface.subnet_id) and self._zone(interface.subnet_id) not in zones:
                held = self._addresses.fields(identifier, interface)
                if held and "private_ip" in held and self._draft.claim(identifier, name):
                    kept: Fields = {key: held[key] for key in ("private_ip", "public_ip", "ipv6") if key in held}
                    nodes[interface.subnet_id] = {**kept, "network_interface": identifier}
                    zones.add(self._zone(interface.subnet_id))
        for zone in balancer.availability_zones if balancer else ():
            row = next(iter(zone.load_balancer_addresses), None)
            if row and self._addresses.knows(zone.subnet_id) and zone.subnet_id not in nodes and self._zone(zone.subnet_id) not in zones:
                inside = self._addresses.private(name, zone.subnet_id, row.private_ipv4_address) if row.private_ipv4_address else ""
                if inside:
                    public = self._addresses.public(name, row.ip_address) if row.ip_address else ""
                    nodes[zone.subnet_id] = {"private_ip": inside, **({"public_ip": public} if public else {})}
                    zones.add(self._zone(zone.subnet_id))
        return nodes

    def _zone(self, subnet: str) -> str:
        entry = self._draft.entry("subnets", subnet)
        return str(entry.fields["az"]) if entry else ""

    def _attributes(self, kind: str, arn: str) -> dict[str, str]:
        return {row.key: row.value for row in self._inventory.parts(kind, arn, Attribute)}

    def _classic(self, name: str, classic: ClassicLoadBalancer) -> None:
        nodes = self._nodes(name, name, "classic", None)
        source = self._inventory.source("LoadBalancerDescriptions", name)
        if not nodes:
            self._draft.account.note("skipped", f"load balancer {name} has no interface in a known subnet", source, name)
            return
        groups = self._groups.of_interface(name, self._addresses.vpc(next(iter(nodes))), classic.security_groups)
        listeners: dict[int, Fields] = {}
        fields: Fields = {"type": "classic", "subnets": nodes, "listeners": listeners, **({"security_groups": groups} if groups else {})}
        if self._draft.add("load_balancers", name, fields) is None:
            return
        known = [each.instance_id for each in classic.instances if each.instance_id in self._inventory.account.of("Instances")]
        for row in classic.listener_descriptions:
            if 0 < row.listener.load_balancer_port < 65536:
                targets = [f"{identifier}:{row.listener.instance_port}" for identifier in known]
                listeners[row.listener.load_balancer_port] = {"targets": targets, "protocol": row.listener.protocol.lower()}

    def write_listeners(self) -> None:
        """Listeners with their targets, now that instances and interfaces are written."""
        for arn, name, fields in self._pending:
            unhealthy: list[str] = []
            for listener in sorted(self._listeners.get(arn, ()), key=lambda each: each.port):
                protocol = listener.protocol.lower()
                if protocol not in PROTOCOLS[fields["type"]] or not 0 < listener.port < 65536:
                    self._draft.note("warning", name, f"the listener of {name} on port {listener.port} speaks {listener.protocol}, which is not modelled")
                    continue
                groups = list(self._groups_of(listener.default_actions))
                targets = [text for group in groups for text in self._targets(name, group, listener.port, unhealthy, fields)]
                fields["listeners"][listener.port] = {"targets": list(dict.fromkeys(targets)), "protocol": protocol}
                if not groups:
                    self._draft.note("warning", name, f"the listener of {name} on port {listener.port} forwards by rules or not at all: it has no targets here")
            if unhealthy:
                fields["unhealthy"] = list(dict.fromkeys(unhealthy))
        for entry in self._draft.sections.get("load_balancers", {}).values():
            if entry.fields["type"] == "classic":
                for listener_fields in entry.fields["listeners"].values():
                    listener_fields["targets"] = [text for text in listener_fields["targets"] if self._draft.entry("instances", text.partition(":")[0])]

    @staticmethod
    def _groups_of(actions: list[Action]) -> Iterator[str]:
        """Target groups of the default action; of several those with a weight."""
        for action in sorted(actions, key=lambda each: each.order):
            if action.type == "forward":
                rows = action.forward_config.target_groups if action.forward_config else []
                weighted = [row.target_group_arn for row in rows if row.weight is None or row.weight > 0]
                yield from dict.fromkeys(weighted or [action.target_group_arn])
                return

    def _targets(self, balancer: str, arn: str, port: int, unhealthy: list[str], fields: Fields) -> Iterator[str]:
        group = self._inventory.of("TargetGroups", TargetGroup).get(arn)
        preserve = self._attributes("TargetGroupAttributes", arn).get("preserve_client_ip.enabled")
        if preserve is not None and fields["type"] == "network":
            fields["preserve_client_ip"] = preserve == "true"
        healths = self._inventory.parts("TargetHealth", arn, TargetHealth)
        if not healths:
            self._draft.note("warning", balancer, f"no target of {arn.rpartition('targetgroup/')[2] or arn} is in the data")
        for row in healths:
            text = self._target(balancer, row.target.id, row.target.port or (group.port if group else 0) or port, fields)
            if text:
                if row.target_health.state not in USABLE:
                    unhealthy.append(text)
                yield text

    def _target(self, balancer: str, identifier: str, port: int, fields: Fields) -> str:
        """A target in the grammar of the format; one that is not in the data is told (R-200)."""
        if not 0 < port < 65536:
            return ""
        address = address_text(identifier)
        if address:
            return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        other = short_name(identifier)
        if self._draft.entry("load_balancers", other):
            return f"{other}:{port}"
        entry = self._draft.entry("instances", identifier)
        if entry is not None:
            return f"{identifier}:{port}" if self._same_vpc(entry.fields, fields) else self._by_address(entry.fields, port)
        self._draft.note("skipped", balancer, f"target {identifier} of {balancer} is not in the data")
        return ""

    def _same_vpc(self, instance: Fields, balancer: Fields) -> bool:
        first = next(iter(instance["network_interfaces"].values())) if "network_interfaces" in instance else instance
        return self._addresses.vpc(first["subnet"]) == self._addresses.vpc(next(iter(balancer["subnets"])))

    @staticmethod
    def _by_address(instance: Fields, port: int) -> str:
        first = next(iter(instance["network_interfaces"].values())) if "network_interfaces" in instance else instance
        return f"{first['private_ip']}:{port}" if "private_ip" in first else ""

    def service(self, identifier: str, kind: str, arns: list[str]) -> str:
        """The endpoint service on a load balancer of the data; nothing where the data lack it."""
        if self._draft.entry("endpoint_services", identifier):
            return identifier
        known = self._inventory.of("LoadBalancers", LoadBalancer)
        for arn in arns:
            if kind == "interface" and self._draft.entry("load_balancers", short_name(arn)):
                fields: Fields = {"type": "interface", "load_balancer": short_name(arn)}
                return identifier if self._draft.add("endpoint_services", identifier, fields) else ""
            if kind == "gateway_load_balancer" and arn in known and known[arn].type == "gateway":
                fields = self._gateway(arn, known[arn])
                return identifier if self._draft.add("endpoint_services", identifier, fields, known[arn].load_balancer_name) else ""
        return ""

    def _gateway(self, arn: str, balancer: LoadBalancer) -> Fields:
        """A Gateway Load Balancer as the service behind endpoints (R-210 … R-216); its appliances are told when instances are written."""
        fields: Fields = {"type": "gateway_load_balancer", "targets": []}
        nodes = self._nodes(short_name(arn), balancer.load_balancer_name, "gateway", balancer)
        if nodes:
            fields["subnets"] = {subnet: {key: value for key, value in node.items() if key != "public_ip"} for subnet, node in nodes.items()}
        if self._attributes("LoadBalancerAttributes", arn).get("load_balancing.cross_zone.enabled") == "true":
            fields["cross_zone"] = True
        self._appliances.append((arn, fields))
        return fields

    def write_appliances(self) -> None:
        """The targets of Gateway Load Balancers."""
        for arn, fields in self._appliances:
            groups = [group for listener in self._listeners.get(arn, ()) for group in self._groups_of(listener.default_actions)]
            groups += [name for name, held in self._inventory.of("TargetGroups", TargetGroup).items() if arn in held.load_balancer_arns and name not in groups]
            for group in groups:
                attributes = self._attributes("TargetGroupAttributes", group)
                if attributes.get("stickiness.type") in STICKINESS and attributes.get("stickiness.enabled", "true") == "true":
                    fields["stickiness"] = STICKINESS[attributes["stickiness.type"]]
                failover = attributes.get("target_failover.on_unhealthy", "no_rebalance")
                fields["failover"] = FAILOVER.get(failover, "no_rebalance")
                for row in self._inventory.parts("TargetHealth", group, TargetHealth):
                    found = row.target.id if self._draft.entry("instances", row.target.id) else self._interface_at(row.target.id)
                    if found:
                        fields["targets"].append(found)
                    else:
                        self._draft.account.note("skipped", f"target {row.target.id} of {short_name(arn)} is not in the data")

    def _interface_at(self, address: str) -> str:
        text = address_text(address)
        return next((name for name, held in self._interfaces.all.items() if text and held.private_ip_address == text and self._draft.holds(name)), "")
