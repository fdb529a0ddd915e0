"""From document nodes to a scenario: every section by its table, every mistake collected."""

from collections.abc import Iterator

import vpctui.aws
from vpctui.aws import internet
from vpctui.aws.reading import Document, Item, Values
from vpctui.document import Entry, Mapping, Node, Problem
from vpctui.engine.network import Network, Record
from vpctui.scenario import checks, lesson, questions
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.text import read_document
from vpctui.schema import Reader, Section, attempt, nearest, quoted, read_fields, unique

FORMAT_VERSION = 1
STORY_SECTIONS = ("vpctui", "title", "teaches", "slides", "order", "assume", "flows", "expect", "changes", "walkthrough", "predict")
SECTION_NICKNAMES = {
    "nacls": "network_acls",
    "acls": "network_acls",
    "gateways": "internet_gateways",
    "igws": "internet_gateways",
    "sgs": "security_groups",
    "enis": "network_interfaces",
    "tgws": "transit_gateways",
    "elbs": "load_balancers",
}


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
    _version(entries, root, reader)
    document = Document({}, reader)
    for entry in entries.values():
        _section(entry, document)
    network = Network((*internet.ends(), *_records(document)))
    checks.check(document, network)
    asked = questions.read_flows(entries.get("flows"), network, reader)
    story = lesson.read_story(entries, asked, network, reader)
    return Scenario(name=name, network=network, questions=asked, places=dict(reader.places), **story)


def _version(entries: dict[str, Entry], root: Mapping, reader: Reader) -> None:
    entry = entries.get("vpctui")
    text = getattr(entry.value, "text", "") if entry else ""
    if entry is None:
        reader.problem("E121", f"no format version: a scenario starts with vpctui: {FORMAT_VERSION}", root, f"vpctui: {FORMAT_VERSION}")
    elif text != str(FORMAT_VERSION):
        newer = text.isdigit() and int(text) > FORMAT_VERSION
        code = "E121" if newer else "E106"
        message = f"format version {text} is newer than this program ({FORMAT_VERSION})" if newer else f"expected an integer, found {quoted(text)}"
        reader.problem(code, message, entry.value, f"upgrade vpctui, or write vpctui: {FORMAT_VERSION}" if newer else f"vpctui: {FORMAT_VERSION}")


def _section(entry: Entry, document: Document) -> None:
    """Convert one section's items to values."""
    reader, name = document.reader, entry.key.text
    if name in STORY_SECTIONS:
        return
    found = vpctui.aws.SECTIONS.get(name)
    if found is None:
        known = (*STORY_SECTIONS, *vpctui.aws.SECTIONS)
        right = SECTION_NICKNAMES.get(name) or nearest(name, known)
        reader.problem("E122", f"unknown section {quoted(name)}", entry.key, f"did you mean {quoted(right)}?" if right else "sections: " + ", ".join(known))
        return
    section = found[0]
    if not isinstance(entry.value, Mapping):
        reader.problem("E123", f"{name} must map ids to settings", entry.value, "i-app: {…}" if name == "instances" else "id: {…}")
        return
    items: dict[str, Values] = {}
    for item in unique(entry.value, reader):
        reader.places[(item.key.text, "")] = item.key.mark
        items[item.key.text] = _values(section, item.key.text, item.value, reader)
    document.sections[name] = items


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


def _records(document: Document) -> Iterator[Record]:
    for name, items in document.sections.items():
        section, module = vpctui.aws.SECTIONS[name]
        for identifier, values in items.items():
            yield from module.read(Item(identifier, values, document, name, section.noun))
