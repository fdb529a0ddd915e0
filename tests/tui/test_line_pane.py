"""A pane follows the packet, keeps a person's place, and draws only what is visible."""

from vpctui.describe.lines import Pane, Row, Span
from vpctui.tui.line_pane import LinePane


def rows(count: int, prefix: str = "row") -> tuple[Row, ...]:
    return tuple(Row((Span(f"{prefix} {number}"),), key=f"{prefix}:{number}") for number in range(count))


def drawn(pane: LinePane, height: int = 5) -> list[str]:
    return ["".join(run.text for run in line).rstrip() for line in pane.lines(20, height, active=True)]


def test_the_cursor_follows_the_packet_and_stays_where_a_person_put_it() -> None:
    pane = LinePane()
    pane.take(Pane("p", rows(20), at=3), 5)
    assert pane.cursor == 3
    pane.move(4, 5)
    pane.take(Pane("p", rows(20), at=3), 5)
    assert pane.cursor == 7
    pane.take(Pane("p", rows(20), at=12), 5)
    assert pane.cursor == 12
    assert "row 12" in drawn(pane)


def test_the_cursor_stays_on_its_row_when_rows_come_above_it() -> None:
    pane = LinePane()
    pane.take(Pane("p", rows(5), at=-1), 5)
    pane.move(3, 5)
    pane.take(Pane("p", rows(2, "new") + rows(5), at=-1), 5)
    assert pane.row is not None
    assert pane.row.key == "row:3"


def test_moving_stops_at_the_ends_and_says_so() -> None:
    pane = LinePane()
    pane.take(Pane("p", rows(3), at=0), 5)
    assert not pane.move(-1, 5)
    assert pane.move(99, 5)
    assert not pane.move(1, 5)


def test_an_empty_pane_draws_blanks() -> None:
    pane = LinePane()
    pane.take(Pane("p"), 3)
    assert drawn(pane, 3) == ["", "", ""]
    assert not pane.move(1, 3)
    assert pane.row is None


def test_ten_thousand_rows_draw_only_what_is_visible() -> None:
    class Watched(tuple[Row, ...]):
        asked = 0

        def __getitem__(self, at):  # type: ignore[no-untyped-def]
            Watched.asked += 1
            return super().__getitem__(at)

    pane = LinePane()
    pane.take(Pane("p", Watched(rows(10_000)), at=5_000), 20)
    Watched.asked = 0
    list(pane.lines(40, 20, active=True))
    assert Watched.asked <= 3 * 20


def test_the_title_tells_how_far_down_it_is() -> None:
    pane = LinePane()
    pane.take(Pane("path", rows(20), at=0), 5)
    title = "".join(run.text for run in pane.title(2, 30, active=True, height=5, ascii_only=True))
    assert title.startswith(">2 path --")
    assert title.endswith("5/20")


def test_the_row_above_is_the_one_that_holds_it() -> None:
    nested = tuple(Row((Span(str(depth)),), key=str(at), depth=depth) for at, depth in enumerate((0, 1, 2, 2)))
    pane = LinePane()
    pane.take(Pane("p", nested, at=3), 5)
    assert pane.parent() == -2


def test_a_title_that_is_too_long_says_so() -> None:
    """An address that is cut without a mark would be another address."""
    pane = LinePane()
    pane.take(Pane("lookup ── rtb-edge, for 10.0.2.10", rows(3)), 5)
    title = "".join(run.text for run in pane.title(3, 30, active=False, height=5, ascii_only=False))
    assert title == "─3 lookup ── rtb-edge, for 10…"
    assert "10.0.2.10 ─" in "".join(run.text for run in pane.title(3, 60, active=False, height=5, ascii_only=False))
