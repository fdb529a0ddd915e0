"""The topology tree: what is open, what a search finds, what a change moves, and that ten thousand interfaces cost no more than ten."""

from collections.abc import Iterator

from msgspec.structs import replace

from tests.costs import times_as_costly
from vpctui.address import parse_address, parse_prefix
from vpctui.aws.guest import Guest
from vpctui.aws.instance import Instance
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.route_entries import Route
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import Subnet
from vpctui.aws.vpc import Vpc
from vpctui.describe.lines import Layout, Pane
from vpctui.describe.tree import Topology, setting_owner, touched, tree_pane
from vpctui.describe.uses import Uses, uses
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells
from vpctui.engine.network import Network, Record
from vpctui.engine.outline import OUTLINES
from vpctui.trace import Conversation

EN = Voice()


def machine(number: int, subnet: str = "sn-app") -> tuple[Record, ...]:
    address = parse_address(f"10.0.{2 + number // 200}.{10 + number % 200}")
    name = "app" if number == 0 else f"many-{number}"
    interface = NetworkInterface(id=f"eni-{name}", vpc="vpc-main", subnet=subnet, zone="a", private_ip=address, owner=f"i-{name}")
    return (Instance(id=f"i-{name}", guest=Guest()), interface)


def network(count: int = 1) -> Network:
    return Network(
        (
            Vpc(id="vpc-main", cidrs=(parse_prefix("10.0.0.0/8"),)),
            Subnet(id="sn-fw", vpc="vpc-main", cidr=parse_prefix("10.0.1.0/24"), route_table="rtb-fw"),
            Subnet(id="sn-app", vpc="vpc-main", cidr=parse_prefix("10.0.2.0/24"), route_table="rtb-app"),
            RouteTable(id="rtb-edge", vpc="vpc-main", routes=(Route(parse_prefix("10.0.2.0/24"), "eni-fw"),)),
            RouteTable(id="rtb-fw", vpc="vpc-main", routes=(Route(parse_prefix("0.0.0.0/0"), "igw"),)),
            RouteTable(id="rtb-app", vpc="vpc-main", routes=(Route(parse_prefix("0.0.0.0/0"), "eni-fw"),)),
            InternetGateway(id="igw", vpc="vpc-main", route_table="rtb-edge"),
            Instance(id="i-fw", guest=Guest(ip_forward=True)),
            NetworkInterface(
                id="eni-fw", vpc="vpc-main", subnet="sn-fw", zone="a", private_ip=parse_address("10.0.1.10"), owner="i-fw", source_dest_check=False
            ),
            *(record for number in range(count) for record in machine(number)),
        )
    )


def drawn(pane: Pane) -> list[str]:
    return [row.text.rstrip() for row in pane.rows]


def pane(
    net: Network,
    conversation: Conversation,
    layout: Layout | None = None,
    hop: int = 2,
    setting: str = "",
    changed: tuple[str, ...] = (),
    base: Network | None = None,
) -> Pane:
    return tree_pane(Topology(base or net, net, changed), conversation, conversation.hops[hop], setting, layout or Layout(), 26, EN)


def test_what_the_packet_touches_is_open_and_marked(baseline: Conversation) -> None:
    lines = drawn(pane(network(), baseline))
    assert lines[0].startswith("* vpc-main 10.0.0.0/8")
    assert "  > i-fw on the path" in [line[:20] for line in lines]
    assert "    table: rtb-edge" in lines
    assert "      check: off" in lines
    assert "    10.0.2.0/24 → eni-fw" in lines


def test_the_row_of_the_current_setting_is_kept_in_view(baseline: Conversation) -> None:
    found = pane(network(), baseline, setting="eni-fw.source_dest_check")
    assert found.rows[found.at].key == "setting:eni-fw.source_dest_check"
    found = pane(network(), baseline)
    assert found.rows[found.at].key == "resource:i-fw"


def test_a_quiet_setting_shows_when_it_is_asked_about_or_unfolded(baseline: Conversation) -> None:
    quiet = "setting:i-fw.rp_filter"
    assert quiet not in [row.key for row in pane(network(), baseline).rows]
    assert quiet in [row.key for row in pane(network(), baseline, setting="i-fw.rp_filter").rows]
    assert quiet in [row.key for row in pane(network(), baseline, Layout(unfolded=frozenset({"resource:i-fw"}))).rows]


def test_folding_hides_what_is_below(baseline: Conversation) -> None:
    lines = drawn(pane(network(), baseline, Layout(folded=frozenset({"resource:vpc-main"}))))
    assert lines == ["* vpc-main 10.0.0.0/8 …"]


def test_of_many_children_only_those_on_the_path_are_shown(baseline: Conversation) -> None:
    lines = drawn(pane(network(60), baseline))
    assert any(line.startswith("  * i-app on the path") for line in lines)
    assert "    59 more: / finds them" in lines
    assert not any("many" in line for line in lines)
    assert "    i-many-3 …" in drawn(pane(network(60), baseline, Layout(unfolded=frozenset({"resource:sn-app"}))))


def test_a_search_shows_what_it_finds_below_what_holds_it(baseline: Conversation) -> None:
    lines = drawn(pane(network(60), baseline, Layout(filter="MANY-31")))
    assert [line.split("-31")[0] for line in lines if "31" in line] == ["    i-many", "     eni-many"]
    assert lines[:2] == ["* vpc-main 10.0.0.0/8", " * sn-app 10.0.2.0/24 az a"]
    assert lines[2].startswith("    i-many-31 +")
    assert [line for line in drawn(pane(network(60), baseline, Layout(filter="10.0.2.69"))) if "eni" in line] == ["     eni-many-59 10.0.2.69"]


def test_a_search_that_finds_nothing_says_so(baseline: Conversation) -> None:
    assert drawn(pane(network(), baseline, Layout(filter="[/x]"))) == [" nothing contains [/x]"]


def test_a_moved_interface_stands_under_its_new_instance(baseline: Conversation) -> None:
    base = network()
    moved = base.put(replace(base.the(NetworkInterface, "eni-fw"), owner="i-app"))
    lines = drawn(pane(moved, baseline, changed=("eni-fw",), base=base))
    names = [line.strip(" >*").split()[0] for line in lines if "→" not in line]
    assert names.index("eni-fw") > names.index("i-app")


def test_every_setting_row_carries_its_place_and_owner(baseline: Conversation) -> None:
    for row in pane(network(), baseline).rows:
        assert bool(row.setting) == row.key.startswith("setting:")
        if row.setting:
            assert setting_owner(row.setting) == row.resource


def test_owner_of_a_place() -> None:
    assert setting_owner("eni-fw.source_dest_check") == "eni-fw"
    assert setting_owner("rtb-app[0.0.0.0/0]") == "rtb-app"
    assert setting_owner("acl-app.ingress[100]") == "acl-app"
    assert setting_owner("a.b.state") == "a.b"
    assert setting_owner("") == ""


def test_no_row_is_wider_than_the_pane(baseline: Conversation) -> None:
    net = network(40)
    for width in (14, 20, 26, 40, 60):
        for voice in (EN, Voice("ja"), Voice(ascii=True)):
            rows = tree_pane(Topology(net, net), baseline, baseline.hops[2], "", Layout(unfolded=frozenset({"resource:sn-app"})), width, voice).rows
            assert all(cells(row.text) <= width for row in rows), [row.text for row in rows if cells(row.text) > width]


def test_touched_names_components_interfaces_tables_and_settings(baseline: Conversation) -> None:
    found = touched(baseline)
    assert {"client", "igw", "i-fw", "eni-fw", "rtb-edge", "rtb-fw", "sn-fw", "sg-fw", "eni-app", "vpc-main"} <= set(found)


def test_where_an_interface_is_used_is_the_list_of_things_to_edit() -> None:
    net = network()
    assert [(use.place, use.value) for use in uses("eni-fw", net, net).shown] == [("rtb-edge[10.0.2.0/24]", "eni-fw"), ("rtb-app[0.0.0.0/0]", "eni-fw")]
    assert ("igw.route_table", "rtb-edge") in [(use.place, use.value) for use in uses("rtb-edge", net, net).shown]
    assert uses("i-nobody", net, net) == Uses()


def test_a_use_that_a_change_made_is_found() -> None:
    net = network()
    changed = net.put(replace(net.the(Subnet, "sn-app"), route_table="rtb-fw"))
    assert "sn-app.route_table" in [use.place for use in uses("rtb-fw", net, changed, ("sn-app",)).shown]
    assert "sn-app.route_table" not in [use.place for use in uses("rtb-app", net, changed, ("sn-app",)).shown]


def test_drawing_does_not_depend_on_the_size_of_the_network(baseline: Conversation) -> None:
    few, many = network(5), network(5000)
    pane(many, baseline)
    assert times_as_costly(lambda: pane(many, baseline), lambda: pane(few, baseline)) < 2


def test_every_kind_of_record_says_where_it_stands() -> None:
    def kinds(of: type[Record]) -> Iterator[type[Record]]:
        for kind in of.__subclasses__():
            yield kind
            yield from kinds(kind)

    # `Machine` is what instances and hosts have in common; no record is only that.
    missing = {kind.__name__ for kind in kinds(Record) if kind.__module__.startswith("vpctui.aws") and kind not in OUTLINES and not kind.__subclasses__()}
    assert missing == set()
