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
