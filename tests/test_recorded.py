"""What bundled scenarios and the networks of the tests do is recorded.

A difference is either a fault, or a change that `python -m tools.generate` writes down for review.
"""

from difflib import unified_diff
from pathlib import Path

import pytest

from tools import recorded, recorded_networks

PAGES = {**recorded.pages(), **recorded_networks.pages()}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.removeprefix("tests/recorded/").removesuffix(".txt"))
def test_everything_is_as_recorded(path: str, root: Path) -> None:
    held, now = (root / path).read_text(encoding="utf-8").splitlines(), PAGES[path]().splitlines()
    assert now == held, "\n".join([*unified_diff(held, now, "recorded", "now", lineterm="", n=1)][:40])
