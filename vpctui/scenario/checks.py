"""What one table cannot see: everything in which two places of a file contradict each other, or what AWS would refuse.

Each check goes once over the file; none asks every resource about every other, so a large file costs what it is long.
"""

from vpctui.aws.reading import Document
from vpctui.engine.network import Network
from vpctui.scenario import advice, forwarders, membership, ranges, routing
from vpctui.scenario.addresses import Addresses
from vpctui.scenario.identifiers import References
from vpctui.scenario.scenario import Scenario


def check(document: Document, network: Network) -> None:
    """Note every contradiction in a document's network."""
    References(document, network).check()
    ranges.check(document, network)
    Addresses(document, network).check()
    routing.check(document, network)
    membership.check(document, network)
    advice.check(network, document.reader)


def check_story(scenario: Scenario, document: Document) -> None:
    """Note what depends on the story too: warnings about drops that nobody expects."""
    forwarders.check(scenario, document)
