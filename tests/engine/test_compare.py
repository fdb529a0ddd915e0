"""Two conversations beside each other: the first hop that is not the same."""

from tests.aws.lab import Lab
from vpctui.engine.compare import first_difference

LAB = Lab("""
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {sn: {cidr: 10.0.1.0/24, route_table: rtb}, sn-b: {cidr: 10.0.2.0/24, route_table: rtb-b}}
route_tables: {rtb: {}, rtb-b: {10.0.1.0/24: eni-none}}
network_interfaces: {eni-none: {subnet: sn-b}}
instances: {i-a: {subnet: sn, private_ip: 10.0.1.10}, i-b: {subnet: sn-b, private_ip: 10.0.2.10, listens: [80]}}
flows: {ab: {from: i-a, to: "i-b:80"}}
""")


def test_the_first_hop_that_differs_counts_from_one() -> None:
    works, closed = LAB.ask("ab"), LAB.ask("ab", "i-b.state=stopped")
    assert [hop.node for hop in works.hops][:3] == ["i-a", "vpc", "i-b"]
    assert first_difference(works, closed) == 3
    assert first_difference(closed, works) == 3


def test_where_one_only_goes_on_it_is_the_next_or_the_last() -> None:
    """Nothing differs as far as both go: the first hop more, or the last one there is."""
    longer = LAB.ask("ab")
    shorter = type(longer)(**{name: getattr(longer, name) for name in longer.__struct_fields__} | {"legs": longer.legs[:1]})
    assert first_difference(shorter, longer) == len(shorter.hops) + 1
    assert first_difference(longer, shorter) == len(shorter.hops)
    assert first_difference(longer, longer) == len(longer.hops)
