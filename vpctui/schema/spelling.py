"""Words that people write and the words that were meant: the nearest known name, common other names, full-width characters."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

ALIASES: dict[str, tuple[str, ...]] = {
    # sections
    "acl": ("network_acl", "network_acls"),
    "acls": ("network_acls",),
    "alb": ("load_balancers",),
    "albs": ("load_balancers",),
    "ec2": ("instances",),
    "egress_only_gateways": ("egress_only_internet_gateways",),
    "eigw": ("egress_only_internet_gateways",),
    "eigws": ("egress_only_internet_gateways",),
    "endpoints": ("vpc_endpoints",),
    "eni": ("network_interfaces", "network_interface"),
    "enis": ("network_interfaces",),
    "gateways": ("internet_gateways", "nat_gateways", "vpn_gateways", "egress_only_internet_gateways", "transit_gateways"),
    "igw": ("internet_gateways",),
    "igws": ("internet_gateways",),
    "interfaces": ("network_interfaces",),
    "lbs": ("load_balancers",),
    "nacl": ("network_acl", "network_acls"),
    "nacls": ("network_acls",),
    "natgw": ("nat_gateways",),
    "nats": ("nat_gateways",),
    "nlb": ("load_balancers",),
    "nlbs": ("load_balancers",),
    "pcx": ("vpc_peering_connections",),
    "peerings": ("vpc_peering_connections",),
    "rtb": ("route_table", "route_tables"),
    "rtbs": ("route_tables",),
    "servers": ("instances",),
    "sg": ("security_groups",),
    "sgs": ("security_groups",),
    "tests": ("expect",),
    "tgw": ("transit_gateways",),
    "tgws": ("transit_gateways",),
    "vgw": ("vpn_gateways",),
    "vgws": ("vpn_gateways", "propagating_vgws"),
    "virtual_private_gateways": ("vpn_gateways",),
    "vpce": ("vpc_endpoints",),
    # fields, as other tools, the console and hurried people call them
    "availability_zone": ("az",),
    "block": ("cidr",),
    "cidr_block": ("cidr",),
    "cidrs": ("cidr",),
    "dest": ("to",),
    "destination": ("to",),
    "df": ("dont_fragment",),
    "edge_association": ("route_table",),
    "eip": ("public_ip",),
    "elastic_ip": ("public_ip",),
    "forwarding": ("ip_forward",),
    "inbound": ("ingress",),
    "ip": ("private_ip",),
    "ip_forwarding": ("ip_forward",),
    "ipv4_forward": ("ip_forward",),
    "ipv6_cidr_block": ("ipv6_cidr",),
    "listen": ("listens",),
    "main_table": ("main_route_table",),
    "open_ports": ("listens",),
    "outbound": ("egress",),
    "port": ("source_port", "listens"),
    "private_ip_address": ("private_ip",),
    "propagation": ("propagating_vgws", "propagations"),
    "protocols": ("protocol",),
    "route_propagation": ("propagating_vgws",),
    "route_tables": ("route_table",),
    "routing_table": ("route_table", "route_tables"),
    "routing_tables": ("route_tables",),
    "sdc": ("source_dest_check",),
    "source": ("from",),
    "source_destination_check": ("source_dest_check",),
    "src": ("from",),
    "src_dest_check": ("source_dest_check",),
    "src_dst_check": ("source_dest_check",),
    "src_ip": ("source_ip",),
    "src_port": ("source_port",),
    "sport": ("source_port",),
    "subnet_id": ("subnet",),
    "vpc_id": ("vpc",),
    "zone": ("az",),
}
"""Section and field names that people write, and the right ones; those that the place does not know are passed over."""


def suggests(**names: str) -> None:
    """Register further wrong names for the message of E122."""
    ALIASES.update({wrong: (right, *ALIASES.get(wrong, ())) for wrong, right in names.items()})


MOST_NAMES = 12
"""Names that are listed where nothing better can be guessed; more would be a page, no hint."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown name: the right one, a few, or all that the place knows if these are few."""
    names = list(known)
    meant = [name for name in ALIASES.get(word.lower(), ()) if name in names]
    if meant:
        return ", ".join(meant)
    return nearest(word, names) or ("one of " + ", ".join(names) if 0 < len(names) <= MOST_NAMES else "")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, or nothing."""
    simple = {_bare(name): name for name in known}
    bare = _bare(word[:100])
    if bare in simple:
        return simple[bare]
    close = get_close_matches(word[:100], list(simple.values()), 1, 0.6) or [simple[name] for name in get_close_matches(bare, list(simple), 1, 0.6)]
    return close[0] if close else ""


def _bare(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()


def quoted(text: str) -> str:
    """Text from a file inside a message; long text is cut, control characters are made visible."""
    visible = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[:60])
    return f'"{visible[:57]}…"' if len(text) > 60 or len(visible) > 60 else f'"{visible}"'


FULL_WIDTH = re.compile("[！-～　]")
"""The full-width forms of ASCII, and the full-width space."""


def ascii_form(text: str) -> str:
    """The text with full-width letters, digits and signs as ASCII."""
    return FULL_WIDTH.sub(lambda found: " " if found[0] == "　" else chr(ord(found[0]) - 0xFEE0), text)


GLUED = re.compile(r"(?:[A-Za-z_][\w.-]*|[0-9.]+/[0-9]+|[0-9A-Fa-f:]+/[0-9]+)(?=:[^\s/:])", re.ASCII)
IPV6 = re.compile(r"[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(/[0-9]+)?")


def glued(text: str) -> int:
    """Where the colon of `az:a` or `0.0.0.0/0:igw` stands: a key and a value with no space between them; -1 for other text."""
    found = GLUED.match(text)
    return -1 if found is None or IPV6.fullmatch(text) else found.end()
