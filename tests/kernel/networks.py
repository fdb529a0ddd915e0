"""Random small networks and flows, as documents of the scenario format: everything that the kernel can be asked, in odd combinations."""

from typing import Any

import yaml
from hypothesis import strategies as st

Document = dict[str, Any]
CLIENT, SERVER, ROUTER, DATACENTRE, DESK = "198.51.100.10", "192.0.2.80", "198.51.100.1", "192.168.1.10", "203.0.114.10"
OUTSIDE = ("0.0.0.0/0", "198.51.100.0/24", "198.51.100.0/25", "192.0.2.0/24", "192.0.2.80/32", "192.168.0.0/16", "192.168.1.0/24", "10.0.0.0/8")
CLIENT6, SERVER6, NOBODY6, DESK6 = "2001:db8:ffff::10", "2001:db8:eeee::80", "2001:db8:dddd::1", "2001:db8:cccc::10"
OUTSIDE6 = ("::/0", "2001:db8:ffff::/48", "2001:db8:ffff::/49", "2001:db8:eeee::80/128", "2001:db8::/32", "fc00::/7")
GROUP_RULES6 = ("all ::/0", "tcp 80 ::/0", "udp 0-65535 ::/0", "icmpv6 ::/0", "icmp ::/0", "tcp 0-65535 2001:db8:ffff::/48", "all 2001:db8:1::/56")
ACL_ENTRIES6 = (
    "allow all ::/0",
    "allow tcp 80 ::/0",
    "allow tcp 1024-65535 ::/0",
    "allow udp 0-65535 ::/0",
    "deny tcp 80 2001:db8:ffff::/48",
    "allow icmpv6 ::/0",
    "deny all 2001:db8:1:2::/64",
)
GROUP_RULES = (
    "all 0.0.0.0/0",
    "tcp 80 0.0.0.0/0",
    "tcp 80 10.0.0.0/8",
    "udp 0-65535 0.0.0.0/0",
    "icmp 0.0.0.0/0",
    "tcp 0-65535 198.51.100.0/24",
    "all 10.1.0.0/16",
)
ACL_ENTRIES = (
    "allow all 0.0.0.0/0",
    "allow tcp 80 0.0.0.0/0",
    "allow tcp 1024-65535 0.0.0.0/0",
    "allow udp 0-65535 0.0.0.0/0",
    "deny tcp 80 198.51.100.0/24",
    "deny tcp 49152-65535 10.0.0.0/8",
    "allow icmp 0.0.0.0/0",
    "deny all 10.1.2.0/24",
)


SECTIONS = (
    "subnets",
    "route_tables",
    "internet_gateways",
    "egress_only_internet_gateways",
    "vpn_gateways",
    "nat_gateways",
    "instances",
    "network_acls",
    "security_groups",
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A scenario: one or two VPCs, what connects them and the world outside, and flows between anybody."""
    shape = draw(st.sampled_from(("alone", "alone", "alone", "peering", "transit")))
    count = 1 if shape == "alone" else 2
    network: Document = {"vpctui": 1, "vpcs": {f"vpc-{v}": {"cidr": f"10.{v}.0.0/16"} for v in range(1, count + 1)}}
    dual = draw(st.booleans())
    for v in range(1, count + 1) if dual else ():
        network["vpcs"][f"vpc-{v}"]["ipv6_cidr"] = f"2001:db8:{v}::/56"
    for section in SECTIONS:
        network[section] = {}
    network["prefix_lists"] = {"pl-out": ["198.51.100.0/24", "192.0.2.0/25"]}
    if dual:
        network["prefix_lists"]["pl-six"] = ["2001:db8:ffff::/48", "2001:db8:eeee::/64"]
    _filters(draw, network)
    for v in range(1, count + 1):
        _vpc(draw, network, v, shape)
    if shape == "peering":
        network["vpc_peering_connections"] = {"pcx": {"vpcs": ["vpc-1", "vpc-2"]}}
    if shape == "transit":
        _transit(draw, network)
    network["hosts"] = {"client": {"ip": CLIENT}, "server": {"ip": SERVER, "listens": [80]}}
    if dual:
        network["hosts"]["client"]["ipv6"], network["hosts"]["server"]["ipv6"] = CLIENT6, SERVER6
    if _rarely(draw, 3):
        _home(draw, network)
    if _rarely(draw, 3):
        _office(draw, network, DESK, length=28)
    if dual and _rarely(draw, 3):
        _office(draw, network, DESK6, length=64)
    if network["vpn_gateways"]:
        gateway = next(iter(network["vpn_gateways"]))
        network["hosts"]["dc"] = {"ip": DATACENTRE, "behind": gateway}
    network["flows"] = {f"f{number}": _flow(draw, network, number) for number in range(draw(st.integers(3, 7)))}
    return {key: value for key, value in network.items() if value != {}}


def _rarely(draw: st.DrawFn, often: int) -> bool:
    """Once in so many times, whatever ends of a range Hypothesis is fond of."""
    return draw(st.sampled_from([False] * (often - 1) + [True]))


def text(document: Document) -> str:
    """The document as a scenario file."""
    return yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=200)


def _dual(network: Document) -> bool:
    return "ipv6_cidr" in network["vpcs"]["vpc-1"]


def _filters(draw: st.DrawFn, network: Document) -> None:
    dual = _dual(network)
    rules = st.lists(st.sampled_from(GROUP_RULES + (GROUP_RULES6 if dual else ())), max_size=5 if dual else 3, unique=True)
    everything = ["all 0.0.0.0/0", "all ::/0"] if dual else ["all 0.0.0.0/0"]
    for name in ("sg-a", "sg-b"):
        network["security_groups"][name] = {"ingress": draw(rules), "egress": draw(st.one_of(st.just(everything), rules))}
    if draw(st.booleans()):
        entries = st.lists(st.sampled_from(ACL_ENTRIES + (ACL_ENTRIES6 if dual else ())), min_size=1, max_size=7 if dual else 4, unique=True)
        network["network_acls"]["acl"] = {side: {100 + 10 * n: entry for n, entry in enumerate(draw(entries))} for side in ("ingress", "egress")}


def _vpc(draw: st.DrawFn, network: Document, v: int, shape: str) -> None:
    subnets = [f"sn-{v}{s}" for s in range(1, draw(st.integers(1, 3)) + 1)]
    for s, subnet in enumerate(subnets, 1):
        network["subnets"][subnet] = {"vpc": f"vpc-{v}", "cidr": f"10.{v}.{s}.0/24", "route_table": f"rtb-{draw(st.sampled_from(subnets))[3:]}"}
        if _dual(network):
            network["subnets"][subnet]["ipv6_cidr"] = f"2001:db8:{v}:{s}::/64"
        if network["network_acls"] and shape != "transit" and _rarely(draw, 3):
            network["subnets"][subnet]["network_acl"] = f"acl-{v}"
            network["network_acls"].setdefault(f"acl-{v}", network["network_acls"]["acl"])
    if not _rarely(draw, 6):
        network["internet_gateways"][f"igw-{v}"] = {"vpc": f"vpc-{v}"}
    if _dual(network) and draw(st.booleans()):
        network["egress_only_internet_gateways"][f"eigw-{v}"] = {"vpc": f"vpc-{v}"}
    if v == 1 and _rarely(draw, 3):
        routes = draw(st.sampled_from((["192.168.0.0/16"], ["192.168.1.0/25"], ["192.168.7.0/24"])))
        network["vpn_gateways"]["vgw"] = {"vpc": "vpc-1", "routes": routes}
    if _rarely(draw, 3):
        gateway: Document = {"subnet": draw(st.sampled_from(subnets)), "public_ip": f"203.0.113.{20 + v}"}
        gateway["private_ip"] = network["subnets"][gateway["subnet"]]["cidr"].replace("0/24", "20")
        network["nat_gateways"][f"nat-{v}"] = gateway
    for number in range(draw(st.integers(1, 3))):
        _instance(draw, network, v, number, subnets)
    _tables(draw, network, v, subnets, shape)


def _instance(draw: st.DrawFn, network: Document, v: int, number: int, subnets: list[str]) -> None:
    def interface(subnet: str, last: int) -> Document:
        block = network["subnets"][subnet]["cidr"]
        found: Document = {"subnet": subnet, "private_ip": block.replace("0/24", str(last))}
        if not _rarely(draw, 4):
            found["public_ip"] = f"203.0.113.{100 * (v - 1) + last}"
        if not _rarely(draw, 3):
            found["source_dest_check"] = "off"
        if _rarely(draw, 3):
            found["security_groups"] = [draw(st.sampled_from(("sg-a", "sg-b")))]
        if _rarely(draw, 6):
            found["secondary_private_ips"] = [block.replace("0/24", str(last + 100))]
        if _dual(network) and not _rarely(draw, 6):
            block6 = network["subnets"][subnet]["ipv6_cidr"].replace("/64", "")
            found["ipv6"] = f"{block6}{last}" if not _rarely(draw, 6) else [f"{block6}{last}", f"{block6}{last + 100}"]
        return found

    name, home = f"i-{v}{number}", draw(st.sampled_from(subnets))
    others = [subnet for subnet in subnets if subnet != home]
    instance = interface(home, 30 + number)
    if others and _rarely(draw, 4):
        second = draw(st.sampled_from(others))
        instance = {"network_interfaces": {f"eni-{v}{number}": instance, f"eni-{v}{number}x": interface(second, 40 + number)}}
        instance["routes"] = {draw(st.sampled_from(OUTSIDE[1:] + (OUTSIDE6 if _dual(network) else ()))): f"eni-{v}{number}x"}
    if _rarely(draw, 5):
        # A next hop of the subnet: another instance, an address that nobody has, or the instance itself.
        neighbour = network["subnets"][home]["cidr"].replace("0/24", str(draw(st.integers(30, 33))))
        instance.setdefault("routes", {})[draw(st.sampled_from((*OUTSIDE, f"10.{v}.0.0/16", f"10.{3 - v}.0.0/16")))] = neighbour
    instance |= _guest(draw, v, subnets, dual=_dual(network))
    network["instances"][name] = instance


def _guest(draw: st.DrawFn, v: int, subnets: list[str], *, dual: bool) -> Document:
    guest: Document = {}
    if not _rarely(draw, 3):
        guest["ip_forward"] = "on"
        guest |= draw(
            st.sampled_from(
                (
                    {},
                    {},
                    {"nat": "masquerade"},
                    {"inspect": "strict"},
                    {"inspect": "loose"},
                    {"deny": ["tcp 443 0.0.0.0/0", *(["tcp 443 ::/0"] if dual else [])]},
                )
            )
        )
        if _rarely(draw, 4):
            s = draw(st.integers(1, len(subnets)))
            guest["dnat"] = {8080: f"[2001:db8:{v}:{s}::30]:80" if dual and draw(st.booleans()) else f"10.{v}.{s}.30:80"}
            guest["snat"] = draw(st.sampled_from(("on", "off")))
    if _rarely(draw, 5):
        guest["rp_filter"] = draw(st.sampled_from(("strict", "loose")))
    if _rarely(draw, 3):
        guest["listens"] = [80]
    if _rarely(draw, 8):
        guest["local_addresses"] = [f"10.{v}.1.77", *([f"2001:db8:{v}:1::77"] if dual else [])]
    if _rarely(draw, 13):
        guest["state"] = "stopped"
    return guest


def _tables(draw: st.DrawFn, network: Document, v: int, subnets: list[str], shape: str) -> None:
    interfaces = _interfaces(network, v)
    across = [
        gateway for section in ("internet_gateways", "vpn_gateways", "nat_gateways") for gateway in network[section] if _vpc_of(network, section, gateway) == v
    ]
    across += {"peering": ["pcx"], "transit": ["tgw"]}.get(shape, [])
    other = [f"10.{3 - v}.0.0/16", f"10.{3 - v}.1.0/24"] if shape != "alone" else []
    for subnet in subnets:
        rows: Document = {}
        for _ in range(draw(st.integers(0, 3))):
            rows[draw(st.sampled_from((*OUTSIDE, "pl-out", *other, *other)))] = draw(st.sampled_from(across + interfaces))
        if _rarely(draw, 4):
            rows[network["subnets"][draw(st.sampled_from(subnets))]["cidr"]] = draw(st.sampled_from(interfaces))
        if across and not _rarely(draw, 4):
            rows.setdefault("0.0.0.0/0", across[0])
        if _dual(network):
            rows |= _ipv6_rows(draw, network, v, subnets, across, shape)
        network["route_tables"][f"rtb-{subnet[3:]}"] = {"vpc": f"vpc-{v}", "routes": rows}
    for section in ("internet_gateways", "vpn_gateways"):
        for gateway in network[section]:
            if _vpc_of(network, section, gateway) == v and _rarely(draw, 3):
                block = draw(st.sampled_from([f"10.{v}.0.0/16", *(network["subnets"][subnet]["cidr"] for subnet in subnets)]))
                diverted = {block: draw(st.sampled_from(interfaces))}
                if _dual(network) and draw(st.booleans()):
                    diverted[network["subnets"][draw(st.sampled_from(subnets))]["ipv6_cidr"]] = draw(st.sampled_from(interfaces))
                network["route_tables"][f"rtb-{gateway}"] = {"vpc": f"vpc-{v}", "routes": diverted}
                network[section][gateway]["route_table"] = f"rtb-{gateway}"


def _ipv6_rows(draw: st.DrawFn, network: Document, v: int, subnets: list[str], across: list[str], shape: str) -> Document:
    """Routes of IPv6 beside those of IPv4: the same targets, and the egress-only gateway."""
    interfaces, rows = _interfaces(network, v), {}
    egress_only = [gateway for gateway in network["egress_only_internet_gateways"] if gateway == f"eigw-{v}"]
    targets = [*egress_only, *egress_only, *(gateway for gateway in across if not gateway.startswith("nat")), *interfaces]
    other = [f"2001:db8:{3 - v}::/56", f"2001:db8:{3 - v}:1::/64"] if shape != "alone" else []
    for _ in range(draw(st.integers(0, 3))):
        rows[draw(st.sampled_from((*OUTSIDE6, "pl-six", *other, *other)))] = draw(st.sampled_from(targets))
    if _rarely(draw, 4):
        rows[network["subnets"][draw(st.sampled_from(subnets))]["ipv6_cidr"]] = draw(st.sampled_from(interfaces))
    ways_out = [*egress_only, *(gateway for gateway in across if gateway.startswith("igw"))]
    if ways_out and not _rarely(draw, 4):
        rows.setdefault("::/0", draw(st.sampled_from(ways_out)))
    return rows


def _interfaces(network: Document, v: int) -> list[str]:
    found = []
    for name, instance in network["instances"].items():
        if name[2] == str(v):
            found += list(instance.get("network_interfaces", {"eni-" + name[2:]: None}))
    return found


def _vpc_of(network: Document, section: str, gateway: str) -> int:
    record = network[section][gateway]
    return int((record.get("vpc") or network["subnets"][record["subnet"]]["vpc"])[-1])


def _home(draw: st.DrawFn, network: Document) -> None:
    """A network at home behind a router that may translate."""
    router: Document = {"interfaces": {"lan": "192.168.50.1", "internet": ROUTER}, "routes": {"0.0.0.0/0": "internet"}}
    router |= draw(st.sampled_from(({"nat": "masquerade"}, {"nat": "masquerade"}, {})))
    if _rarely(draw, 4):
        router["rp_filter"] = draw(st.sampled_from(("strict", "loose")))
    if draw(st.booleans()):
        router["dnat"] = {8080: "192.168.50.11:80"}
    network.setdefault("networks", {})["lan"] = {"cidr": "192.168.50.0/24"}
    network.setdefault("routers", {})["home"] = router
    for number in (10, 11):
        network["hosts"][f"pc{number}"] = {"interfaces": {"lan": f"192.168.50.{number}"}, "routes": {"0.0.0.0/0": "192.168.50.1"}}


def _office(draw: st.DrawFn, network: Document, desk: str, length: int) -> None:
    """A public network behind a router that announces it."""
    name, everything = ("office", "0.0.0.0/0") if length < 32 else ("office6", "::/0")
    block = desk.removesuffix("10")
    outside = "198.51.100.2" if length < 32 else "2001:db8:ffff::2"
    router: Document = {"interfaces": {name: block + "1", "internet": outside}, "routes": {everything: "internet"}}
    router |= draw(st.sampled_from(({}, {}, {"nat": "masquerade"}, {"ip_forward": "off"})))
    network.setdefault("networks", {})[name] = {"cidr": f"{block}{'' if ':' in block else '0'}/{length}"}
    network.setdefault("routers", {})[f"r-{name}"] = router
    for number in (10, 11):
        network["hosts"][f"{name}-{number}"] = {"interfaces": {name: f"{block}{number}"}, "routes": {everything: block + "1"}}
        network["hosts"][f"{name}-{number}"] |= draw(st.sampled_from(({}, {"listens": [80]})))


def _transit(draw: st.DrawFn, network: Document) -> None:
    attached = {f"att-{v}": {"vpc": f"vpc-{v}", "subnets": [f"sn-{v}1"], "route_table": "tgwrt"} for v in (1, 2)}
    rows = {"10.1.0.0/16": "att-1", "10.2.0.0/16": "att-2"}
    if _dual(network):
        rows |= {"2001:db8:1::/56": "att-1", "2001:db8:2::/56": "att-2"}
        if draw(st.booleans()):
            rows[draw(st.sampled_from(("::/0", "2001:db8:ffff::/48", "2001:db8:1:1::/64")))] = draw(st.sampled_from(("att-1", "att-2", "blackhole")))
    if draw(st.booleans()):
        rows[draw(st.sampled_from(("0.0.0.0/0", "198.51.100.0/24", "10.1.1.0/24")))] = draw(st.sampled_from(("att-1", "att-2", "blackhole")))
    network["transit_gateways"] = {"tgw": {"attachments": attached, "route_tables": {"tgwrt": rows}}}


def _flow(draw: st.DrawFn, network: Document, number: int) -> Document:
    addresses = _addresses(network)
    if _dual(network):
        six = draw(st.booleans())
        addresses = [address for address in addresses if (":" in address) == six]
    protocol = draw(st.sampled_from(("tcp", "tcp", "tcp", "tcp", "udp", "icmp")))
    senders = [*network["instances"], *network["hosts"]]
    public = [address for address in addresses if not address.startswith(("10.", "192.168."))]
    sender = draw(st.sampled_from(senders))
    to = draw(st.sampled_from(public if sender in network["hosts"] and sender != "dc" else addresses))
    port = draw(st.sampled_from((80, 80, 80, 443, 8080)))
    written = f"[{to}]:{port}" if ":" in to else f"{to}:{port}"
    flow: Document = {"from": sender, "to": to if protocol == "icmp" else written, "protocol": protocol, "source_port": 50000 + draw(st.integers(0, 2))}
    flow |= draw(st.sampled_from(({}, {}, {}, {}, {}, {}, {}, {}, {"ttl": 1}, {"ttl": 2}, {"ttl": 3}, {"size": 1500}, {"size": 1501}, {"size": 8600})))
    if flow.get("size", 0) > 1500 and draw(st.booleans()):
        flow["dont_fragment"] = "off"
    if number and _rarely(draw, 6):
        flow["after"] = [f"f{draw(st.integers(0, number - 1))}"]
        flow["source_port"] += 10 * number  # a pair of sockets has one connection
    if _rarely(draw, 10):
        flow["source_ip"] = draw(st.sampled_from(("2001:db8:1:1::99", "2001:db8:1:2::99") if ":" in to else ("10.1.1.99", "10.1.2.99")))
        flow["reply"] = "off"
    return flow


def _addresses(network: Document) -> list[str]:
    """Everything that a flow may be sent to."""
    addresses = [CLIENT, SERVER, DATACENTRE, "10.1.1.77", *([ROUTER] if "home" in network.get("routers", {}) else [])]
    for name in ("office", "office6"):
        if name in network.get("networks", {}):
            desk = network["hosts"][f"{name}-10"]["interfaces"][name]
            addresses += [desk, desk.removesuffix("10") + "7", network["routers"][f"r-{name}"]["interfaces"]["internet"]]
    addresses += [CLIENT6, SERVER6, NOBODY6, "2001:db8:1:1::77"] if _dual(network) else []
    for instance in network["instances"].values():
        for interface in instance.get("network_interfaces", {"": instance}).values():
            addresses += [interface[key] for key in ("private_ip", "public_ip") if key in interface]
            addresses += interface.get("secondary_private_ips", [])
            six = interface.get("ipv6", [])
            addresses += six if isinstance(six, list) else [six]
    return addresses + [gateway["public_ip"] for gateway in network["nat_gateways"].values()]
