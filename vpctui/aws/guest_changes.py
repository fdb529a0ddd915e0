"""What may be changed inside a machine: sysctl, nft, ip route, the appliance's own policy; and its state.  Rules R-036, R-142, R-149, R-153."""

from typing import Any

from msgspec.structs import replace

from vpctui.address import Prefix, parse_address, parse_prefix
from vpctui.aws.altering import ec2, field, members
from vpctui.aws.guest import Machine, owns, speaks_ipv6
from vpctui.aws.host import Host
from vpctui.aws.instance import Instance
from vpctui.aws.network_interface import attached
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network
from vpctui.filter_rules import SecurityGroupRule
from vpctui.schema import Choice, OnOff, Port, value_text


def _guest_field(setting: str, kind: Any, command: Any = None, nothing: Any = None) -> Alteration:
    return field(
        setting,
        kind,
        command=command,
        nothing=nothing,
        get=lambda machine: getattr(machine.guest, setting),
        put=lambda machine, value: stated(replace(machine, guest=replace(machine.guest, **{setting: value})), setting),
    )


def stated(machine: Machine, setting: str) -> Machine:
    """The machine once somebody has said what a setting is: it is assumed no longer."""
    assumed: tuple[str, ...] = getattr(machine, "assumed", ())
    return replace(machine, assumed=tuple(name for name in assumed if name != setting)) if setting in assumed else machine


def _sysctl(key: str) -> Any:
    values = {"off": 0, "strict": 1, "loose": 2}
    return lambda machine, value, network: (f"sudo sysctl -w {key}={values.get(value, 1 if value else 0)}",)


def _forwarding(machine: Machine, value: bool, network: Network) -> tuple[str, ...]:
    """The switch of each family that the machine speaks (R-142)."""
    keys = ("net.ipv4.ip_forward", *(("net.ipv6.conf.all.forwarding",) if speaks_ipv6(machine, network) else ()))
    return tuple(command for key in keys for command in _sysctl(key)(machine, value, network))


def _masquerade(machine: Machine, value: str, network: Network) -> tuple[str, ...]:
    if value == "none":
        return ("sudo nft flush chain ip nat postrouting",)
    return ("sudo nft add rule ip nat postrouting oifname eth0 masquerade",)


def _route(machine: Machine, change: Change, network: Network) -> Applied:
    """`i-fw.routes[10.0.0.0/8]=10.0.1.1`; `none` deletes."""
    if change.operator != "=":
        return Refusal("QUERY_INVALID", f"{change.place} takes {change.place}=NEXT-HOP, or none", place=change.place)
    try:
        destination = parse_prefix(change.key)
    except ValueError as error:
        return Refusal("QUERY_INVALID", str(error), hint=f"{machine.id}.routes[10.0.0.0/8]=10.0.1.1", place=change.place)
    held = tuple(row for row in machine.guest.routes if row[0] != destination)
    if change.value == "none":
        if len(held) == len(machine.guest.routes):
            return Refusal("ROUTE_REFUSED_NOT_FOUND", f"{machine.id} has no written route to {destination}", hint=_written(machine), place=change.place)
        return (replace(machine, guest=replace(machine.guest, routes=held)),)
    refusal = _no_next_hop(machine, destination, change, network)
    if refusal is not None:
        return refusal
    rows: tuple[tuple[Prefix, str], ...] = tuple((destination, change.value) if row[0] == destination else row for row in machine.guest.routes)
    if len(held) == len(machine.guest.routes):
        rows = (*rows, (destination, change.value))
    return (replace(machine, guest=replace(machine.guest, routes=rows)),)


def _no_next_hop(machine: Machine, destination: Prefix, change: Change, network: Network) -> Refusal | None:
    """Why `ip route` would not take a next hop: neither somebody else's address of the family nor a way out of this machine."""
    legal = _ways_out(machine, network)
    if change.value in legal:
        return None
    hint = ", ".join((f"an address of IPv{destination.family}", *legal))
    try:
        hop = parse_address(change.value)
    except ValueError:
        return Refusal("QUERY_INVALID", f"{change.value} is no address, and no way out of {machine.id}", hint=hint, place=change.place)
    if hop.family != destination.family:
        message = f"{change.value} is an address of IPv{hop.family}, {destination} is IPv{destination.family}"
        return Refusal("QUERY_INVALID", message, hint=hint, place=change.place)
    if owns(machine, hop, network):
        return Refusal("QUERY_INVALID", f"{change.value} is an address of {machine.id} itself", hint=hint, place=change.place)
    return None


def _ways_out(machine: Machine, network: Network) -> tuple[str, ...]:
    """Interfaces, networks and tunnels of a machine, and what a host outside has by itself."""
    outside = [getattr(machine, "behind", "") or "internet"] if getattr(machine, "ip", None) or getattr(machine, "ipv6", None) else []
    links = [link for link, _ in machine.guest.links]
    return (*(interface.id for interface in attached(machine.id, network)), *links, *outside, *network.ids(("tunnel-of", machine.id)))


def _written(machine: Machine) -> str:
    return ", ".join(str(prefix) for prefix, _ in machine.guest.routes) or "it has only those of its interfaces"


def _routes(machine: Machine, network: Network) -> tuple[tuple[str, str], ...]:
    return tuple((f"{machine.id}.routes[{prefix}]", target) for prefix, target in machine.guest.routes)


def _route_choices(machine: Machine, place: str, network: Network) -> tuple[str, ...]:
    key = place.partition("[")[2].removesuffix("]")
    held = next((target for prefix, target in machine.guest.routes if str(prefix) == key), "")
    targets = [held] if held else []
    return (*dict.fromkeys([*targets, *_ways_out(machine, network)]), "none")


def _route_commands(machine: Machine, change: Change, network: Network) -> tuple[str, ...]:
    if change.value == "none":
        return (f"sudo ip route del {change.key}",)
    hop = f"via {change.value}" if change.value[:1].isdigit() else f"dev {change.value}"
    return (f"sudo ip route replace {change.key} {hop}",)


def _state_command(instance: Instance, value: str, network: Network) -> tuple[str, ...]:
    return (ec2("start-instances" if value == "running" else "stop-instances", instance_ids=instance.id),)


def _listed(setting: str, item: Any) -> Alteration:
    return members(
        setting,
        item,
        get=lambda machine: getattr(machine.guest, setting) or (),
        put=lambda machine, value: replace(machine, guest=replace(machine.guest, **{setting: value})),
    )


def _listens() -> Alteration:
    """Listening ports: `none` is no statement about them (anything listens), `nothing` says that none does."""
    row = _listed("listens", Port())

    def apply(machine: Machine, change: Change, network: Network) -> Applied:
        if change.operator == "=" and change.value in ("none", "nothing"):
            ports = None if change.value == "none" else ()
            return (replace(machine, guest=replace(machine.guest, listens=ports)),)
        if change.operator != "=" and machine.guest.listens is None:
            hint = f"{machine.id}.listens=80,443"
            return Refusal("QUERY_INVALID", f"{machine.id} listens on every port already", hint=hint, place=change.place)
        return row.apply(machine, change, network)

    def current(machine: Machine, network: Network) -> tuple[tuple[str, str], ...]:
        ports = machine.guest.listens
        return ((f"{machine.id}.listens", "nothing" if ports == () else value_text(ports)),)

    return Alteration("listens", apply, current, row.choices, row.commands)


ROWS = (
    _guest_field("ip_forward", OnOff(), _forwarding, False),
    _guest_field("nat", Choice(("none", "masquerade")), _masquerade),
    _guest_field("snat", OnOff(), None, False),
    _guest_field("rp_filter", Choice(("off", "loose", "strict")), _sysctl("net.ipv4.conf.all.rp_filter")),
    _guest_field("inspect", Choice(("none", "loose", "strict"))),
    Alteration("routes", _route, _routes, _route_choices, _route_commands),
    _listed("deny", SecurityGroupRule(addresses_only=True)),
    _listens(),
)
alterations(Instance, field("state", Choice(("running", "stopped")), command=_state_command), *ROWS)
alterations(Host, *ROWS)
