"""Flows that no file holds: from options of the command line, or typed at the prompt."""

from vpctui.document import Entry, Mapping, Mark, Scalar
from vpctui.engine.conversation import Question
from vpctui.engine.network import Network
from vpctui.filter_rules import PROTOCOLS
from vpctui.scenario.questions import read_flow
from vpctui.schema import Reader

GRAMMAR = "FROM TO[:PORT] [PROTOCOL] [SETTING=VALUE …], for example: client 203.0.113.20:80 tcp source_port=40000"


def flow_from(fields: dict[str, str], network: Network) -> Question | str:
    """A flow from the fields of the format as text; a sentence where they do not make one."""
    reader = Reader()
    node = Mapping(tuple(Entry(Scalar(name), Scalar(value, Mark(), quoted=True)) for name, value in fields.items()))
    question = read_flow(f"{fields.get('from', '')} > {fields.get('to', '')}", node, network, reader)
    if reader.problems or question is None:
        problem = reader.problems[0] if reader.problems else None
        return (problem.message + (f"; try: {problem.mend}" if problem.mend else "")) if problem else "a flow needs from and to"
    return question


def typed_flow(text: str, network: Network) -> Question | str:
    """A flow as somebody types it; a sentence where it cannot be read."""
    words = text.split()
    if len(words) < 2:
        return f"a flow is {GRAMMAR}"
    fields = {"from": words[0], "to": words[1]}
    for word in words[2:]:
        name, equals, value = word.partition("=")
        if equals:
            fields[name] = value
        elif word in PROTOCOLS:
            fields["protocol"] = word
        else:
            return f"{word!r} is neither a protocol nor SETTING=VALUE; a flow is {GRAMMAR}"
    return flow_from(fields, network)
