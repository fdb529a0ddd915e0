"""Finding in small and large networks, and who is named by many."""

from benchmarks.samples import generated
from vpctui.describe.finds import COUNTED, SHOWN, Catalogue, Finds
from vpctui.describe.lines import Layout
from vpctui.describe.screen import view
from vpctui.describe.uses import SHOWN as USES_SHOWN, uses
from vpctui.engine.change import parse, places, settings
from vpctui.engine.what_if import AT_MOST, EACH
from vpctui.exploration import Exploration, begin
from vpctui.scenario.changing import state_of


def catalogue(count: int) -> Catalogue:
    return Catalogue((f"i-{number}", f"10.0.0.{number}") for number in range(count))


def test_a_search_finds_ids_and_what_stands_beside_them_in_any_case() -> None:
    found = Catalogue([("Web-1", "10.0.0.1"), ("db", "10.0.0.2 WEB"), ("app", "10.0.0.3")])
    assert found.search("web") == Finds(("Web-1", "db"))
    assert found.search("10.0.0.3") == Finds(("app",))
    assert found.search("zz") == Finds()


def test_a_record_that_holds_the_text_twice_is_found_once() -> None:
    assert Catalogue([("aa", "aa aa"), ("a", "")]).search("a") == Finds(("a", "aa"))


def test_a_find_never_reaches_over_two_records() -> None:
    assert Catalogue([("a", "b"), ("c", "d")]).search("b\nc") == Finds()


def test_what_is_left_out_is_counted() -> None:
    found = catalogue(100).search("i-")
    assert (len(found.ids), found.more, found.uncounted) == (SHOWN, 100 - SHOWN, False)


def test_so_many_that_nobody_would_count_them_are_said_to_be_more() -> None:
    found = catalogue(COUNTED + 1).search("i-")
    assert (found.more, found.uncounted) == (COUNTED - SHOWN, True)
    assert not catalogue(COUNTED).search("i-").uncounted


def test_the_id_itself_is_shown_first_among_many() -> None:
    found = catalogue(100).search("i-9")
    assert found.ids[0] == "i-9"
    last = Catalogue([*((f"x-{number}", "i-9") for number in range(50)), ("i-9", "")]).search("i-9")
    assert (last.ids[0], len(last.ids), last.more) == ("i-9", SHOWN, 51 - SHOWN)


def test_the_tree_says_how_many_more_were_found() -> None:
    start = journey(200)
    rows = view(start, Layout(filter="eni-")).tree.rows
    shown = [row for row in rows if row.resource.startswith("eni-") and row.key.startswith("resource:")]
    assert len(shown) == SHOWN
    assert rows[-1].text.strip() == f"{200 - SHOWN} more: type on"
    assert "more" not in view(start, Layout(filter="eni-fw")).tree.rows[-1].text


def test_a_resource_that_many_name_shows_some_and_counts_the_rest() -> None:
    start = journey(200)
    found = uses("sg-0", start.base, start.network)
    assert (len(found.shown), found.more) == (USES_SHOWN, 198 - USES_SHOWN)


def test_a_change_moves_the_count_of_the_rest() -> None:
    start = journey(200)
    last = "eni-0-39-2"
    changed = start.apply(f"{last}.security_groups=sg-app")
    assert isinstance(changed, Exploration)
    assert uses("sg-0", changed.base, changed.network, (last,)).more == 197 - USES_SHOWN
    assert parse(changed.changes[0])


def journey(interfaces: int) -> Exploration:
    scenario = generated(interfaces)
    start = begin(scenario.name, state_of(scenario))
    assert isinstance(start, Exploration)
    return start


def test_a_setting_with_many_values_leaves_room_for_the_others() -> None:
    """A VPC with a table for each subnet offers each of them as its main one: of those a few are tried; `space` has them all, and tries as many as are read."""
    start = journey(200).jump(4)
    tried = [option.change for option in start.what_if() if option.change.startswith("vpc-main.main_route_table=")]
    assert len(tried) == EACH
    offered = start.options("vpc-main.main_route_table")
    assert len(offered) > AT_MOST
    assert [bool(option.outcome or option.refusal) for option in offered] == [at < AT_MOST for at in range(len(offered))]
    assert places("vpc-main", start.network) == tuple(setting.place for setting in settings("vpc-main", start.network))
