"""Flows that an operator asks first: the internet to what is open, subnets to the internet, on premises to subnets."""

from vpctui.interop.aws.draft import Draft
from vpctui.interop.aws.inventory import Inventory


def write(inventory: Inventory, draft: Draft) -> None:
    """A bounded number of them."""
