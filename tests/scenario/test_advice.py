"""What AWS takes and limits or advises against is said, at its place, and changes nothing."""

from textwrap import dedent

import pytest

from vpctui.document import Problem
from vpctui.scenario.reading import read_scenario

NET = """
vpctui: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-app}
internet_gateways: {igw: {route_table: rtb-edge}}
vpn_gateways: {vgw: {}}
route_tables:
  rtb-fw: {0.0.0.0/0: igw}
  rtb-app: {0.0.0.0/0: eni-fw}
  rtb-edge: {10.0.2.0/24: eni-fw}
instances:
  i-fw: {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10}
"""


def said(text: str) -> list[Problem]:
    """The warnings of a text that has no mistakes."""
    scenario, problems = read_scenario(dedent(text).lstrip().encode(), "test.yaml")
    assert scenario is not None, problems
    return problems


def test_a_sound_network_is_not_commented() -> None:
    assert said(NET) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "part"),
    [
        ("rtb-app: {0.0.0.0/0: eni-fw}", "rtb-app: {10.0.2.0/24: eni-fw, 0.0.0.0/0: eni-fw}", "W515", 10, "neighbours in one subnet never ask"),
        ("i-fw: {subnet: sn-fw, private_ip: 10.0.1.10", "i-fw: {subnet: sn-app, private_ip: 10.0.2.99", "W516", 11, "servers there answer past it"),
        ("rtb-fw: {0.0.0.0/0: igw}", "rtb-fw: {0.0.0.0/0: {target: igw, state: filtered}}", "W513", 9, "taken as not forwarding"),
        (
            "i-app: {subnet: sn-app, private_ip: 10.0.2.10}",
            "i-app: {network_interfaces: {eni-1: {subnet: sn-app, private_ip: 10.0.2.10}, eni-2: {subnet: sn-app, private_ip: 10.0.2.11}}}",
            "W517",
            14,
            "answers may leave by the wrong one",
        ),
    ],
)
def test_what_is_legal_and_unwise(old: str, new: str, code: str, line: int, part: str) -> None:
    """R-021, R-038, R-070, R-150."""
    (problem,) = said(NET.replace(old, new))
    assert (problem.code, problem.mark.line, problem.severity) == (code, line, "warning")
    assert part in problem.message
    assert problem.mend


def test_two_lists_with_one_cidr_and_two_targets() -> None:
    """R-018: AWS takes one of them and does not say which."""
    lists = "prefix_lists: {pl-a: [198.51.100.0/24], pl-b: [198.51.100.0/24, 192.0.2.0/24]}\n"
    (problem,) = said(NET.replace("rtb-app: {", "rtb-app: {pl-a: igw, pl-b: eni-fw, ") + lists)
    assert (problem.code, problem.mark.line) == ("W514", 10)
    assert said(NET.replace("rtb-app: {", "rtb-app: {pl-a: igw, pl-b: igw, ") + lists) == []


def test_more_routes_than_a_table_takes() -> None:
    """R-047: five hundred of each family; IPv6 is counted apart."""
    many = ", ".join(f"10.{100 + number // 250}.{number % 250}.0/24: igw" for number in range(499))
    assert said(NET.replace("rtb-fw: {", f"rtb-fw: {{{many}, ")) == []
    six = '"::/0": igw, '
    assert said(NET.replace("rtb-fw: {", f"rtb-fw: {{{many}, {six}")) == []
    (problem,) = said(NET.replace("rtb-fw: {", f"rtb-fw: {{{many}, 198.51.100.0/24: igw, "))
    assert (problem.code, problem.mark.line) == ("W512", 9)
    assert "501 routes of IPv4" in problem.message


def test_a_prefix_list_takes_as_many_routes_as_it_may_have() -> None:
    """R-019, R-047: its size counts, not its entries."""
    listed = "prefix_lists: {pl: {cidrs: [198.51.100.0/24], max_entries: MANY}}\n"
    text = NET.replace("rtb-fw: {", "rtb-fw: {pl: igw, ") + listed
    assert said(text.replace("MANY", "499")) == []
    assert next(problem.code for problem in said(text.replace("MANY", "500"))) == "W512"


def test_more_propagated_routes_than_a_table_takes() -> None:
    """R-047: AWS installs the first hundred."""
    routes = ", ".join(f"172.16.{number}.0/24" for number in range(101))
    text = NET.replace("vgw: {}", f"vgw: {{routes: [{routes}]}}").replace("rtb-app: {0.0.0.0/0: eni-fw}", "rtb-app: {propagating_vgws: [vgw]}")
    (problem,) = said(text)
    assert (problem.code, problem.mark.line) == ("W512", 10)
    assert said(text.replace(", 172.16.100.0/24", "")) == []


def test_more_tables_than_a_vpc_takes() -> None:
    """R-047."""
    more = "".join(f"  rtb-{number}: {{vpc: vpc, routes: {{}}}}\n" for number in range(197))
    assert said(NET.replace("instances:\n", f"{more}instances:\n")) == []
    (problem,) = said(NET.replace("instances:\n", f"{more}  rtb-more: {{vpc: vpc, routes: {{}}}}\ninstances:\n"))
    assert (problem.code, problem.mark.line) == ("W512", 2)


def test_two_peers_with_one_range() -> None:
    """R-254: an answer may go to the other one."""
    text = """
vpctui: 1
vpcs: {hub: {cidr: 10.0.0.0/16}, left: {cidr: 10.1.0.0/16}, right: {cidr: OTHER}}
vpc_peering_connections:
  pcx-l: {vpcs: [hub, left]}
  pcx-r: {vpcs: [hub, right]}
"""
    (problem,) = said(text.replace("OTHER", "10.1.0.0/17"))
    assert (problem.code, problem.mark.line) == ("W518", 5)
    assert said(text.replace("OTHER", "10.2.0.0/16")) == []
