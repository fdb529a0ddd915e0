"""What an import assumed, as a person sees it: marked in the topology tree until somebody says what it is."""

from tests.interop.accounts import account, imported
from tests.interop.tracing import ask
from vpctui.describe.lines import Layout
from vpctui.describe.tree import Topology, tree_pane
from vpctui.describe.voice import Voice
from vpctui.engine.change import Refusal
from vpctui.scenario.changing import changed


def lines(*changes: str) -> list[str]:
    """The tree at the appliance, after changes."""
    scenario = imported(account())
    state = changed(scenario, changes)
    assert not isinstance(state, Refusal)
    conversation = ask(scenario, "internet", "52.0.0.20:80", source_ip="198.51.100.7")
    topology = Topology(scenario.network, state.world.network, ("i-fw",) if changes else ())
    pane = tree_pane(topology, conversation, conversation.hops[2], "i-fw.ip_forward", Layout(), 60, Voice())
    return [row.text.strip() for row in pane.rows]


def test_an_assumed_setting_has_a_mark_in_the_tree() -> None:
    found = lines()
    assert "ip_forward: on ?" in found
    assert "nat: none ?" in found
    assert "inspect: none ?" in found


def test_a_setting_that_somebody_made_is_assumed_no_longer() -> None:
    assert "ip_forward: off" in lines("i-fw.ip_forward=off")
    assert "ip_forward: on" in lines("i-fw.ip_forward=on")
    assert "inspect: strict" in lines("i-fw.inspect=strict")
    assert "nat: none ?" in lines("i-fw.inspect=strict")
