"""Whole-screen views that take the place of the panes while the packet walks on: map, both directions, ledger, difference."""

from typing import Literal

from vpctui.describe import pictures
from vpctui.describe.lines import Layout, Pane
from vpctui.exploration import Exploration

SceneName = Literal["map", "beside", "ledger", "difference"]


def scene_pane(scene: SceneName, exploration: Exploration, layout: Layout, width: int) -> Pane:
    """The rows of a scene for where the packet is now."""
    match scene:
        case "map":
            return pictures.map_view(exploration, layout, width)
        case "beside":
            return pictures.beside_view(exploration, layout, width)
        case "ledger":
            return pictures.ledger_view(exploration, layout, width)
        case "difference":
            return pictures.difference_view(exploration.undo(), exploration, layout, width)
