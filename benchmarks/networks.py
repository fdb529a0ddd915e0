"""Scenarios of any size: the network of the talk, and around it as many VPCs, subnets and instances as asked for.

The first VPC always holds the same appliance, the same application and the same flow, so that the packet's way is the same at every size
and only what lies around it grows: first that VPC, up to its two hundred subnets, then VPC after VPC.
"""

from collections.abc import Iterator

PER_SUBNET = 5
SUBNETS_PER_VPC = 200
"""As the default quotas of AWS have it; every subnet has a route table of its own, every VPC an internet gateway and a security group."""

TALK = """\
vpctui: 1
title: "{title}"
flows:
  web: {{from: client, to: "203.0.113.20:80"}}
expect:
  web: ok
hosts:
  client: {{ip: 198.51.100.10}}
"""
APPLIANCE = {
    "vpcs": ["vpc-main: {cidr: 10.0.0.0/16}"],
    "subnets": [
        "sn-fw: {cidr: 10.0.1.0/24, vpc: vpc-main, az: a, route_table: rtb-fw}",
        "sn-app: {cidr: 10.0.2.0/24, vpc: vpc-main, az: a, route_table: rtb-app}",
    ],
    "internet_gateways": ["igw: {vpc: vpc-main, route_table: rtb-edge}"],
    "route_tables": [
        "rtb-edge: {vpc: vpc-main, routes: {10.0.2.0/24: eni-fw}}",
        "rtb-fw: {vpc: vpc-main, routes: {0.0.0.0/0: igw}}",
        "rtb-app: {vpc: vpc-main, routes: {0.0.0.0/0: eni-fw}}",
    ],
    "security_groups": [
        'sg-fw: {ingress: ["all 0.0.0.0/0"]}',
        'sg-app: {ingress: ["tcp 80 0.0.0.0/0"]}',
    ],
    "instances": [
        "i-fw: {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on, "
        "inspect: strict, security_groups: [sg-fw]}",
        "i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg-app], listens: [22, 80]}",
    ],
}


def scenario(interfaces: int) -> str:
    """A scenario file with that many network interfaces, from 2 to 256,000."""
    sections = {name: list(lines) for name, lines in APPLIANCE.items()}
    subnets = -(-(interfaces - 2) // PER_SUBNET)
    for number in range(subnets):
        for section, line in _subnet(number, min(PER_SUBNET, interfaces - 2 - number * PER_SUBNET)):
            sections[section].append(line)
    body = "".join(f"{name}:\n" + "".join(f"  {line}\n" for line in lines) for name, lines in sections.items())
    return TALK.format(title=f"{interfaces} interfaces") + body


def _subnet(number: int, instances: int) -> Iterator[tuple[str, str]]:
    """The lines of one subnet with its route table and instances; with the first subnet of a VPC comes what a VPC has once."""
    vpc, third = divmod(number, SUBNETS_PER_VPC)
    home, gateway = (f"vpc-{vpc}", f"igw-{vpc}") if vpc else ("vpc-main", "igw")
    if third == 0:
        yield from _vpc(vpc)
    block = f"10.{vpc}.{third + 3}"
    yield "route_tables", f"rtb-{vpc}-{third}: {{vpc: {home}, routes: {{0.0.0.0/0: {gateway}}}}}"
    yield "subnets", f"sn-{vpc}-{third}: {{cidr: {block}.0/24, vpc: {home}, az: a, route_table: rtb-{vpc}-{third}}}"
    for host in range(instances):
        settings = f"subnet: sn-{vpc}-{third}, private_ip: {block}.{10 + host}, security_groups: [sg-{vpc}], listens: [443]"
        yield "instances", f"i-{vpc}-{third}-{host}: {{{settings}}}"


def _vpc(vpc: int) -> Iterator[tuple[str, str]]:
    yield "security_groups", f'sg-{vpc}: {{ingress: ["tcp 443 10.0.0.0/8", "tcp 22 10.0.0.0/8"]}}'
    if vpc > 0:
        yield "vpcs", f"vpc-{vpc}: {{cidr: 10.{vpc}.0.0/16}}"
        yield "internet_gateways", f"igw-{vpc}: {{vpc: vpc-{vpc}}}"
