"""Rules of security groups, network ACLs and appliances: their grammar, and what people write instead."""

import pytest

from vpctui.address import parse_prefix
from vpctui.document import Entry, Mapping, Mark, Problem, Scalar, Sequence
from vpctui.filter_rules import AclEntries, AclEntry, Match, RuleText, SecurityGroupRule
from vpctui.schema import Reader, attempt

COLUMN = 5


def written(text: str) -> Scalar:
    """The text in quotes at line 1, column 5."""
    return Scalar(text, Mark(1, COLUMN, len(text) + 2), quoted=True)


def refused(kind: SecurityGroupRule | AclEntry, text: str) -> Problem:
    reader = Reader()
    assert attempt(kind, written(text), reader, "sg") is None
    (problem,) = reader.problems
    return problem


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("tcp 80 0.0.0.0/0", RuleText(Match("tcp", 80, 80), parse_prefix("0.0.0.0/0"))),
        ("udp 1024-65535 10.0.0.0/8", RuleText(Match("udp", 1024, 65535), parse_prefix("10.0.0.0/8"))),
        ("tcp 10.0.0.0/8", RuleText(Match("tcp"), parse_prefix("10.0.0.0/8"))),
        ("all sg-app", RuleText(Match("all"), "sg-app")),
        ("icmp 3/4 ::/0", RuleText(Match("icmp", icmp_type=3, icmp_code=4), parse_prefix("::/0"))),
        ("icmp 8 pl-office", RuleText(Match("icmp", icmp_type=8), "pl-office")),
        ("esp 192.0.2.0/24", RuleText(Match("esp"), parse_prefix("192.0.2.0/24"))),
    ],
)
def test_a_rule_reads_and_is_written_as_it_stands(text: str, rule: RuleText) -> None:
    reader = Reader()
    read = attempt(SecurityGroupRule(), written(text), reader, "sg")
    assert (read, read.text, reader.problems) == (rule, text, [])


def test_a_group_as_source_is_a_reference_at_its_own_place() -> None:
    reader = Reader()
    attempt(SecurityGroupRule(), written("tcp 80 sg-app"), reader, "sg-web")
    assert reader.references == [("sg-app", ("security_groups", "prefix_lists"), Scalar("sg-app", Mark(1, COLUMN + 8, 6), True), "sg-web")]


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("0.0.0.0/0 tcp 80", "tcp 80 0.0.0.0/0"),
        ("TCP 80 0.0.0.0/0", "tcp 80 0.0.0.0/0"),
        ("http 0.0.0.0/0", "tcp 80 0.0.0.0/0"),
        ("ssh 10.0.0.0/8", "tcp 22 10.0.0.0/8"),
        ("80/tcp 0.0.0.0/0", "tcp 80 0.0.0.0/0"),
        ("tcp:80:0.0.0.0/0", "tcp 80 0.0.0.0/0"),
        ("tcp 80", "tcp 80 0.0.0.0/0"),
        ("6 80 0.0.0.0/0", "tcp 80 0.0.0.0/0"),
        ("-1 0.0.0.0/0", "all 0.0.0.0/0"),
        ("all 80 0.0.0.0/0", "all 0.0.0.0/0"),
        ("allow tcp 80 sg-app", "tcp 80 sg-app"),
        ("tcp 80-70 0.0.0.0/0", "tcp 70-80 0.0.0.0/0"),
        ("tcp 080 0.0.0.0/0", "tcp 80 0.0.0.0/0"),
        ("tcp 80,443 0.0.0.0/0", '"tcp 80 0.0.0.0/0" and "tcp 443 0.0.0.0/0"'),
        ("udp 2001:db8::/32 53", "udp 53 2001:db8::/32"),
        ("icmp 300/4 0.0.0.0/0", "icmp 3/4 0.0.0.0/0"),
    ],
)
def test_a_rule_in_other_words_is_refused_with_the_rule_that_was_meant(text: str, mend: str) -> None:
    problem = refused(SecurityGroupRule(), text)
    assert (problem.code, problem.mend, problem.mark) == ("E220", mend, Mark(1, COLUMN, len(text) + 2))


@pytest.mark.parametrize("word", ["any", "all", "Anywhere"])
def test_everywhere_is_written_as_a_cidr(word: str) -> None:
    problem = refused(SecurityGroupRule(), f"tcp 80 {word}")
    assert (problem.code, problem.mark, problem.mend[:9]) == ("E220", Mark(1, COLUMN + 8, len(word)), "0.0.0.0/0")


@pytest.mark.parametrize(
    ("source", "code", "mend"),
    [("10.0.0.1/24", "E210", "10.0.0.0/24"), ("10.0.0.1", "E218", "10.0.0.1/32, or the whole block 10.0.0.0/24"), ("10.0.0.0/33", "E209", "")],
)
def test_a_bad_cidr_is_shown_at_its_own_place(source: str, code: str, mend: str) -> None:
    problem = refused(SecurityGroupRule(), f"tcp 80 {source}")
    assert (problem.code, problem.mark, problem.mend) == (code, Mark(1, COLUMN + 8, len(source)), mend)


def test_an_appliance_knows_addresses_only() -> None:
    problem = refused(SecurityGroupRule(addresses_only=True), "tcp 25 sg-app")
    assert (problem.code, problem.mark) == ("E222", Mark(1, COLUMN + 8, 6))


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("tcp 80 0.0.0.0/0", "allow tcp 80 0.0.0.0/0"),
        ("ALLOW tcp 80 0.0.0.0/0", "allow tcp 80 0.0.0.0/0"),
        ("reject tcp 80 0.0.0.0/0", "deny tcp 80 0.0.0.0/0"),
        ("tcp 80 0.0.0.0/0 deny", "deny tcp 80 0.0.0.0/0"),
        ("deny all", "deny all 0.0.0.0/0"),
        ("allow 80/tcp 0.0.0.0/0", "allow tcp 80 0.0.0.0/0"),
        ("allow tcp 80-9 10.0.0.0/8", "allow tcp 9-80 10.0.0.0/8"),
        ("100 permit tcp 80 0.0.0.0/0", '100: "allow tcp 80 0.0.0.0/0"'),
    ],
)
def test_an_entry_in_other_words_is_refused_with_the_entry_that_was_meant(text: str, mend: str) -> None:
    problem = refused(AclEntry(), text)
    assert (problem.code, problem.mend, problem.mark) == ("E221", mend, Mark(1, COLUMN, len(text) + 2))


def test_an_entry_knows_addresses_only() -> None:
    problem = refused(AclEntry(), "allow tcp 80 sg-app")
    assert (problem.code, problem.mark) == ("E222", Mark(1, COLUMN + 14, 6))


def entries(*pairs: tuple[str, str]) -> tuple[object, list[Problem]]:
    node = Mapping(tuple(Entry(Scalar(number, Mark(line, 1, len(number))), written(text)) for line, (number, text) in enumerate(pairs, 1)))
    reader = Reader()
    return attempt(AclEntries(), node, reader, "acl"), reader.problems


def test_entries_keep_their_numbers_and_places() -> None:
    read, problems = entries(("100", "allow all 0.0.0.0/0"), ("32766", "deny all ::/0"))
    assert [(number, rule.text) for number, rule in read] == [(100, "allow all 0.0.0.0/0"), (32766, "deny all ::/0")]  # type: ignore[attr-defined]
    assert problems == []


@pytest.mark.parametrize("number", ["0", "32767", "first", "0100", "-1", "*"])
def test_a_number_is_between_1_and_32766(number: str) -> None:
    read, (problem,) = entries((number, "allow all 0.0.0.0/0"))
    assert (read, problem.code, problem.mark, problem.mend) == ((), "E221", Mark(1, 1, len(number)), "1 to 32766")


def test_a_number_stands_once() -> None:
    read, (problem,) = entries(("100", "allow all 0.0.0.0/0"), ("100", "deny all 0.0.0.0/0"))
    assert (len(read), problem.code, problem.message) == (1, "E103", "100 twice, first at line 1")  # type: ignore[arg-type]


def test_a_list_of_entries_is_refused_with_the_mapping_that_was_meant() -> None:
    reader = Reader()
    attempt(AclEntries(), Sequence((written("100 allow tcp 80 0.0.0.0/0"),)), reader, "acl")
    assert [(problem.code, problem.mend) for problem in reader.problems] == [("E221", '{100: "allow tcp 80 0.0.0.0/0"}')]


def test_a_match_covers_its_packets() -> None:
    assert Match("all").covers("esp", 0)
    assert Match("tcp", 80, 90).covers("tcp", 85)
    assert not Match("tcp", 80, 90).covers("tcp", 91)
    assert not Match("tcp").covers("udp", 80)
    assert Match("icmp", icmp_type=3, icmp_code=4).covers("icmp", 0, 3, 4)
    assert not Match("icmp", icmp_type=3, icmp_code=4).covers("icmp", 0, 3, 1)
    assert Match("icmp", icmp_type=3).covers("icmp", 0, 3, 1)
