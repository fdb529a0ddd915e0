"""The laboratory needs root, `ip`, and nftables; without them its tests are skipped, in CI they fail."""

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import in_ci
from tests.kernel.plumbing import missing, sweep


@pytest.fixture
def kernel(program: Callable[[str], str]) -> Iterator[None]:
    """Everything is there; what a killed run left is swept away before, what this one made after."""
    program("ip")
    program("nft")
    reason = missing()
    if reason:
        (pytest.fail if in_ci() else pytest.skip)(reason)
    sweep()
    yield
    sweep(own=True)
