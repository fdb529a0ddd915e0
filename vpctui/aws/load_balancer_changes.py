"""What may be changed on load balancers: groups, zones, the client's address, the health of targets.  Rules R-187, R-192, R-195, R-196."""

from typing import Any

from msgspec.structs import replace

from vpctui.aws.altering import field, members
from vpctui.aws.load_balancer import CLASSES, ClassicLoadBalancer, LoadBalancer, NetworkLoadBalancer
from vpctui.aws.network_interface import attached
from vpctui.aws.security_group import SecurityGroup
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network
from vpctui.schema import OnOff, Reference, Text


def _preserve(balancer: LoadBalancer, value: bool | None, network: Network) -> Refusal | None:
    """ModifyTargetGroupAttributes: for UDP the client's address always stays (R-187)."""
    datagrams = balancer.listeners and all(listener.protocol in ("udp", "tcp_udp") for listener in balancer.listeners)
    if value is not False or not datagrams:
        return None
    return Refusal(
        "QUERY_INVALID",
        "Client IP preservation cannot be disabled for target groups with protocol UDP or TCP_UDP",
        "InvalidConfigurationRequest",
        "a TCP listener",
        "R-187",
        f"{balancer.id}.preserve_client_ip",
    )


def _preserved(balancer: LoadBalancer) -> bool | None:
    """The setting as it is in force: where it is not written, the default of its targets if they have the same (R-187)."""
    if balancer.preserve_client_ip is not None:
        return balancer.preserve_client_ip
    defaults = {bool(target.named) for listener in balancer.listeners for target in listener.targets}
    return defaults.pop() if len(defaults) == 1 else None


def _preserve_command(balancer: LoadBalancer, value: bool | None, network: Network) -> tuple[str, ...]:
    lines = (f"aws elbv2 modify-target-group-attributes --target-group-arn ARN-OF-{balancer.id}-{listener.port}" for listener in balancer.listeners)
    on = "false" if value is False else "true"
    return tuple(f"{line} --attributes Key=preserve_client_ip.enabled,Value={on}" for line in lines)


def _cross_zone_command(balancer: LoadBalancer, value: bool, network: Network) -> tuple[str, ...]:
    on = "true" if value else "false"
    if isinstance(balancer, ClassicLoadBalancer):
        attributes = f"--load-balancer-attributes CrossZoneLoadBalancing={{Enabled={on}}}"
        return (f"aws elb modify-load-balancer-attributes --load-balancer-name {balancer.id} {attributes}",)
    if isinstance(balancer, NetworkLoadBalancer):
        attribute = f"--attributes Key=load_balancing.cross_zone.enabled,Value={on}"
        return (f"aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN-OF-{balancer.id} {attribute}",)
    # An Application Load Balancer is always on as a whole; its target groups can be off.
    attribute = f"--attributes Key=load_balancing.cross_zone.enabled,Value={on}"
    return tuple(
        f"aws elbv2 modify-target-group-attributes --target-group-arn ARN-OF-{balancer.id}-{listener.port} {attribute}" for listener in balancer.listeners
    )


def _group(balancer: LoadBalancer, value: str, network: Network) -> Refusal | None:
    group = network.find(SecurityGroup, value)
    if group is None or not group.vpc or group.vpc == balancer.vpc:
        return None
    message = f"Security group {value} and load balancer {balancer.id} belong to different networks."
    return Refusal("QUERY_INVALID", message, "InvalidSecurityGroup", f"a group of {balancer.vpc}", "R-192", f"{balancer.id}.security_groups")


def _groups_command(balancer: LoadBalancer, operator: str, value: str) -> tuple[str, ...]:
    """SetSecurityGroups takes the whole list, never an empty one; a network one changes from none to some or back only made anew (R-192)."""
    named = () if value == "none" else tuple(value.split(","))
    held = tuple(group for group in balancer.security_groups if group not in named)
    groups = " ".join({"+=": (*balancer.security_groups, *named), "-=": held}.get(operator, named))
    if isinstance(balancer, ClassicLoadBalancer):
        return (f"aws elb apply-security-groups-to-load-balancer --load-balancer-name {balancer.id} --security-groups {groups}",)
    if isinstance(balancer, NetworkLoadBalancer) and not (balancer.security_groups and groups):
        filtered = f" --security-groups {groups}" if groups else ""
        return (f"aws elbv2 create-load-balancer --type network --name {balancer.id}-2 --subnets SUBNETS-OF-{balancer.id}{filtered}",)
    return (f"aws elbv2 set-security-groups --load-balancer-arn ARN-OF-{balancer.id} --security-groups {groups}",)


def _with_nodes(row: Alteration) -> Alteration:
    """An alteration of groups that its nodes follow."""

    def apply(balancer: LoadBalancer, change: Change, network: Network) -> Applied:
        made = row.apply(balancer, change, network)
        if isinstance(made, Refusal):
            return made
        groups: tuple[str, ...] = getattr(made[0], "security_groups", ())
        return (*made, *(replace(node, security_groups=groups) for node in attached(balancer.id, network)))

    return Alteration(row.setting, apply, row.current, row.choices, row.commands)


def _registered(balancer: LoadBalancer, value: Any, network: Network) -> Refusal | None:
    """Only a registered target can be unhealthy."""
    names = [name for listener in balancer.listeners for target in listener.targets for name in (target.named or str(target.address), target.text)]
    if value in names:
        return None
    return Refusal("QUERY_INVALID", f"{value} is not a target of {balancer.id}", hint=", ".join(dict.fromkeys(names)), place=f"{balancer.id}.unhealthy")


for _kind in CLASSES.values():
    alterations(
        _kind,
        _with_nodes(members("security_groups", Reference(("security_groups",)), check=_group, command=_groups_command)),
        field("cross_zone", OnOff(), command=_cross_zone_command),
        members("unhealthy", Text(), check=_registered),
    )
alterations(
    NetworkLoadBalancer,
    field("preserve_client_ip", OnOff(), check=_preserve, command=_preserve_command, get=_preserved),
    field("enforce_inbound_on_privatelink", OnOff()),
)
