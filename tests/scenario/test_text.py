"""Reading the text of a file: bytes in, nodes with places or a problem out, whatever the bytes are."""

import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings, strategies as st

from tests.costs import times_as_costly
from vpctui.document import Entry, Mapping, Mark, Node, Problem, Scalar, Sequence
from vpctui.scenario import nodes
from vpctui.scenario.problems import render
from vpctui.scenario.text import MOST_BYTES, read_document, source_text

LARGE = "vpctui: 1\ninstances:\n" + "".join(
    f"  i-{n}: {{subnet: sn-{n % 50}, private_ip: 10.0.{n % 50}.{n // 50}, security_groups: [sg-a], listens: [22, 80]}}\n" for n in range(1000)
)


def read_large() -> object:
    """Reads some 90 kilobytes in which nothing is wrong: the measure for what is."""
    return read_document(LARGE.encode(), "f.yaml")


def root_of(text: str) -> Mapping:
    root, problems = read_document(text.encode(), "f.yaml")
    assert problems == []
    assert root is not None
    return root


def only_problem(data: bytes) -> Problem:
    root, (problem,) = read_document(data, "f.yaml")
    assert root is None
    return problem


def test_nodes_have_the_text_and_the_place_of_everything() -> None:
    assert root_of("vpctui: 1\nsn:\n  a: {az: no, \"x y\": [22:22, '010']}\n  戻り: |\n    two\n    lines\n") == Mapping(
        (
            Entry(Scalar("vpctui", Mark(1, 1, 6)), Scalar("1", Mark(1, 9, 1))),
            Entry(
                Scalar("sn", Mark(2, 1, 2)),
                Mapping(
                    (
                        Entry(
                            Scalar("a", Mark(3, 3, 1)),
                            Mapping(
                                (
                                    Entry(Scalar("az", Mark(3, 7, 2)), Scalar("no", Mark(3, 11, 2))),
                                    Entry(
                                        Scalar("x y", Mark(3, 15, 5), True),
                                        Sequence((Scalar("22:22", Mark(3, 23, 5)), Scalar("010", Mark(3, 30, 5), True)), Mark(3, 22, 14)),
                                    ),
                                ),
                                Mark(3, 6, 31),
                            ),
                        ),
                        Entry(Scalar("戻り", Mark(4, 3, 2)), Scalar("two\nlines\n", Mark(4, 7, 0), True)),
                    ),
                    Mark(3, 3, 0),
                ),
            ),
        ),
        Mark(1, 1, 0),
    )


@pytest.mark.parametrize("text", ["no", "on", "22:22", "010", "1.0", "2026-01-01", "~", "null", "0x10", "1e3", ".inf", "=", "<", "10.0.0.0/8", "::/0", "true"])
def test_no_text_is_taken_for_something_else(text: str) -> None:
    assert root_of(f"a: {text}\n").get("a") == Scalar(text, Mark(1, 4, len(text)))


def test_keys_that_stand_twice_are_both_there() -> None:
    assert [entry.value for entry in root_of("a: 1\na: 2\n")] == [Scalar("1", Mark(1, 4, 1)), Scalar("2", Mark(2, 4, 1))]


def test_nothing_behind_a_colon_is_an_empty_text() -> None:
    assert root_of("a:\nb: c\n").get("a") == Scalar("", Mark(1, 3, 0))


def test_collections_over_several_lines_have_the_length_of_their_bracket() -> None:
    assert root_of("a: {b: c,\n  d: e}\n").get("a").mark == Mark(1, 4, 1)  # type: ignore[union-attr]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_end_as_yaml_has_it(end: str) -> None:
    root, _ = read_document(f"a: b{end}c: d{end}".encode(), "f.yaml")
    assert root is not None
    assert [entry.key.mark for entry in root] == [Mark(1, 1, 1), Mark(2, 1, 1)]
    _, (problem,) = read_document(f"a: b{end}c: {{::/0: d}}{end}".encode(), "f.yaml")
    assert (problem.code, problem.mark) == ("E104", Mark(2, 5, 4))


def test_an_alias_is_the_node_that_it_names() -> None:
    root = root_of("a: &x {b: c}\nd: *x\ne: &y f\ng: *y\n")
    assert root.get("d") is root.get("a")
    assert root.get("g") == Scalar("f", Mark(3, 7, 1))


def test_aliases_that_grow_are_refused() -> None:
    names = "abcdefghij"
    lines = [f"{names[0]}: &{names[0]} [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join(['*' + before] * 10)}]" for before, name in pairwise(names)]
    root, problems = read_document("\n".join(lines).encode(), "f.yaml")
    assert {problem.code for problem in problems} == {"E108"}
    assert problems[0].message == "aliases stand for more than 100000 values"
    assert size(root) < 300_000


def size(node: Node | None) -> int:
    if isinstance(node, Sequence):
        return 1 + sum(size(item) for item in node.items)
    if isinstance(node, Mapping):
        return 1 + sum(1 + size(entry.value) for entry in node)
    return 1


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    _, (problem,) = read_document(b"a: &x [*x]\n", "f.yaml")
    assert (problem.code, problem.mark) == ("E109", Mark(1, 8, 2))


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# only a comment\n", b"---\n", b"---\n...\n", b"\xef\xbb\xbf", b"{}\n"])
def test_an_empty_file_is_no_scenario(data: bytes) -> None:
    problem = only_problem(data)
    assert (problem.code, problem.message, problem.mark, problem.mend) == ("E110", "no scenario in f.yaml", Mark(1, 1), "vpctui: 1")


@pytest.mark.parametrize("data", [b"hello\n", b"- a\n", b"[a, b]\n", b'"x"\n'])
def test_a_scenario_is_a_mapping(data: bytes) -> None:
    assert (only_problem(data).code, only_problem(data).mark.line) == ("E123", 1)


@pytest.mark.parametrize(
    ("data", "mark", "message"),
    [
        ("title: x\nja: 戻り値です\n".encode("cp932"), Mark(2, 5, 1), "file is not UTF-8 (byte 0x96 at offset 13); it looks like Shift_JIS"),
        ("title: x\nja: 戻り値です。\n".encode("euc_jp"), Mark(2, 5, 1), "file is not UTF-8 (byte 0xcc at offset 13); it looks like EUC-JP"),
        ("a: b\n".encode("utf-16"), Mark(1, 1, 1), "file is not UTF-8 (byte 0xff at offset 0); it looks like UTF-16"),
        ("a: b\n".encode("utf-16-le"), Mark(), "file is not UTF-8 (byte 0x00 at offset 1); it looks like UTF-16"),
        ("a: b\n".encode("utf-16-be"), Mark(), "file is not UTF-8 (byte 0x00 at offset 0); it looks like UTF-16"),
        ("ja: 戻\nx: ".encode() + b"\xe3\x81", Mark(2, 4, 1), "file is not UTF-8 (byte 0xe3 at offset 11)"),
        (b"a: \xed\xa0\x80\n", Mark(1, 4, 1), "file is not UTF-8 (byte 0xed at offset 3)"),
    ],
)
def test_a_file_in_another_encoding_is_named(data: bytes, mark: Mark, message: str) -> None:
    problem = only_problem(data)
    assert (problem.code, problem.mark, problem.message, problem.mend) == ("E114", mark, message, "save as UTF-8")
    assert render([problem], "f.yaml", source_text(data))


def test_a_byte_order_mark_does_not_shift_places() -> None:
    assert root_of("\ufeffa: b\n").get("a") == Scalar("b", Mark(1, 4, 1))


def test_control_characters_are_all_found_and_the_rest_is_read() -> None:
    root, problems = read_document(b"a: x\x01y\nb: \x1b[31m {::/0\n", "f.yaml")
    assert [(problem.code, problem.mark, problem.message) for problem in problems] == [
        ("E113", Mark(1, 5, 1), "control character \\x01 in the text"),
        ("E113", Mark(2, 4, 1), "control character \\x1b in the text"),
    ]
    assert root is not None
    assert root.get("a") == Scalar("x\ufffdy", Mark(1, 4, 3))


def test_escapes_in_quotes_may_say_anything() -> None:
    assert root_of('a: "\\e[31m"\n').get("a") == Scalar("\x1b[31m", Mark(1, 4, 8), True)


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "[" * 100_000 + "]" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    problem = only_problem(text.encode())
    assert (problem.code, problem.message) == ("E118", "more than 40 levels of nesting")
    assert times_as_costly(lambda: read_document(text.encode(), "f.yaml"), read_large) < 2


def test_deep_indentation_is_refused() -> None:
    problem = only_problem("\n".join(" " * depth + "a:" for depth in range(1000)).encode())
    assert (problem.code, problem.mark.line) == ("E118", 41)


def test_a_file_that_is_too_large_is_not_even_looked_at() -> None:
    problem = only_problem(b"\xff" * (MOST_BYTES + 1))
    assert (problem.code, problem.message) == ("E117", "f.yaml has 32 MiB; a scenario has at most 32 MiB")


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "MOST_VALUES", 100)
    problem = only_problem(b"a: [" + b"x, " * 200 + b"x]\n")
    assert (problem.code, problem.message, problem.mark.line) == ("E117", "more than 100 values", 1)


@pytest.mark.parametrize(
    "text",
    [
        "a: {b#c\n" * 20_000,
        "k: {::/0: b, c: [d, e}\n" * 10_000,
        "a: \x01\n" * 20_000,
        "a[b" * 50_000,
        "x: [a[b" * 20_000,
        "x: {" + "::" * 100_000,
        "x: {" + "a:" * 100_000,
        "a: " * 50_000,
        "{{" * 10,
        "'" * 100_001,
        '"' + "\\" * 100_001,
        "\t" * 100_000 + "{",
        "a" + " " * 100_000 + "{: x",
        "，：" * 50_000,
        "[{a: b, c, d, e}, " * 30,
        "set: [" + "a=b, c, " * 20_000 + "]",
    ],
)
def test_what_no_person_typed_takes_bounded_time_and_memory(text: str) -> None:
    _, problems = read_document(text.encode(), "f.yaml")
    assert any(problem.severity == "error" for problem in problems)
    assert len(problems) <= 400
    assert len(render(problems, "f.yaml", text)) < 50_000
    assert times_as_costly(lambda: read_document(text.encode(), "f.yaml"), read_large, rounds=1) < 40


def test_memory_stays_near_the_size_of_a_broken_file() -> None:
    data = b"k: {::/0: b, c: [d, e}\n" * 40_000
    tracemalloc.start()
    read_document(data, "f.yaml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * len(data)


def test_a_large_file_costs_about_as_much_as_its_parse() -> None:
    assert times_as_costly(read_large, lambda: yaml.compose(LARGE, nodes.LOADER)) < 3


def test_without_the_c_parser_the_nodes_are_the_same(monkeypatch: pytest.MonkeyPatch, shared: Path) -> None:
    data = (shared / "curriculum" / "scenarios" / "appliance.yaml").read_bytes()
    with_c, _ = read_document(data, "f.yaml")
    monkeypatch.setattr(nodes, "LOADER", yaml.SafeLoader)
    assert read_document(data, "f.yaml") == (with_c, [])


def test_every_scenario_of_the_curriculum_reads_without_a_word(shared: Path) -> None:
    files = sorted((shared / "curriculum" / "scenarios").glob("*.yaml"))
    assert files
    for path in files:
        root, problems = read_document(path.read_bytes(), path.name)
        assert (path.name, root is not None, problems) == (path.name, True, [])


def check(data: bytes) -> None:
    """The promise for any bytes: a mapping, or an error with a place; and everything can be shown."""
    root, problems = read_document(data, "f.yaml")
    errors = [problem for problem in problems if problem.severity == "error"]
    assert root is not None or errors
    assert all(problem.mark.line >= 1 and problem.mark.column >= 1 and problem.mark.length >= 0 and problem.message for problem in problems)
    lines = nodes.lines_of(source_text(data))
    assert all(problem.mark.line <= len(lines) for problem in problems)
    shown = render(problems, "f.yaml", source_text(data))
    assert all(char.isprintable() or char in "\n　" for char in shown)
    if root is not None:
        size(root)


SIGNS = st.sampled_from(
    [
        *"{}[],:\"'#&*!|>%@`-?\t\n 　：，aé０",
        "::/0",
        ": ",
        "- ",
        "{{ x }}",
        "---\n",
        "\x00",
        "\x1b",
        "<<: *a",
        "&a ",
        "*a",
        "!t ",
        "\\u",
        "\r\n",
        "\u2028",
        "  ",
    ]
)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@quick
@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"a: \xed\xa0\x80")
@example(b"0#")
def test_any_bytes_are_answered(data: bytes) -> None:
    check(data)


@quick
@given(st.lists(SIGNS | st.text(max_size=5), max_size=40).map("".join))
@example("a: {　: [")
@example("a: [b,\n  c] d\n")
@example('a: {"b\n')
@example("- - a\n -b: c\n")
def test_any_text_is_answered(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@pytest.fixture(scope="session")
def curriculum(shared: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((shared / "curriculum" / "scenarios").glob("*.yaml"))]


@quick
@given(data=st.data())
def test_a_scenario_with_random_edits_is_answered(data: st.DataObject, curriculum: list[str]) -> None:
    text = data.draw(st.sampled_from(curriculum))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        added, removed = data.draw(st.tuples(SIGNS, st.just(0)) | st.tuples(st.just(""), st.integers(1, 30)))
        text = text[:at] + added + text[at + removed :]
    check(text.encode())


@quick
@given(data=st.data())
def test_a_mistake_is_reported_near_the_place_where_it_was_made(data: st.DataObject, curriculum: list[str]) -> None:
    text = data.draw(st.sampled_from(curriculum))
    at = data.draw(st.integers(0, len(text)))
    line = text.count("\n", 0, at) + 1
    edited = text[:at] + data.draw(st.sampled_from("{}[]\"'")) + text[at:]
    _, problems = read_document(edited.encode(), "f.yaml")
    errors = [problem.mark.line for problem in problems if problem.severity == "error"]
    assert not errors or min(abs(found - line) for found in errors) <= 3


def test_a_quote_that_ends_far_below_is_reported_where_it_opens() -> None:
    """Its end is the apostrophe of an innocent text."""
    lines = ["a:", "  'en: x", *(f"  k{number}: v" for number in range(9)), "  z: it's here"]
    _, problems = read_document("\n".join(lines).encode(), "f.yaml")
    assert [(problem.code, problem.mark.line, problem.mark.column) for problem in problems][:1] == [("E115", 2, 3)]
