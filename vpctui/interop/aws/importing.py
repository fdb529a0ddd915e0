"""From an account to a scenario: every family of resources in the order in which they need each other."""

from vpctui.interop.aws import filters, flows, gateways, networks
from vpctui.interop.aws.account import Account
from vpctui.interop.aws.balancers import Balancers
from vpctui.interop.aws.draft import Draft
from vpctui.interop.aws.endpoints import Endpoints
from vpctui.interop.aws.interfaces import Addresses, Interfaces
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.machines import Machines
from vpctui.interop.aws.remote import RemoteSides
from vpctui.interop.aws.routes import Routes, targeted
from vpctui.interop.aws.scenario_text import scenario_text
from vpctui.interop.aws.transit import TransitGateways

HEAD = (
    "Ids are those of AWS; every line may be edited.",
    "No API knows what runs inside an instance: it is assumed not to forward, to have one default route, no filter of its own, and something",
    "listening on every port. Where that decides a packet's way, the setting stands under `assumed` and has a ? on the screen.",
)

USABLE = ("vpcs", "transit_gateways")
"""Sections of which one at least makes a scenario."""


def draft(account: Account) -> Draft:
    """The scenario of an account, while it is values."""
    inventory, written = Inventory(account), Draft(account)
    networks.write(inventory, written)
    filters.write_prefix_lists(inventory, written)
    groups = filters.SecurityGroups(inventory, written)
    groups.write()
    filters.write_network_acls(inventory, written)
    interfaces, addresses = Interfaces(inventory), Addresses(inventory, written)
    gateways.write(inventory, written)
    gateways.write_nat_gateways(inventory, interfaces, addresses, written)
    gateways.write_peerings(inventory, written)
    transit = TransitGateways(inventory, interfaces, written)
    transit.write()
    RemoteSides(inventory, transit, written).write()
    balancers = Balancers(inventory, interfaces, addresses, groups)
    balancers.write()
    Endpoints(inventory, interfaces, addresses, groups, balancers).write()
    machines = Machines(inventory, interfaces, addresses, groups, targeted(inventory, interfaces))
    machines.write_instances()
    machines.write_interfaces()
    balancers.write_listeners()
    balancers.write_appliances()
    Routes(inventory, interfaces, written).write()
    flows.write(written)
    return written


def import_account(account: Account, title: str, command: str = "aws") -> str | None:
    """The text of a scenario file; None where the account holds nothing usable.  What is to be said stands in `account.notes`."""
    written = draft(account)
    return text_of(written, title, command) if any(written.sections.get(name) for name in USABLE) else None


def text_of(written: Draft, title: str, command: str = "aws", ids: str = HEAD[0]) -> str:
    """A draft as a file; `command` is what wrote it, `ids` says where its ids come from."""
    return scenario_text(written, title, [f"Written by vpctui import {command}. {ids}", *HEAD[1:]])
