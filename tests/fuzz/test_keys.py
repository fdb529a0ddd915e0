"""A bounded share of the random keys; the long run is `python -m tests.fuzz.keys --keys 1000000`."""

import pytest

from tests.fuzz import keys
from tests.fuzz.keys import FILES, Found, Journey, read
from vpctui.tui.desk import Desk
from vpctui.tui.frame import Frame, Run


@pytest.mark.parametrize("number", range(6))
def test_random_keys_at_random_sizes_never_raise(number: int) -> None:
    """Every frame that is looked at fits its terminal, and holds nothing that a terminal would obey."""
    file = FILES[number * 7 % len(FILES)]
    Journey(read(file), number).go(500)


@pytest.mark.parametrize(
    "frame",
    [
        Frame((), (0, 0)),
        Frame(((Run("xxxxx"),), (Run("xxxx"),)), (0, 0)),
        Frame(((Run("xxxxx"),), (Run("xx\x9bxx"),)), (0, 0)),
        Frame(((Run("xxxxx"),), (Run("xxxxx"),)), (0, 2)),
    ],
    ids=["too few lines", "too short a line", "a control character", "a cursor outside"],
)
def test_a_frame_that_does_not_fit_is_noticed(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    """The net holds fish."""

    def wrong(desk: Desk) -> Frame:
        return frame

    journey = Journey(read(FILES[0]), 1)
    journey.explorer.resize((5, 2))
    journey.look()
    monkeypatch.setattr(keys, "paint", wrong)
    with pytest.raises(Found):
        journey.look()
