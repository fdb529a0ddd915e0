"""Mistakes in the text of a file, whatever it describes: each with its code, its place, the width of its caret and what to write instead.

`«…»` stands around what the caret must be under.  Every case is read with the C parser and with the one in Python.
"""

import re
from typing import NamedTuple

import pytest
import yaml

from vpctui.document import Mapping, Problem, Scalar, Sequence
from vpctui.scenario import nodes
from vpctui.scenario.problems import arranged, render
from vpctui.scenario.text import read_document

MARKS = re.compile("[«»]")


class Case(NamedTuple):
    code: str
    text: str
    mend: str
    message: str = ""
    value: str | None = None
    """What the marked place reads to once it is mended; None where nobody can guess."""


TABS = [
    Case("E101", "vpcs:\n«\t»vpc-main: {cidr: x}\n", "two spaces", "tab used for indentation", ""),
    Case("E101", "vpcs:\n  vpc-main:\n«\t\t»cidr: x\n", "two spaces", "tab used for indentation", ""),
]
COLONS = [
    Case("E102", "web: {«to:203.0.113.20»}\n", "to: 203.0.113.20", "missing space after `:`", "to"),
    Case("E102", "web: {«to:203.0.113.20:80», from: x}\n", "to: 203.0.113.20:80", "missing space after `:`", "to"),
    Case("E102", "rtb: {«0.0.0.0/0:igw», 10.0.0.0/8: tgw}\n", "0.0.0.0/0: igw", "missing space after `:`", "0.0.0.0/0"),
    Case("E102", "rtb: {«2001:db8::/32:eni-a», 10.0.0.0/8: tgw}\n", "2001:db8::/32: eni-a", "missing space after `:`", "2001:db8::/32"),
    Case("E102", "sn:\n  cidr: 10.0.0.0/24\n  «az:a»\n  vpc: x\n", "az: a", "missing space after `:`", "az"),
    Case("E102", "- en: a\n«-en»: b\n", "- en: b", "missing space after `-`"),
    Case("E100", "sn:\n  cidr: 10.0.0.0/24\n  «az» a\n  vpc: x\n", "az: a", "neither `key: value` nor a list item"),
    Case("E100", "sn:\n  «az a»\n  vpc: x\n", "az: a", "neither `key: value` nor a list item"),
    Case("E100", "sns:\n  «sn-app»\n  sn-db: {az: a}\n", "sn-app:", "neither `key: value` nor a list item"),
]
IPV6 = [
    Case("E104", "rtb: {«::/0»: eigw}\n", '"::/0"', "`::/0` must be quoted inside `{ }` or `[ ]`", "::/0"),
    Case("E104", "rtb: [«::/0»]\n", '"::/0"', "must be quoted", "::/0"),
    Case("E104", "rtb: {dst: «::1»}\n", '"::1"', "must be quoted", "::1"),
    Case("E104", "web: {ipv6: «2001:db8::»}\n", '"2001:db8::"', "must be quoted", "2001:db8::"),
    Case("E104", "web: {ipv6: «2001:db8::», ip: 192.0.2.1}\n", '"2001:db8::"', "must be quoted", "2001:db8::"),
]
TEXTS = [
    Case("E105", "web:\n  to: «[2001:db8::1]:80»\n", '"[2001:db8::1]:80"', "IPv6 host with port is not quoted", "[2001:db8::1]:80"),
    Case("E105", "web: {to: «[2001:db8::1]:80», from: x}\n", '"[2001:db8::1]:80"', "IPv6 host with port", "[2001:db8::1]:80"),
    Case(
        "E105",
        "title:\n  en: «Note: check the return»\n  ja: x\n",
        '"Note: check the return"',
        "text contains `: ` and is not quoted",
        "Note: check the return",
    ),
    Case("E105", "title:\n  en: x\n  ja: «戻り: 確認»\n", '"戻り: 確認"', "text contains `: `", "戻り: 確認"),
    Case("E105", "title:\n  en: «Note:»  # why\n", '"Note:"', "text contains `: `", "Note:"),
    Case("E105", "title: {en: «Note: check», ja: x}\n", '"Note: check"', "text contains `: `", "Note: check"),
    Case("E105", "title:\n  en:\n    One text that\n    «goes on: here»\n", "quote the whole text", "text contains `: `"),
    Case("E105", 'title:\n  en: «It says "x: y"»\n', """'It says "x: y"'""", "text contains `: `", 'It says "x: y"'),
    Case("E105", 'title: «"He said "go" twice"»\n', """'He said "go" twice'""", "goes on behind its closing quote", 'He said "go" twice'),
    Case("E105", "title: «'it's'»\n", '"it\'s"', "goes on behind its closing quote", "it's"),
    Case("E105", 'title: "C:«\\d»ir"\n', "\\\\d", "means nothing inside double quotes", None),
    Case("E105", 'title: «"\\ud800"»\n', "", "character", None),
]
DOCUMENTS = [
    Case("E107", "title: x\n«---»\ntitle: y\n", "split the file", "one scenario per file"),
    Case("E107", "title: x\n...\n«garbage»\n", "", "nothing can follow"),
    Case("E108", "title: «!include» base.yaml\n", "write the value", "tags and templates are not supported, found !include"),
    Case("E108", "title: [«!!str» 5]\n", "write the value", "found !!str"),
    Case("E108", "vpcs: «!map»\n  a: b\n", "write the value", "found !map"),
    Case("E108", "title: «{{ var }}»\n", "write the value", "found {{ var }}"),
    Case("E108", "web: {to: «{{ var }}», from: x}\n", "write the value", "found {{ var }}"),
    Case("E108", "«{% if x %}»\ntitle: x\n", "write the value", "found {% if x %}"),
    Case("E108", "a: &a {b: c}\nd:\n  «<<»: *a\n", "write the settings out", "merge keys"),
]
FIRST_CHARACTERS = [
    Case("E109", "acl: {ingress: {«*»: deny all}}\n", "leave it out (the last deny is implicit), or quote it", "`*` starts an alias in YAML", "*"),
    Case("E109", "acl:\n  ingress:\n    «*»: deny all\n", '"*"', "`*` starts an alias in YAML", "*"),
    Case("E109", "az: «*»\n", '"*"', "`*` starts an alias", None),
    Case("E109", "az: «*x»\n", '"*x"', "no `&x` stands before it", "*x"),
    Case("E109", "az: «&»\n", '"&"', "`&` starts an anchor", None),
    Case("E109", "az: «@»x\n", '"@x"', "`@` cannot start a value", None),
    Case("E109", "sn: {az: «%»x}\n", '"%x"', "`%` cannot start a value", None),
    Case("E109", "az: «`»x`\n", '"`x`"', "a backquote cannot start a value", None),
    Case("E109", "az: «,»x\n", "", "`,` cannot start a value", None),
]
FULL_WIDTH = [
    Case("E111", "rtb:\n  10.0.0.0/8: tgw\n  0.0.0.0/0«：»igw\n", "0.0.0.0/0: igw", "full-width `：` where a key needs `:`"),
    Case("E111", "rtb: {0.0.0.0/0«：»igw}\n", "0.0.0.0/0: igw", "full-width `：` where a key needs `:`"),
    Case("E111", "vpcs«：»\n  vpc-main: {cidr: x}\n", "vpcs:", "full-width `：` where a key needs `:`"),
    Case("E111", "vpcs:\n«　　»vpc-main: x\n", "two spaces", "full-width space at column 1"),
    Case("E111", "sn:\n  az:«　»a\n", "an ASCII space", "full-width space at column 6"),
    Case("E111", "sn: {az: a«，» vpc: x}\n", "a", 'full-width character "，" at column 11'),
    Case("E111", "sn: {az: a， «２»: x}\n", "2", "full-width character"),
]
CHANGES = [
    Case("E112", "set: [«rtb-app[0.0.0.0/0]=igw»]\n", '"rtb-app[0.0.0.0/0]=igw"', "quote a change that contains `[` or `,`", "rtb-app[0.0.0.0/0]=igw"),
    Case("E112", "do: [flow web, «set rtb[::/0]=x», next]\n", '"set rtb[::/0]=x"', "quote a change", "set rtb[::/0]=x"),
    Case("E112", "set: [«sg.ingress+=tcp 80, 443 0.0.0.0/0»]\n", '"sg.ingress+=tcp 80, 443 0.0.0.0/0"', "quote a change", "sg.ingress+=tcp 80, 443 0.0.0.0/0"),
    Case(
        "E112",
        "set: [a.b=c, «eni.security_groups=sg-a,sg-b,sg-c», d.e=f]\n",
        '"eni.security_groups=sg-a,sg-b,sg-c"',
        "quote a change",
        "eni.security_groups=sg-a,sg-b,sg-c",
    ),
    Case(
        "E112",
        "do: [«set eni.security_groups=sg-a,sg-b», next]\n",
        '"set eni.security_groups=sg-a,sg-b"',
        "quote a change",
        "set eni.security_groups=sg-a,sg-b",
    ),
    Case("E112", "hop: {rule: «acl-app.ingress[100]»}\n", '"acl-app.ingress[100]"', "quote a text", "acl-app.ingress[100]"),
]
BRACKETS = [
    Case("E115", "a: «{»b: c\nd: {e: f}\n", "{b: c}", "`{` opened at line 1 column 4 is never closed"),
    Case("E115", "a: {b: {c: d}, e: «[»f, g}\nh: i\n", "[f, g]", "`[` opened at line 1 column 19 is never closed"),
    Case("E115", "a: «[»b, c}\nd: e\n", "[b, c]", "is closed by `}`"),
    Case("E115", "a: «[»b, c", "[b, c]", "is never closed"),
    Case("E115", "a: «{»b: c,\n    d: e\nf: g\n", "`}` at the end of line 2", "`{` opened at line 1 column 4 is never closed"),
    Case("E115", "a: «[»i-fw #1]\nb: c\n", "[i-fw]", "its end stands in a comment"),
    Case("E115", "a: {b: c}«}»\nd: e\n", "delete it", "`}` closes nothing"),
    Case("E115", "a: {b: c}«,»\nd: e\n", "delete it", "`,` behind the value"),
    Case("E115", "a: {b: c} «d»\ne: f\n", "quote the whole value", "something follows the closing `}`"),
    Case("E115", 'a: «"»abc\nd: e\n', '"abc"', '`"` opened at line 1 column 4 is never closed'),
    Case("E115", 'a: «"»abc\nd: "e"\n', '"abc"', '`"` opened at line 1 column 4 is never closed'),
    Case("E115", "a: {b: «'»c}\nd: e\n", "'c'", "`'` opened at line 1 column 8 is never closed"),
]
INDENTATION = [
    Case("E116", "a:\n   b: c\n  «d»: e\n", "indent by 0 or 3", "indented by 2, but the lines above by 0 or 3"),
    Case("E116", "a: b\n  «c»: d\n", "indent by 0, or take the value above away", "below a line that already has a value"),
    Case("E116", "a: «- b»\n", "put it on a line of its own", "a list item cannot stand on the line of its key"),
]
CASES = [*TABS, *COLONS, *IPV6, *TEXTS, *DOCUMENTS, *FIRST_CHARACTERS, *FULL_WIDTH, *CHANGES, *BRACKETS, *INDENTATION]


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(yaml, request.param):
        pytest.skip("this PyYAML has no C parser")
    monkeypatch.setattr(nodes, "LOADER", getattr(yaml, request.param))


def marked(text: str) -> tuple[str, int, int, int]:
    """The text without its marks, and line, column and length of what stood between them."""
    start, end = text.index("«"), text.index("»")
    line = text.count("\n", 0, start) + 1
    return MARKS.sub("", text), line, start - (text.rfind("\n", 0, start) + 1) + 1, end - start - 1


def errors(text: str) -> list[Problem]:
    _, problems = read_document(text.encode(), "f.yaml")
    return [problem for problem in arranged(problems) if problem.severity == "error"]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code} {MARKS.sub('', case.text)[:30]!r}" for case in CASES])
def test_a_mistake_has_its_code_place_caret_and_mend(case: Case) -> None:
    text, line, column, length = marked(case.text)
    found = [problem for problem in errors(text) if (problem.mark.line, problem.mark.column) == (line, column)]
    assert [problem.code for problem in found] == [case.code]
    assert (found[0].mark.length, case.mend in found[0].mend, case.message in found[0].message) == (length, True, True), found[0]
    assert bool(case.mend) <= bool(found[0].mend)


@pytest.mark.parametrize("case", [case for case in CASES if "， «" not in case.text], ids=lambda case: case.code)
def test_a_mistake_is_told_once(case: Case) -> None:
    text, *_ = marked(case.text)
    assert [problem.code for problem in errors(text)] == [case.code]


def scalars(node: object) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Sequence):
        return [found for item in node.items for found in scalars(item)]
    assert isinstance(node, Mapping)
    return [found for entry in node for found in (entry.key, *scalars(entry.value))]


@pytest.mark.parametrize("case", [case for case in CASES if case.value], ids=lambda case: case.code)
def test_what_was_meant_is_read_at_its_place_in_the_file(case: Case) -> None:
    text, line, column, _ = marked(case.text)
    root, _ = read_document(text.encode(), "f.yaml")
    assert [found.text for found in scalars(root) if (found.mark.line, found.mark.column) == (line, column)] == [case.value]


def test_places_behind_a_mended_mistake_are_those_of_the_file() -> None:
    root, _ = read_document(b"rtb: {::/0: eigw, 10.0.0.0/8: tgw}\n\tx: y\n", "f.yaml")
    assert root is None  # a tab below a value that is complete: nobody knows where it belongs
    root, _ = read_document(b"rtb: {::/0: eigw, 10.0.0.0/8: tgw}\n", "f.yaml")
    assert [(found.text, found.mark.column, found.mark.length) for found in scalars(root)] == [
        ("rtb", 1, 3),
        ("::/0", 7, 4),
        ("eigw", 13, 4),
        ("10.0.0.0/8", 19, 10),
        ("tgw", 31, 3),
    ]


def test_glued_comments_are_warnings() -> None:
    root, problems = read_document(b"a: eni-fw#1\nb: [x, y#2]\n", "f.yaml")
    assert root is not None
    assert [(found.code, found.severity, found.mark.line, found.mark.column, found.mark.length, found.mend) for found in problems] == [
        ("W112", "warning", 1, 10, 1, '"eni-fw#1"'),
        ("W112", "warning", 2, 9, 1, '"y#2"'),
    ]


def test_a_value_that_a_comment_cuts_short_is_a_warning() -> None:
    root, problems = read_document("a: see #1 for more\nen: rule # 5 is hit\nja: 規則 # 5\n".encode(), "f.yaml")
    assert root is not None
    assert [(found.code, found.mark.line, found.mark.column, found.mark.length, found.mend) for found in problems] == [
        ("W112", 1, 8, 11, '"see #1 for more"'),
        ("W112", 2, 10, 10, '"rule # 5 is hit"'),
        ("W112", 3, 8, 3, '"規則 # 5"'),
    ]


@pytest.mark.parametrize(
    "text", ["a: b  # the edge association\n", "# x\na: b\n", 'a: "b#1"\n', "a: 'x' #y\n", "a: |\n  x #1\n", "a: [b]  #1\n", "a:  #1\n  b: c\n"]
)
def test_a_comment_is_no_mistake(text: str) -> None:
    root, problems = read_document(text.encode(), "f.yaml")
    assert (root is not None, problems) == (True, [])


@pytest.mark.parametrize(
    "text",
    [
        "ja: 戻り：確認。ポート８０。\n",
        'ja: "戻り：確認"\nx: {ja: 戻り：確認, en: x}\n',
        "- en: x\n  ja: IGW：変換\n".join(["w:\n", ""]),
        "ja: |\n  IGW：変換\n  　字下げ\n",
        "a: {to: [x, y], b: 'z: w'}\n",
        "a: http://x/y\nb: 22:22\nc: 2001:db8::1\nd: {2001:db8::1: x}\n",
        "::/0: eigw\n",
        "a: &x {b: c}\nd: *x\n",
        "set: [a.b=c, d.e]\ndo: [flow web, set a.b=c, next]\n",
        "a: [\n  b,\n  c\n]\n",
        'a: "two\n  lines"\nb: two\n  lines\n',
        "---\na: b\n...\n",
        "\ufeffa: b\r\nc: d\r\n",
    ],
)
def test_what_is_right_stays_right(text: str) -> None:
    root, problems = read_document(text.encode(), "f.yaml")
    assert (root is not None, problems) == (True, [])


def test_directives_are_not_supported() -> None:
    if nodes.LOADER is yaml.SafeLoader:
        pytest.skip("the Python parser passes over directives that it does not know")
    assert [(found.code, found.mark.line, found.mark.column) for found in errors("%FOO\n---\na: b\n")] == [("E108", 1, 1)]


def test_independent_mistakes_are_one_run() -> None:
    text = "rtb: {::/0: a}\nvpcs:\n\tx: y\nt:\n  en: a: b\nset: [r[0]=x]\nw: {to:x}\nz: {a: b\nq: @x\nr：\n  s: t\n"
    root, problems = read_document(text.encode(), "f.yaml")
    assert root is not None
    assert [(found.code, found.mark.line) for found in problems] == [
        ("E104", 1),
        ("E101", 3),
        ("E105", 5),
        ("E112", 6),
        ("E102", 7),
        ("E115", 8),
        ("E109", 9),
        ("E111", 10),
    ]


def test_mistakes_that_only_the_parser_knows_are_found_in_every_section() -> None:
    text = "a:\n  b c\n  d: e\nf:\n  g h\n  i: j\nk: {::/0: x}\n"
    root, problems = read_document(text.encode(), "f.yaml")
    assert root is None
    assert [(found.code, found.mark.line) for found in problems] == [("E100", 2), ("E100", 5), ("E104", 7)]


def test_a_hundred_mistakes_are_one_run() -> None:
    text = "".join(f"r{number}: {{::/0: a}}\n" for number in range(100))
    _, problems = read_document(text.encode(), "f.yaml")
    assert len(problems) == 100
    assert render(problems, "f.yaml", text).endswith("… and 80 more\n")
