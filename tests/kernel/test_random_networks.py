"""Random small networks: engine and kernel agree on every flow (`python -m tests.kernel.long --minutes 30` for many more)."""

import os
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from tests.kernel.networks import Document, documents
from tests.kernel.trial import disagreeing, smallest, tried, written

NETWORKS = int(os.environ.get("VPCTUI_KERNEL_NETWORKS", "100"))


def test_random_networks(kernel: None, tmp_path: Path) -> None:
    """The same networks in each run; a disagreement is told as the smallest scenario file that shows it."""
    asked = {"networks": 0, "flows": 0}

    @settings(max_examples=NETWORKS, derandomize=True, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(documents())
    def agree(document: Document) -> None:
        found = tried(document)
        assert found is not None, "the generator made something that is no scenario"
        asked["networks"] += 1
        asked["flows"] += sum(not answer.inexpressible for answer in found)
        wrong = next((answer for answer in found if answer.disagreement), None)
        if wrong is not None:
            small = smallest(document, wrong)
            shown = next(iter(disagreeing(small)), wrong)
            raise AssertionError(written(small, shown, tmp_path).read_text(encoding="utf-8"))

    agree()
    assert asked["flows"] > 3 * asked["networks"], asked
