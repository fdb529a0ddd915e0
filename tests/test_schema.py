"""Reading resources by their table of fields: every kind of value, what each refuses, and what it says to write instead."""

from typing import Any

import pytest

from vpctui.address import parse_address, parse_prefix
from vpctui.document import Entry, Mapping, Mark, Node, Problem, Scalar, Sequence
from vpctui.schema import (
    Choice,
    Cidr,
    Field,
    Integer,
    IpAddress,
    Kind,
    ListOf,
    MapOf,
    Mistake,
    OnOff,
    Port,
    Reader,
    Reference,
    Section,
    Text,
    attempt,
    format_reference,
    json_schema,
    parse_value,
    part,
    quoted,
    read_fields,
    read_version,
    suggestion,
    value_text,
)

AT = Mark(3, 7, 4)


def plain(text: str, mark: Mark | None = None) -> Scalar:
    return Scalar(text, mark or Mark(3, 7, len(text)))


def mapping(**values: Node | str) -> Mapping:
    """Keys at line 1 and up, one line each."""
    entries = []
    for line, (key, value) in enumerate(values.items(), 1):
        node = plain(value, Mark(line, len(key) + 3, len(value))) if isinstance(value, str) else value
        entries.append(Entry(Scalar(key, Mark(line, 1, len(key))), node))
    return Mapping(tuple(entries), Mark(1, 1))


def read(kind: Kind, node: Node | str) -> tuple[Any, list[Problem]]:
    reader = Reader()
    return attempt(kind, plain(node) if isinstance(node, str) else node, reader, "i-fw"), reader.problems


def refusal(kind: Kind, node: Node | str) -> tuple[str, str, str]:
    value, (problem,) = read(kind, node)
    assert not value
    assert problem.mark.line == 3
    return problem.code, problem.message, problem.mend


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Text(), "no", "no"),
        (Text(), "22:22", "22:22"),
        (OnOff(), "on", True),
        (OnOff(), "True", True),
        (OnOff(), "no", False),
        (Integer(0, 255), "64", 64),
        (Integer(0, 255), "0", 0),
        (Integer(-5, 5), "-5", -5),
        (Port(), "65535", 65535),
        (Choice(("running", "stopped")), "stopped", "stopped"),
        (IpAddress(), "10.0.0.1", parse_address("10.0.0.1")),
        (IpAddress(0), "2001:db8::1", parse_address("2001:db8::1")),
        (Cidr(), "10.0.0.0/8", parse_prefix("10.0.0.0/8")),
        (Cidr(6), "2001:DB8::/32", parse_prefix("2001:db8::/32")),
        (Reference(("subnets",)), "sn-a", "sn-a"),
        (ListOf(Port()), "22", (22,)),
    ],
)
def test_a_kind_reads_the_text_that_was_written(kind: Kind, text: str, value: object) -> None:
    assert read(kind, text) == (value, [])


@pytest.mark.parametrize(
    ("kind", "text", "code", "message", "mend"),
    [
        (OnOff(), "enable", "E125", 'expected on or off, found "enable"', "on"),
        (OnOff(), "disabled", "E125", 'expected on or off, found "disabled"', "off"),
        (OnOff(), "0", "E125", 'expected on or off, found "0"', "off"),
        (OnOff(), "maybe", "E125", 'expected on or off, found "maybe"', "on or off"),
        (OnOff(), "flase", "E125", 'expected on or off, found "flase"', "false"),
        (Integer(), "010", "E106", 'expected an integer, found "010"', "10, without the leading zero"),
        (Integer(), "1.0", "E106", 'expected an integer, found "1.0"', "1"),
        (Integer(), "+5", "E106", 'expected an integer, found "+5"', "5"),
        (Integer(0, 255), "many", "E106", 'expected an integer, found "many"', "a number from 0 to 255"),
        (Integer(), "2026-01-01", "E106", 'expected an integer, found "2026-01-01"', "a whole number"),
        (Integer(0, 255), "256", "E106", "256 is not between 0 and 255", "255"),
        (Integer(), "9" * 40, "E106", f'expected an integer, found "{"9" * 40}"', "a whole number"),
        (Port(), "22:22", "E106", '"22:22" is not a port', "one number from 1 to 65535"),
        (Port(), "0", "E106", '"0" is not a port', "one number from 1 to 65535"),
        (Port(), "65536", "E106", '"65536" is not a port', "one number from 1 to 65535"),
        (Port(), "080", "E106", '"080" is not a port', "80"),
        (
            Choice(("network", "application", "classic"), {"alb": "application"}),
            "alb",
            "E125",
            'expected one of network, application, classic, found "alb"',
            "application",
        ),
        (Choice(("running", "stopped")), "runing", "E125", 'expected running or stopped, found "runing"', "running"),
        (Choice(("running", "stopped")), "x", "E125", 'expected running or stopped, found "x"', "one of running, stopped"),
        (IpAddress(), "10.0.0", "E209", '"10.0.0" is not an IP address', ""),
        (IpAddress(), "10.0.0.010", "E209", '"10.0.0.010" is not an IP address', "10.0.0.10"),
        (IpAddress(), "10.0.0.1:80", "E209", '"10.0.0.1:80" is not an IP address', "10.0.0.1"),
        (IpAddress(), "2001:db8::1", "E209", "2001:db8::1 is an IPv6 address; IPv4 is needed here", ""),
        (Cidr(), "10.0.2.1/24", "E210", "10.0.2.1/24 has host bits set", "10.0.2.0/24"),
        (Cidr(), "10.0.2.10", "E218", "10.0.2.10 has no prefix length", "10.0.2.10/32, or the whole block 10.0.2.0/24"),
        (Cidr(6), "2001:db8::1", "E218", "2001:db8::1 has no prefix length", "2001:db8::1/128"),
        (Cidr(), "10.0.0.0/33", "E209", '"10.0.0.0/33" is not a CIDR block: the length is a number from 0 to 32', ""),
        (Cidr(), "10.0.0.0/255.255.0.0", "E209", '"10.0.0.0/255.255.0.0" is not a CIDR block: the length is a number from 0 to 32', "10.0.0.0/16"),
        (Cidr(), "2001:db8::/32", "E209", "2001:db8::/32 is an IPv6 block; IPv4 is needed here", ""),
        (Cidr(), "10.0.0/8", "E209", '"10.0.0/8" is not a CIDR block', ""),
        (ListOf(Port()), "22, 80", "E123", "a list is written in brackets", "[22, 80]"),
        (MapOf(Text(), Text()), "x", "E123", 'expected a mapping of text to text, found "x"', ""),
    ],
)
def test_a_kind_refuses_what_it_is_not_and_says_what_to_write(kind: Kind, text: str, code: str, message: str, mend: str) -> None:
    assert refusal(kind, text) == (code, message, mend)


@pytest.mark.parametrize("kind", [Text(), OnOff(), Integer(), Port(), Choice(("a", "b")), IpAddress(), Cidr(), Reference(("subnets",))])
@pytest.mark.parametrize(("node", "found"), [(plain("", AT), "nothing"), (Mapping((), AT), "a mapping"), (Sequence((), AT), "a list")])
def test_a_single_value_is_expected(kind: Kind, node: Node, found: str) -> None:
    code, message, _ = refusal(kind, node)
    assert (code, message.endswith(f"found {found}")) == ("E123", True)


def test_an_empty_text_in_quotes_is_a_text() -> None:
    assert read(Text(), Scalar("", AT, quoted=True)) == ("", [])


def test_an_empty_list_or_mapping_may_be_left_out() -> None:
    assert read(ListOf(Port()), "") == ((), [])
    assert read(MapOf(Text(), Text()), "") == ((), [])


def test_a_list_gives_every_mistake_in_it_and_keeps_the_rest() -> None:
    node = Sequence((plain("22"), plain("x", Mark(4, 2, 1)), plain("80"), plain("y", Mark(5, 2, 1))))
    value, problems = read(ListOf(Port()), node)
    assert value == (22, 80)
    assert [(problem.code, problem.mark) for problem in problems] == [("E106", Mark(4, 2, 1)), ("E106", Mark(5, 2, 1))]


def test_a_set_in_braces_was_meant_as_a_list() -> None:
    node = Mapping((Entry(plain("22"), plain("")), Entry(plain("80"), plain(""))), AT)
    assert refusal(ListOf(Port()), node) == ("E123", "expected a list of a port, found a mapping", "[22, 80]")


def test_a_mapping_reads_to_pairs_and_gives_every_mistake_in_it() -> None:
    kind = MapOf(Port(), IpAddress())
    value, problems = read(kind, Mapping((Entry(plain("80"), plain("10.0.0.1")), Entry(plain("x"), plain("y")), Entry(plain("80"), plain("10.0.0.2")))))
    assert value == ((80, parse_address("10.0.0.1")),)
    assert [problem.code for problem in problems] == ["E106", "E209", "E103"]


def test_a_reference_is_noted_with_its_place_and_owner() -> None:
    reader = Reader()
    Reference(("subnets", "vpcs")).read(plain("sn-a", AT), reader, "i-fw")
    assert reader.references == [("sn-a", ("subnets", "vpcs"), plain("sn-a", AT), "i-fw")]


@pytest.mark.parametrize(
    ("kind", "text", "column", "message", "mend"),
    [
        (IpAddress(), "１０．０．２．１０", 7, 'full-width character "１" at column 7', "10.0.2.10"),
        (Port(), "8０", 8, 'full-width character "０" at column 8', "80"),
        (OnOff(), "ｏｎ", 7, 'full-width character "ｏ" at column 7', "on"),
        (MapOf(Text(), Text()), "0.0.0.0/0：igw", 16, "full-width `：` where a key needs `:`", "0.0.0.0/0: igw"),
    ],
)
def test_full_width_characters_are_the_cause(kind: Kind, text: str, column: int, message: str, mend: str) -> None:
    _, (problem,) = read(kind, text)
    assert (problem.code, problem.mark, problem.message, problem.mend) == ("E111", Mark(3, column, 1), message, mend)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("az:a", "az: a"),
        ("0.0.0.0/0:igw", "0.0.0.0/0: igw"),
        ("::/0:eigw", "::/0: eigw"),
        ("to:192.0.2.1:80", "to: 192.0.2.1:80"),
        ("2001:db8::/32:igw", "2001:db8::/32: igw"),
    ],
)
def test_a_text_where_a_mapping_belongs_may_lack_a_space(text: str, mend: str) -> None:
    _, (problem,) = read(MapOf(Text(), Text()), text)
    assert (problem.code, problem.mark, problem.mend) == ("E102", Mark(3, 7, len(text)), mend)


@pytest.mark.parametrize("text", ["http://x", "2001:db8::1", "fe80:1::2/64", "a: b", "plain"])
def test_other_texts_lack_no_space(text: str) -> None:
    _, (problem,) = read(MapOf(Text(), Text()), text)
    assert problem.code == "E123"


FIELDS = (
    Field("cidr", Cidr(), "its block", required=True),
    Field("source_dest_check", OnOff(), "whether traffic of others is dropped", True),
    Field("listens", ListOf(Port()), "open ports | none", ()),
    Field("az", Text(), "zone", "a"),
)


def resource(node: Node) -> tuple[dict[str, Any], list[Problem], Reader]:
    reader = Reader()
    reader.places[("sn-a", "")] = Mark(9, 9, 4)
    return read_fields(FIELDS, node, reader, "sn-a", "subnet"), reader.problems, reader


def test_fields_are_read_with_their_places_and_defaults() -> None:
    values, problems, reader = resource(mapping(cidr="10.0.0.0/24", source_dest_check="off"))
    assert values == {"cidr": parse_prefix("10.0.0.0/24"), "source_dest_check": False, "listens": (), "az": "a"}
    assert problems == []
    assert reader.places[("sn-a", "source_dest_check")] == Mark(2, 20, 3)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("src_dst_check", "source_dest_check"),
        ("source_destination_check", "source_dest_check"),
        ("sourceDestCheck", "source_dest_check"),
        ("cidr_block", "cidr"),
        ("availability_zone", "az"),
        ("listen", "listens"),
        ("xyzzy", "one of cidr, source_dest_check, listens, az"),
    ],
)
def test_an_unknown_field_is_refused_with_the_one_that_was_meant(name: str, meant: str) -> None:
    _, problems, _ = resource(mapping(cidr="10.0.0.0/24", **{name: "off"}))
    assert [(problem.code, problem.mark, problem.mend) for problem in problems] == [("E122", Mark(2, 1, len(name)), meant)]
    assert problems[0].message == f'unknown field "{name}" of subnet sn-a'


def test_all_mistakes_of_a_resource_are_found_at_once() -> None:
    values, problems, _ = resource(mapping(source_dest_check="disabled", listens="x", bogus="1"))
    assert [problem.code for problem in problems] == ["E125", "E106", "E122", "E124"]
    assert values["source_dest_check"] is True
    assert (problems[-1].mark, problems[-1].mend) == (Mark(9, 9, 4), "cidr: an IPv4 CIDR")


def test_a_field_that_stands_twice_is_shown_with_the_first() -> None:
    node = Mapping((*mapping(cidr="10.0.0.0/24").entries, Entry(Scalar("cidr", Mark(5, 1, 4)), plain("10.1.0.0/24"))))
    values, problems, _ = resource(node)
    assert [(problem.code, problem.mark, problem.message) for problem in problems] == [("E103", Mark(5, 1, 4), "cidr twice, first at line 1")]
    assert values["cidr"] == parse_prefix("10.0.0.0/24")


@pytest.mark.parametrize(("node", "found"), [(Sequence((), AT), "a list"), (Scalar("x", AT), '"x"')])
def test_a_resource_is_a_mapping(node: Node, found: str) -> None:
    _, problems, _ = resource(node)
    assert [(problem.code, problem.message, problem.mend) for problem in problems] == [
        ("E123", f"subnet sn-a must be a mapping of settings, found {found}", "sn-a: {cidr: …}")
    ]


def test_a_resource_with_nothing_lacks_what_is_required() -> None:
    _, problems, _ = resource(Scalar("", AT))
    assert [problem.code for problem in problems] == ["E124"]


@pytest.mark.parametrize(
    ("node", "code", "mend"),
    [
        (mapping(title="x"), "E121", "vpctui: 1"),
        (mapping(vpctui="2"), "E121", "vpctui: 1"),
        (mapping(vpctui="1.0"), "E106", "1"),
        (mapping(vpctui="01"), "E106", "1"),
        (mapping(vpctui=Sequence((), Mark(1, 9))), "E106", "1"),
    ],
)
def test_the_format_version_is_checked(node: Mapping, code: str, mend: str) -> None:
    reader = Reader()
    read_version(node, reader)
    (problem,) = reader.problems
    assert (problem.code, problem.mend.endswith(mend)) == (code, True)


def test_the_current_format_version_is_read() -> None:
    reader = Reader()
    read_version(mapping(vpctui="1"), reader)
    assert reader.problems == []


SECTIONS = ("route_tables", "network_acls", "internet_gateways", "nat_gateways", "security_groups", "instances")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("route_table", "route_tables"),
        ("nacls", "network_acls"),
        ("gateways", "internet_gateways, nat_gateways"),
        ("secrity_groups", "security_groups"),
        ("securityGroups", "security_groups"),
        ("Instances", "instances"),
        ("ec2", "instances"),
    ],
)
def test_an_unknown_section_suggests_the_known_ones(word: str, meant: str) -> None:
    assert suggestion(word, SECTIONS) == meant


def test_nothing_is_suggested_where_nothing_is_near_and_too_much_is_known() -> None:
    assert suggestion("xyzzy", ("a", "b")) == "one of a, b"
    assert suggestion("xyzzy", [f"name{number}" for number in range(13)]) == ""
    assert suggestion("xyzzy", ()) == ""


def test_a_piece_of_a_text_has_its_own_place() -> None:
    assert part(Scalar("tcp 80", Mark(2, 5, 6)), 4, 2) == Scalar("80", Mark(2, 9, 2))
    assert part(Scalar("tcp 80", Mark(2, 5, 8), True), 4, 2) == Scalar("80", Mark(2, 10, 2), True)
    escaped = Scalar("tcp 80", Mark(2, 5, 12), True)
    assert part(escaped, 4, 2) == Scalar("80", Mark(2, 5, 12), True)


def test_text_in_a_message_is_short_and_harmless() -> None:
    assert quoted("a\x1b[31m\u202e") == '"a\\x1b[31m\\x202e"'
    assert quoted("x" * 1000) == '"' + "x" * 57 + '…"'


VALUES = [
    (OnOff(), "on", True),
    (OnOff(), "off", False),
    (Integer(), "1500", 1500),
    (Text(), "a", "a"),
    (IpAddress(), "10.0.0.1", parse_address("10.0.0.1")),
    (Cidr(0), "2001:db8::/32", parse_prefix("2001:db8::/32")),
    (ListOf(Text()), "sg-a,sg-b", ("sg-a", "sg-b")),
    (ListOf(Cidr()), "10.0.0.0/8", (parse_prefix("10.0.0.0/8"),)),
]


@pytest.mark.parametrize(("kind", "text", "value"), VALUES)
def test_a_value_of_a_change_reads_and_is_written_alike(kind: Kind, text: str, value: object) -> None:
    assert parse_value(kind, text) == value
    assert value_text(value) == text


def test_lists_in_a_change_may_have_brackets_and_spaces() -> None:
    assert parse_value(ListOf(Text()), "[sg-a, sg-b]") == ("sg-a", "sg-b")
    assert parse_value(ListOf(Text()), "sg-a , sg-b") == ("sg-a", "sg-b")


def test_nothing_is_none() -> None:
    assert (value_text(None), value_text(())) == ("none", "none")


@pytest.mark.parametrize(
    ("kind", "text", "code", "mark", "mend"),
    [
        (OnOff(), "enable", "E125", Mark(1, 1, 6), "on"),
        (ListOf(Port()), "22, x", "E106", Mark(1, 5, 1), "one number from 1 to 65535"),
        (ListOf(Port()), "[22,x]", "E106", Mark(1, 5, 1), "one number from 1 to 65535"),
        (ListOf(Port()), "22,", "E123", Mark(1, 4, 0), ""),
        (MapOf(Port(), Text()), "80", "E123", Mark(), "PLACE[KEY]=VALUE"),
        (Cidr(), "10.0.0.1/8", "E210", Mark(1, 1, 10), "10.0.0.0/8"),
    ],
)
def test_a_bad_value_of_a_change_is_a_mistake_with_its_place_in_the_text(kind: Kind, text: str, code: str, mark: Mark, mend: str) -> None:
    with pytest.raises(Mistake) as refused:
        parse_value(kind, text)
    mistake = refused.value
    assert mistake.node is None or (mistake.node.mark, mistake.code, mistake.mend) == (mark, code, mend)
    assert (mistake.code, mistake.mend) == (code, mend)


def test_ids_in_a_change_are_noted() -> None:
    reader = Reader()
    parse_value(ListOf(Reference(("security_groups",))), "sg-a,sg-b", reader)
    assert [(name, node.mark) for name, _, node, _ in reader.references] == [("sg-a", Mark(1, 1, 4)), ("sg-b", Mark(1, 6, 4))]


SUBNETS = Section("subnets", "subnet", FIELDS, "Subnets.")
TABLES = Section(
    "route_tables",
    "route table",
    (Field("vpc", Text(), "the VPC", shown_default="the only one"), Field("routes", MapOf(Text(), Text()), "the routes")),
    short="routes",
)


def test_the_json_schema_is_made_of_the_same_tables() -> None:
    schema = json_schema((SUBNETS, TABLES), {"title": {"type": "string"}})
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["required"], schema["additionalProperties"], list(schema["properties"])) == (
        ["vpctui"],
        False,
        ["vpctui", "title", "subnets", "route_tables"],
    )
    subnet = schema["properties"]["subnets"]["additionalProperties"]
    assert (subnet["required"], subnet["additionalProperties"], list(subnet["properties"])) == (["cidr"], False, [field.name for field in FIELDS])
    assert subnet["properties"]["source_dest_check"]["description"] == "Whether traffic of others is dropped."
    assert subnet["properties"]["source_dest_check"]["default"] == "on"
    assert "default" not in subnet["properties"]["listens"]


def test_the_short_form_of_a_section_stands_beside_the_long_one() -> None:
    table = json_schema((TABLES,), {})["properties"]["route_tables"]["additionalProperties"]
    long, short = table["anyOf"]
    assert list(long["properties"]) == ["vpc", "routes"]
    assert short["propertyNames"] == {"not": {"enum": ["vpc", "routes"]}}


@pytest.mark.parametrize(
    "kind", [Text(), OnOff(), Integer(1, 9), Port(), Choice(("off", "on")), IpAddress(), Cidr(), Reference(("vpcs",)), ListOf(Port()), MapOf(Port(), Text())]
)
def test_every_kind_has_a_json_schema_and_words(kind: Kind) -> None:
    assert kind.json_schema()
    assert kind.names()


def test_the_reference_has_a_row_for_every_field() -> None:
    text = format_reference((SUBNETS, TABLES))
    assert "## `subnets`\n\nSubnets.\n" in text
    assert "| `cidr` | an IPv4 CIDR | required | its block |\n" in text
    assert "| `source_dest_check` | on or off | `on` | whether traffic of others is dropped |\n" in text
    assert "| `listens` | list of a port |  | open ports \\| none |\n" in text
    assert "| `vpc` | text | the only one | the VPC |\n" in text
    assert "the whole entry is its `routes`" in text
