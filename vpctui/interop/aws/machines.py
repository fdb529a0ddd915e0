"""Instances with their interfaces, interfaces that stand by themselves, and what is assumed about guests.  Rules R-036, R-063, R-064, R-128, R-142, R-146."""

from vpctui.interop.aws.draft import Fields, name_of
from vpctui.interop.aws.filters import SecurityGroups
from vpctui.interop.aws.interfaces import Addresses, Interfaces
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes import Instance, NetworkInterface

RUNNING = ("running", "")
LATER = ("nat_gateway", "network_load_balancer", "gateway_load_balancer", "gateway_load_balancer_endpoint", "vpc_endpoint")
"""Kinds of interfaces that are written with the service which owns them, where that is in the data."""


class Machines:
    """Writes instances and interfaces."""

    def __init__(self, inventory: Inventory, interfaces: Interfaces, addresses: Addresses, groups: SecurityGroups, targets: dict[str, str]) -> None:
        self._inventory, self._interfaces, self._addresses, self._groups = inventory, interfaces, addresses, groups
        self._draft = groups.draft
        self._targets = targets
        """Interfaces that routes target, each with a table that does so."""

    def write_instances(self) -> None:
        """Every instance that has an interface; those without one are gone, or not in a VPC."""
        instances = self._inventory.of("Instances", Instance)
        known = dict.fromkeys((*instances, *(owner for kind, owner in self._interfaces.owners.values() if kind == "instance")))
        for identifier in sorted(known, key=self._place):
            self._instance(identifier, instances.get(identifier))

    def _place(self, instance: str) -> tuple[str, str]:
        held = self._interfaces.of_owner.get(instance, ())
        return (self._interfaces.all[held[0]].subnet_id if held else "", instance)

    def _instance(self, identifier: str, instance: Instance | None) -> None:
        state = instance.state.name if instance else ""
        source = self._inventory.source("Instances", identifier)
        held = self._of(identifier)
        if not held:
            if state != "terminated":
                why = "has no interface in the data" if identifier not in self._interfaces.of_owner else "has no interface in a known subnet"
                self._draft.account.note("skipped", f"instance {identifier} {why}", source, identifier)
            return
        zones = {self._zone(interface) for _, interface in held}
        if len(zones) > 1:  # one of them was not read at the same moment as the others
            first = self._zone(held[0][1])
            away = [name for name, interface in held if self._zone(interface) != first]
            self._draft.note("error", identifier, f"{', '.join(away)} of {identifier} is in another zone than {held[0][0]}; it is left out")
            held = [pair for pair in held if self._zone(pair[1]) == first]
        self._write(identifier, instance, state, held)

    def _write(self, identifier: str, instance: Instance | None, state: str, held: list[tuple[str, NetworkInterface]]) -> None:
        if not self._draft.claim(identifier, "instances"):
            return
        inner: dict[str, Fields] = {}
        for name, interface in held:
            written = self._interface(name, interface)
            if written is not None and self._draft.claim(name, identifier):
                inner[name] = written
        if not inner:
            self._draft.account.note("skipped", f"instance {identifier} has no address in a known subnet", self._inventory.source("Instances", identifier))
            return
        fields: Fields = {"network_interfaces": inner}
        if len(inner) == 1 and next(iter(inner)) == f"eni-{identifier.removeprefix('i-')}":
            fields = dict(next(iter(inner.values())))
        if state not in RUNNING:  # a stopped one makes blackholes of the routes to it
            fields["state"] = "stopped"
        if instance is None:
            self._draft.assume(identifier, f"{identifier} is not in the data, only its interfaces: it runs")
        self._guest(identifier, fields, [name for name, interface in held if not interface.source_dest_check], inner)
        entry = self._draft.add("instances", identifier, fields, name_of(instance.tags) if instance else "")
        if entry is not None and state not in (*RUNNING, "stopped"):
            self._draft.note("warning", identifier, f"the state of {identifier} is {state}")

    def _of(self, instance: str) -> list[tuple[str, NetworkInterface]]:
        """Its interfaces in known subnets, the primary one first (R-146)."""
        found = [(name, self._interfaces.all[name]) for name in self._interfaces.of_owner.get(instance, ())]
        for name, interface in found:
            if not self._addresses.knows(interface.subnet_id):
                self._unplaced(name, interface)
        placed = [(name, interface) for name, interface in found if self._addresses.knows(interface.subnet_id)]
        return sorted(placed, key=lambda pair: (pair[1].attachment.network_card_index, pair[1].attachment.device_index) if pair[1].attachment else (99, 99))

    def _zone(self, interface: NetworkInterface) -> str:
        entry = self._draft.entry("subnets", interface.subnet_id)
        return str(entry.fields["az"]) if entry else ""

    def _unplaced(self, name: str, interface: NetworkInterface) -> None:
        source = self._inventory.source("NetworkInterfaces", name)
        self._draft.account.note("error", f"interface {name} is in {interface.subnet_id or 'no subnet'}, which is not in the data; it is skipped", source, name)

    def _interface(self, name: str, interface: NetworkInterface) -> Fields | None:
        fields = self._addresses.fields(name, interface)
        if fields is None:
            source = self._inventory.source("NetworkInterfaces", name)
            self._draft.account.note("error", f"interface {name} has no address that its subnet can give; it is skipped", source, name)
            return None
        if not interface.source_dest_check:
            fields["source_dest_check"] = False
        if interface.deny_all_igw_traffic:
            fields["deny_all_igw_traffic"] = True
        if interface.groups:
            wanted = list(dict.fromkeys(group.group_id for group in interface.groups if group.group_id))
            fields["security_groups"] = self._groups.of_interface(name, self._addresses.vpc(interface.subnet_id), wanted)
        return fields

    def _guest(self, identifier: str, fields: Fields, unchecked: list[str], inner: dict[str, Fields]) -> None:
        """What no API knows about an operating system that may forward (R-142): told, marked, and to be flipped."""
        targeted = [name for name in inner if name in self._targets]
        if targeted and unchecked:
            fields["ip_forward"] = True
            reason = f"{self._targets[targeted[0]]} routes to {targeted[0]} and the source/destination check is off"
            self._draft.assume(identifier, f"{identifier} forwards (ip_forward on): {reason}", fields, "ip_forward")
            self._draft.assume(identifier, f"{identifier} only forwards: nat none, inspect none, no routes of its own", fields, "nat", "inspect", "routes")
        elif targeted or unchecked:
            reason = f"{self._targets[targeted[0]]} routes to it, but the source/destination check is on" if targeted else "no route leads to it"
            self._draft.assume(identifier, f"{identifier} does not forward (ip_forward off): {reason}", fields, "ip_forward")

    def write_interfaces(self) -> None:
        """Interfaces that no instance has: of nobody, of services without a section of their own, of services that are not in the data."""
        for name, interface in sorted(self._interfaces.all.items(), key=lambda pair: (pair[1].subnet_id, pair[0])):
            kind, owner = self._interfaces.owners[name]
            if self._draft.holds(name) or kind == "instance":
                continue
            if not self._addresses.knows(interface.subnet_id):
                self._unplaced(name, interface)
                continue
            fields = self._interface(name, interface)
            if fields is None:
                continue
            if kind != "interface":
                fields["type"] = kind
            entry = self._draft.add("network_interfaces", name, fields, name_of(interface.tag_set))
            if entry is not None and kind != "interface":
                entry.comments.append(f"{interface.description or interface.interface_type} ({interface.requester_id or 'a service'})")
            if owner and kind in LATER:
                self._draft.note("warning", name, f"{name} belongs to {owner}, which is not in the data")
