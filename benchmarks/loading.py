"""Reading a file: places, conversion, checks and the network, beside the YAML parser alone."""

from collections.abc import Iterator

import yaml

from benchmarks.clock import seconds, side_by_side
from benchmarks.networks import scenario
from benchmarks.result import Result, time_text
from benchmarks.samples import read

INTERFACES = 1000


def measure(runs: int) -> Iterator[Result]:
    """One line of the table."""
    text = scenario(INTERFACES)
    data = text.encode()
    ours, beside = side_by_side(lambda: seconds(lambda: read(data, "generated.yaml")), lambda: seconds(lambda: yaml.load(text, yaml.CSafeLoader)), runs)
    yield Result(f"load of {INTERFACES:,} interfaces, beside `yaml.CSafeLoader`", time_text(ours), time_text(beside), ours / beside, bound=3.0)
