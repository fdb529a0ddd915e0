"""Panes tile the screen at every size."""

import pytest

from vpctui.tui.geometry import PANES, PaneName, arrange, too_small


@pytest.mark.parametrize("size", [(70, 18), (80, 24), (100, 30), (120, 40), (159, 50), (160, 50), (200, 60), (300, 90)])
def test_every_cell_belongs_to_one_pane_or_a_rule(size: tuple[int, int]) -> None:
    geometry = arrange(*size, "path", zoomed=False)
    assert set(geometry.boxes) == set(PANES)
    for y in range(1, size[1] - 1):
        for x in range(size[0]):
            owners = sum(box.holds(x, y) for box in geometry.boxes.values()) + geometry.rules.count(x)
            assert owners == 1, (x, y)


@pytest.mark.parametrize("size", [(69, 24), (80, 17), (40, 10)])
@pytest.mark.parametrize("active", PANES)
def test_a_small_screen_shows_the_pane_in_use(size: tuple[int, int], active: PaneName) -> None:
    geometry = arrange(*size, active, zoomed=False)
    assert list(geometry.boxes) == [active]
    assert geometry.boxes[active].height == size[1] - 2


def test_eighty_by_twenty_four_leaves_room_for_what_is_asked() -> None:
    boxes = arrange(80, 24, "path", zoomed=False).boxes
    assert boxes["path"].rows >= 10
    assert boxes["lookup"].rows >= 3
    assert boxes["header"].rows >= 3


def test_too_small() -> None:
    assert too_small(39, 24)
    assert too_small(80, 9)
    assert not too_small(40, 10)
