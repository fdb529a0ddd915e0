"""Every scenario of the reference curriculum equals its reference trace hop by hop: as the file stands, and under every named change."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from vpctui.aws import SECTIONS
from vpctui.engine.change import Refusal
from vpctui.engine.conversation import converse
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.reading import STORY_SECTIONS, read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.trace import Conversation, Hop

HERE = Path(__file__).resolve().parents[3] / "shared" / "curriculum"
NAMES = sorted(path.stem for path in (HERE / "scenarios").glob("*.yaml")) or ["the curriculum"]
Json = dict[str, Any]


def unsupported(path: Path) -> list[str]:
    """Sections of a file that this version does not know."""
    written = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    return [section for section in written if section not in SECTIONS and section not in STORY_SECTIONS]


def hop_json(hop: Hop) -> Json:
    packet = hop.packet
    return {
        "node": hop.node,
        "kind": hop.kind,
        "table": hop.table,
        "route": hop.route,
        "target": hop.target,
        "src": packet.socket("src"),
        "dst": packet.socket("dst"),
        "ttl_out": packet.ttl,
        "verdict": str(hop.verdict),
        "reason": hop.reason,
    }


def conversation_json(found: Conversation) -> Json:
    """A conversation in the form of the reference traces: the closing ACK is not in them."""
    told: Json = {
        "outcome": found.outcome,
        "legs": [{"direction": leg.direction, "hops": [hop_json(hop) for hop in leg.hops]} for leg in found.legs[:2]],
    }
    warnings = [warning.code for warning in found.warnings if warning.code == "WARN_ASYMMETRIC"]
    if warnings:
        told["warnings"] = warnings
    if found.icmp is not None:
        told["icmp"] = {"from": found.icmp.sender, "mtu": found.icmp.mtu, "arrives": found.icmp.arrives}
    return told


def flows_json(scenario: Scenario, changes: tuple[str, ...]) -> Json:
    state = changed(scenario, changes)
    if isinstance(state, Refusal):
        return {"error": state.reason}
    return {"flows": {name: conversation_json(converse(state.world, question, state.questions)) for name, question in state.questions.items()}}


def only(part: Json, whole: Json) -> Json:
    """Of every flow what the reference tells of it."""
    return {name: {key: value for key, value in part.get(name, {}).items() if key in whole[name] or key == "warnings"} for name in whole}


@pytest.fixture
def pair(request: pytest.FixtureRequest, shared: Path) -> tuple[Scenario, Json]:
    """A scenario and its reference trace."""
    path = shared / "curriculum" / "scenarios" / f"{request.param}.yaml"
    missing = unsupported(path)
    if missing:
        pytest.skip(f"not supported yet: {', '.join(missing)}")
    scenario, problems = read_scenario(path.read_bytes(), path.name)
    assert scenario is not None, problems
    return scenario, json.loads((shared / "curriculum" / "traces" / f"{request.param}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("pair", NAMES, indirect=True)
def test_as_the_file_stands(pair: tuple[Scenario, Json]) -> None:
    scenario, reference = pair
    found = {name: conversation_json(converse(scenario.world, question, scenario.questions)) for name, question in scenario.questions.items()}
    assert only(found, reference["baseline"]) == reference["baseline"]
    assert state_of(scenario).world.network is scenario.network


@pytest.mark.parametrize("pair", NAMES, indirect=True)
def test_under_every_named_change(pair: tuple[Scenario, Json]) -> None:
    scenario, reference = pair
    assert {change.name for change in scenario.changes} == set(reference["changes"])
    for change in scenario.changes:
        wanted = reference["changes"][change.name]
        found = flows_json(scenario, change.set)
        if "error" in wanted:
            assert found == {"error": wanted["error"]}, change.name
        else:
            assert only(found["flows"], wanted["flows"]) == wanted["flows"], change.name
