"""Document nodes: plain values with places."""

import gc

import msgspec
import pytest

from vpctui.document import Entry, Mapping, Mark, Problem, Scalar, Sequence

TWICE = Mapping((Entry(Scalar("a"), Scalar("1")), Entry(Scalar("b"), Scalar("2")), Entry(Scalar("a"), Scalar("3"))))


def test_a_mapping_keeps_a_key_that_stands_twice() -> None:
    assert [(entry.key.text, entry.value) for entry in TWICE] == [("a", Scalar("1")), ("b", Scalar("2")), ("a", Scalar("3"))]


def test_get_gives_the_first_entry_of_that_key_or_none() -> None:
    assert TWICE.get("a") == Scalar("1")
    assert TWICE.get("c") is None


def test_marks_stand_in_the_order_of_the_file() -> None:
    marks = [Mark(2, 1, 9), Mark(1, 30), Mark(1, 4)]
    assert sorted(marks) == [Mark(1, 4), Mark(1, 30), Mark(2, 1, 9)]


@pytest.mark.parametrize("node", [Mark(), Scalar("x"), TWICE, Sequence((Scalar("x"),)), Problem("E100", "x")])
def test_nodes_never_change(node: msgspec.Struct) -> None:
    with pytest.raises(AttributeError):
        setattr(node, node.__struct_fields__[0], None)


@pytest.mark.parametrize("node", [Mark(), Scalar("x"), TWICE, Sequence((Scalar("x"),))])
def test_nodes_cost_the_garbage_collector_nothing(node: object) -> None:
    assert not gc.is_tracked(node)


def test_a_problem_is_an_error_unless_it_says_otherwise() -> None:
    assert Problem("E100", "x").severity == "error"
