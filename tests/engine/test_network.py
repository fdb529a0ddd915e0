"""The immutable network: versions share what did not change, and indexes follow every change."""

from collections.abc import Hashable, Iterable

import pytest

from vpctui.engine.network import Layered, Network, Record, indexes


class Thing(Record, frozen=True, kw_only=True):
    colour: str = "red"
    tags: tuple[str, ...] = ()


class Other(Record, frozen=True, kw_only=True):
    """A kind that registers no keys."""


@indexes(Thing)
def keys(thing: Thing) -> Iterable[Hashable]:
    yield ("colour", thing.colour)
    for tag in thing.tags:
        yield ("tag", tag)


def test_a_layer_hides_what_lies_under_it() -> None:
    base: Layered[str, int] = Layered({"a": 1, "b": 2})
    over = base.with_entries({"a": 10, "b": None, "c": 3})
    assert (over.get("a"), over.get("b"), over.get("c"), over.get("d")) == (10, None, 3, None)
    assert (base.get("a"), base.get("b"), base.get("c")) == (1, 2, None)
    assert list(over) == ["a", "c"]
    assert list(base) == ["a", "b"]


def test_what_was_taken_away_can_come_back() -> None:
    base: Layered[str, int] = Layered({"a": 1})
    again = base.with_entries({"a": None}).with_entries({"a": 2})
    assert again.get("a") == 2
    assert list(again) == ["a"]


def test_what_was_added_can_be_taken_away() -> None:
    base: Layered[str, int] = Layered({})
    assert list(base.with_entries({"a": 1}).with_entries({"a": None})) == []


def test_records_by_id_and_kind() -> None:
    thing = Thing(id="t")
    network = Network([thing, Other(id="o")])
    assert network.get("t") is thing
    assert network.get("x") is None
    assert network.the(Thing, "t") is thing
    assert network.find(Thing, "o") is None
    assert network.find(Thing, None) is None
    assert [record.id for record in network] == ["t", "o"]
    assert [record.id for record in network.all(Thing)] == ["t"]
    with pytest.raises(LookupError, match="o is not a Thing"):
        network.the(Thing, "o")
    with pytest.raises(LookupError):
        network.the(Thing, "x")


def test_ids_stand_under_every_key_in_the_order_of_the_file() -> None:
    network = Network([Thing(id="b", tags=("x", "x")), Thing(id="a", tags=("x",)), Thing(id="c", colour="blue")])
    assert network.ids(("colour", "red")) == ("b", "a")
    assert network.ids(("tag", "x")) == ("b", "a")
    assert network.ids(("tag", "y")) == ()
    assert network.first(Thing, ("colour", "blue")) == Thing(id="c", colour="blue")
    assert network.first(Thing, ("colour", "green")) is None


def test_put_makes_another_network_and_leaves_the_old_one() -> None:
    before = Network([Thing(id="a"), Thing(id="b")])
    after = before.put(Thing(id="a", colour="blue"))
    assert before.the(Thing, "a").colour == "red"
    assert after.the(Thing, "a").colour == "blue"
    assert before.ids(("colour", "red")) == ("a", "b")
    assert after.ids(("colour", "red")) == ("b",)
    assert after.ids(("colour", "blue")) == ("a",)
    assert after.the(Thing, "b") is before.the(Thing, "b")


def test_several_records_are_put_at_once() -> None:
    before = Network([Thing(id="a"), Thing(id="b")])
    after = before.put(Thing(id="a", colour="blue"), Thing(id="b", colour="blue"), Thing(id="c", colour="blue"))
    assert after.ids(("colour", "blue")) == ("a", "b", "c")
    assert after.ids(("colour", "red")) == ()
    assert [record.id for record in after] == ["a", "b", "c"]


def test_the_last_of_two_puts_of_one_id_counts() -> None:
    after = Network([Thing(id="a")]).put(Thing(id="a", colour="blue"), Thing(id="a", colour="green"))
    assert after.ids(("colour", "red")) == after.ids(("colour", "blue")) == ()
    assert after.ids(("colour", "green")) == ("a",)


def test_putting_a_record_back_restores_the_index() -> None:
    thing = Thing(id="a", tags=("x", "y"))
    before = Network([thing])
    after = before.put(Thing(id="a", tags=("y",))).put(thing)
    assert after.ids(("tag", "x")) == after.ids(("tag", "y")) == ("a",)


def test_a_change_that_touches_no_key_keeps_the_place_in_the_index() -> None:
    class Held(Record, frozen=True, kw_only=True):
        note: str = ""

    indexes(Held)(lambda held: [("all",)])
    network = Network([Held(id="a"), Held(id="b")]).put(Held(id="a", note="new"))
    assert network.ids(("all",)) == ("a", "b")
