"""Bundled scenarios: what the kernel cannot be asked, by reason and by name (`change/flow`; `/flow` is the file as it stands).

A test holds this list to what is really so: a flow that is neither asked nor listed fails it, and so does one that is listed and asked.
"""

CANNOT: dict[str, dict[str, str]] = {
    "application load balancer: which target, and what becomes of the connection, a program of AWS's decides": {
        "alb": "/web /web-c public-no-igw/web public-no-igw/web-c sg-client-cidr/web sg-client-cidr/web-c "
        "alb-out-closed/web alb-out-closed/web-c target-down/web target-down/web-c",
    },
    "asymmetric_return: drop is a rule of AWS's documents, no kernel looks for the way back": {
        "appliance": "no-return-route-strict-aws/web no-return-route-strict-aws/ssh no-return-route-strict-aws/out",
        "ingress-only": "aws-rule/web",
    },
    "Block Public Access is a rule that only AWS has": {
        "appliance": "bpa/web bpa/ssh bpa/out",
    },
    "a tunnel with keys (IPsec), or GENEVE": {
        "before-tunnel": "/web check-on/web no-return-route/web no-tunnel-route/web nat-t-closed/web",
    },
    "classic load balancer: which target, and what becomes of the connection, a program of AWS's decides": {
        "elb-in-front": "clb-target/web",
    },
    "vpc endpoint: which target, and what becomes of the connection, a program of AWS's decides": {
        "elb-in-front": "gwlbe/web",
        "gwlb-edge": "/web /telnet /dc /old "
        "one-target-down/web one-target-down/telnet one-target-down/dc one-target-down/old "
        "all-down/web all-down/telnet all-down/dc all-down/old "
        "no-edge/web no-edge/dc no-edge/old "
        "app-direct/web app-direct/telnet app-direct/dc app-direct/old "
        "gwe-loop/web gwe-loop/telnet gwe-loop/dc gwe-loop/old",
        "network-firewall": "/web-a /web-c /telnet crossed-az/web-a crossed-az/web-c crossed-az/telnet no-edge/web-a no-edge/web-c "
        "nfw-subnet-no-igw/web-a nfw-subnet-no-igw/web-c nfw-subnet-no-igw/telnet",
    },
    "BYOIP pools": {
        "gateway-rtb-rules": "/pool legal-subnet/pool legal-vpc/pool legal-byoip/pool",
    },
    "network load balancer: which target, and what becomes of the connection, a program of AWS's decides": {
        "nlb": "/web sg-vpc-only/web no-preserve/web nlb-sg/web slide-16-belief/web slide-16-with-nat/web target-down/web nlb-subnet-private/web",
    },
}


def listed(scenario: str) -> dict[str, str]:
    """`change/flow` of one scenario, each with its reason."""
    return {name: reason for reason, scenarios in CANNOT.items() for name in scenarios.get(scenario, "").split()}
