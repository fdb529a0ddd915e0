"""From document nodes to a scenario: every section by its table, every mistake collected."""

from collections.abc import Iterator

import vpctui.aws
from vpctui.aws import internet
from vpctui.aws.instance import inline_interface
from vpctui.aws.reading import Document, Values
from vpctui.document import Entry, Mapping, Node, Problem, Scalar
from vpctui.engine.network import Network
from vpctui.scenario import checks, lesson, questions
from vpctui.scenario.identifiers import records
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.text import read_document
from vpctui.schema import Reader, Section, attempt, quoted, read_fields, read_version, suggestion, unique
from vpctui.schema.reading import is_empty

STORY_SECTIONS = ("vpctui", "title", "teaches", "slides", "order", "assume", "flows", "expect", "changes", "walkthrough", "predict", "hidden")
NO_SECTIONS = {"id": "the file's name is the scenario's name: rename the file", "name": "the file's name is the scenario's name: rename the file, or title"}
"""Keys that people put at the top of a file, and what they meant."""

EXAMPLES = {"instances": "i-app", "subnets": "sn-app", "route_tables": "rtb-app", "vpcs": "vpc-main"}


def read_scenario(data: bytes, name: str) -> tuple[Scenario | None, list[Problem]]:
    """Read a scenario file.  None when it has errors; warnings may stand beside a scenario."""
    root, problems = read_document(data, name)
    if root is None:
        return None, problems
    reader = Reader()
    reader.problems.extend(problems)
    scenario = _scenario(root, name, reader)
    found = sorted(reader.problems, key=lambda problem: (problem.severity, problem.mark))
    return (None if any(problem.severity == "error" for problem in found) else scenario), found


def _scenario(root: Mapping, name: str, reader: Reader) -> Scenario:
    entries = {entry.key.text: entry for entry in unique(root, reader)}
    read_version(root, reader)
    document = Document({}, reader)
    for entry in entries.values():
        _section(entry, document)
    network = Network((*internet.ends(), *records(document)))
    checks.check(document, network)
    asked = questions.read_flows(entries.get("flows"), network, reader)
    story = lesson.read_story(entries, asked, network, reader)
    scenario = Scenario(name=name, network=network, questions=asked, places=dict(reader.places), **story)
    checks.check_story(scenario, document)
    return scenario


def _section(entry: Entry, document: Document) -> None:
    """Convert one section's items to values."""
    reader, name = document.reader, entry.key.text
    if name in STORY_SECTIONS:
        return
    found = vpctui.aws.SECTIONS.get(name)
    if found is None:
        known = (*STORY_SECTIONS, *vpctui.aws.SECTIONS)
        reader.problem("E122", f"unknown section {quoted(name)}", entry.key, NO_SECTIONS.get(name) or suggestion(name, known))
        _doubt(entry.value, reader)
        return
    section = found[0]
    if not isinstance(entry.value, Mapping):
        _no_mapping(name, entry.value, reader)
        return
    items: dict[str, Values] = {}
    for item in unique(entry.value, reader):
        reader.identify(item.key, name)
        items[item.key.text] = _values(section, item.key.text, item.value, reader)
    document.sections[name] = items


def _no_mapping(name: str, node: Node, reader: Reader) -> None:
    """E123 for a section that is no mapping, unless what is wrong with its text is told already; an empty one is nothing."""
    if is_empty(node):
        return
    if not (isinstance(node, Scalar) and any(problem.mark.line == node.mark.line for problem in reader.problems)):
        named = _named(node)
        reader.problem("E123", f"{name} must map ids to settings", node, f"{named[0] if named else EXAMPLES.get(name, 'id')}: {{…}}")
    _doubt(node, reader)


def _named(node: Node) -> list[str]:
    """The ids in a list of resources that should be a mapping."""
    items = [item for item in getattr(node, "items", ()) if isinstance(item, Mapping)]
    return [text for item in items if (text := getattr(item.get("id") or item.get("name"), "text", ""))]


def _doubt(node: Node, reader: Reader) -> None:
    """Remember what a section that could not be read may have held, the interfaces of its instances included."""
    found = set(_texts(node))
    reader.doubtful.update(found, (inline_interface(text) for text in found))
    reader.blind = reader.blind or isinstance(node, Scalar)


def _texts(node: Node) -> Iterator[str]:
    """Every text in a section that could not be read: what may be the id of something in it."""
    if isinstance(node, Mapping):
        for entry in node:
            yield entry.key.text
            yield from _texts(entry.value)
    elif isinstance(node, Scalar):
        yield node.text
    else:
        for item in node.items:
            yield from _texts(item)


def _values(section: Section, identifier: str, node: Node, reader: Reader) -> Values:
    """The fields of one item, or its short form."""
    short = section.field(section.short) if section.short else None
    known = {field.name for field in section.fields}
    if short is not None and not (isinstance(node, Mapping) and any(entry.key.text in known for entry in node)):
        values: Values = {field.name: field.default for field in section.fields}
        read = attempt(short.kind, node, reader, identifier)
        values[short.name] = short.default if read is None else read
        return values
    return read_fields(section.fields, node, reader, identifier, section.noun)
