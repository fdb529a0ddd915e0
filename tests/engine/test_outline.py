"""The tree of the network: after changes it is the tree of the changed network."""

from pathlib import Path

import pytest

from vpctui.engine.alter import alter
from vpctui.engine.change import Refusal, settings
from vpctui.engine.outline import Tree, outline
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario

SCENARIOS = sorted((Path(__file__).parent.parent.parent / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_tree_after_a_change_is_the_tree_of_the_changed_network(path: Path) -> None:
    """Each setting with each value that is offered: everything stands below what it stands below when the tree is made anew."""
    scenario, _ = read_scenario(path.read_bytes(), path.name)
    assert scenario is not None
    state = state_of(scenario)
    network = state.world.network
    tree = Tree(network)
    ids = [record.id for record in network]
    for identifier in ids:
        for setting in settings(identifier, network):
            for value in setting.choices:
                made = alter(state, f"{setting.place}={value}")
                if isinstance(made, Refusal):
                    continue
                after, anew = tree.after(made.world.network, tuple(ids)), Tree(made.world.network)
                for each in ("", *ids):
                    assert sorted(after.children(each)) == sorted(anew.children(each)), (setting.place, value, each)
                    assert after.parent(each) == anew.parent(each)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_ids_are_sorted_as_the_tree_has_them(path: Path) -> None:
    """In whichever order they come; what the network does not have is left out."""
    scenario, _ = read_scenario(path.read_bytes(), path.name)
    assert scenario is not None
    network = scenario.world.network
    tree, ids = Tree(network), [record.id for record in network]
    found = tree.sorted(["nobody", *reversed(ids)])
    assert sorted(found) == sorted(ids)
    assert found == tree.sorted(ids)
    assert [(tree.parent(record.id), tree.beside(record.id)) for record in network] == [
        (outline(record, network).parent, outline(record, network).beside) for record in network
    ]
    assert (tree.parent("nobody"), tree.beside("nobody")) == ("", "")
    assert [tree.is_quiet(record.id) for record in network] == [outline(record, network).quiet for record in network]
    for identifier in ids:
        held = tree.children(identifier)
        assert tuple(each for each in found if each in held) == held
