"""Scenarios to measure with, read as the program reads them."""

from pathlib import Path

from benchmarks.networks import scenario
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
APPLIANCE = ROOT / "scenarios/appliance.yaml"


def read(data: bytes, name: str) -> Scenario:
    """A scenario that must be without errors.  Raises ValueError with the first one otherwise."""
    found, problems = read_scenario(data, name)
    if found is None:
        raise ValueError(f"{name}: {problems[0].message}")
    return found


def bundled() -> Scenario:
    """The main case of the talk."""
    return read(APPLIANCE.read_bytes(), APPLIANCE.name)


def generated(interfaces: int) -> Scenario:
    """A network of that many interfaces around the same case."""
    return read(scenario(interfaces).encode(), f"{interfaces}.yaml")


LESSON = """\
walkthrough:
  - en: "Baseline. One VPC, an appliance subnet and an app subnet, each with its own table; the gateway has a third."
    do: [flow web, select igw]
    expect: {web: ok}
  - en: "Trace web. At the gateway the destination becomes 10.0.2.10 first; the edge table is looked up after that."
    do: [flow web, next, next]
    expect: {web: {result: ok, hop: {node: igw, table: rtb-edge}}}
  - en: "At eni-fw the destination is still the app. The check is off, so the ENI takes it."
    do: [next]
    expect: {web: {hop: {node: i-fw, ttl: 63}}}
  - en: "Flip the source/destination check on. The forward packet dies on eni-fw."
    do: [set eni-fw.source_dest_check=on]
    expect: {web: "forward:ENI_SRC_DST_CHECK_IN"}
"""


def taught(interfaces: int) -> Scenario:
    """The same with a walkthrough, whose last step makes a change."""
    return read((scenario(interfaces) + LESSON).encode(), f"{interfaces}.yaml")
