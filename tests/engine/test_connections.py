"""What components remember: tables that never change."""

from vpctui.engine.connections import Connections
from vpctui.trace import Memo


def test_remembering_makes_another_table() -> None:
    empty = Connections()
    one = empty.remember([Memo("nat", "flow", "translated")])
    assert empty.recall("nat", "flow") is None
    assert one.recall("nat", "flow") == "translated"
    assert one.recall("other", "flow") is None
    assert (len(empty), len(one)) == (0, 1)


def test_nothing_is_forgotten_and_forgetting_nothing_is_no_fault() -> None:
    held = Connections().remember([Memo("a", 1), Memo("a", 2, "x"), Memo("b", 1)])
    assert list(held.of("a")) == [(1, True), (2, "x")]
    assert list(held.all()) == [("a", 1, True), ("a", 2, "x"), ("b", 1, True)]
    left = held.remember([Memo("a", 1, None), Memo("c", 9, None)])
    assert list(left.of("a")) == [(2, "x")]
    assert held.recall("a", 1) is True


def test_a_later_memo_takes_the_place_of_an_earlier_one() -> None:
    held = Connections().remember([Memo("fw", "session", "opened"), Memo("fw", "session", "answered")])
    assert held.recall("fw", "session") == "answered"
    assert len(held) == 1
