"""What one table cannot see: ids named twice, references to nothing, addresses outside their subnet, routes that AWS would refuse."""

from vpctui.aws.reading import Document
from vpctui.engine.network import Network
from vpctui.schema import nearest, quoted


def check(document: Document, network: Network) -> None:
    """Note every contradiction of a document."""
    _references(document, network)


def _references(document: Document, network: Network) -> None:
    """E202: an id that no section holds."""
    reader = document.reader
    for identifier, sections, node, owner in reader.references:
        if network.get(identifier) is None:
            known = [name for section in sections for name in document.of(section)]
            right = nearest(identifier, known)
            noun = sections[0].replace("_", " ").removesuffix("s")
            reader.problem("E202", f"unknown {noun} {quoted(identifier)} in {owner}", node, f"did you mean {quoted(right)}?" if right else "")
