"""What bundled scenarios do is recorded; a difference is either a fault, or a change that `python -m tools.generate` writes down for review."""

from difflib import unified_diff
from pathlib import Path

import pytest

from tools.recorded import pages

PAGES = pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: Path(path).stem)
def test_every_check_of_every_scenario_is_as_recorded(path: str, root: Path) -> None:
    recorded, now = (root / path).read_text(encoding="utf-8").splitlines(), PAGES[path]().splitlines()
    assert now == recorded, "\n".join([*unified_diff(recorded, now, "recorded", "now", lineterm="", n=1)][:40])
