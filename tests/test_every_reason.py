"""The table of reasons and the code agree: what the code can give stands there, happens somewhere, and says what helps."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from vpctui.engine.change import Refusal
from vpctui.engine.conversation import converse
from vpctui.reasons import reasons
from vpctui.scenario.changing import changed
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Conversation

ROOT = Path(__file__).resolve().parent.parent
CODE = re.compile(r"[A-Z]+(?:_[A-Z0-9]+)+")
NO_REASON = {"FULL_WIDTH"}
"""Words in capitals that are something else."""

NEVER = {
    "ROUTE_TARGET_NOT_FOUND": "a file whose route names nothing is refused as a mistake (E201), and what an import does not find is `unsupported`",
    "LOCAL_ROUTE_CIDR": "a table with nothing but its local route has no route for the address: NO_ROUTE, with that one row shown",
    "VPCS_DISCONNECTED": "a packet for another VPC meets a table without a route: NO_ROUTE",
    "ENI_ADDRESS_MISMATCH": "a foreign source is what the source/destination check refuses: ENI_SRC_DST_CHECK_OUT",
    "GUEST_FIREWALL_DENY": "a file describes no host firewall; what an appliance denies is APPLIANCE_POLICY_DROP",
    "SG_NO_RULES": "SG_INGRESS_DENY and SG_EGRESS_DENY say how many rules there are; the course of lessons expects those of an empty group too",
    "SG_UNTRACKED_RETURN": "an answer that is not tracked needs a rule like any packet: SG_INGRESS_DENY or SG_EGRESS_DENY, which the course of lessons expects",
    "NACL_EPHEMERAL_RETURN_DENY": "the direction is what helps to mend it: NACL_INGRESS_DENY or NACL_EGRESS_DENY, which the course of lessons expects",
    "ROUTE_OTHER_TABLE": "a packet asks one table; that its rows stand in another one is said where tables are compared",
    "ASSOC_REFUSED_IN_USE": "a change replaces an association, as ReplaceRouteTableAssociation does: there is no second one to refuse",
    "VPCE_POLICY_DENY": "an endpoint policy is about API calls and never about packets",
    "LB_TARGET_PORT_MISMATCH": "a load balancer sends to the port that is registered, so no packet has another one; nobody listening there is NO_LISTENER",
    "GWLBE_NO_RETURN": "the table of the endpoint's subnet has no route: NO_ROUTE, which the course of lessons expects",
    "ATTACHMENT_BAD_STATE": "an attachment that does not work is said by the component: IGW_DETACHED, VGW_DETACHED, ENI_DETACHED, PCX_NOT_ACTIVE",
    "COMPONENT_UNATTACHED": "what is attached to nothing is said by kind: IGW_DETACHED, VGW_DETACHED, ENI_DETACHED",
    "QUERY_FILTER_EXCLUDES": "a flow is one packet: it cannot be filtered",
    "SCENARIO_INVALID": "a file with a mistake is not traced; each mistake has a code of its own",
    "WARN_NO_RETURN_ROUTE": "the way back is traced too and ends there: return:NO_ROUTE",
    "WARN_SINGLE_APPLIANCE": "nothing on a packet's way depends on a second appliance; stopping the first one shows what is lost",
    "WARN_FAILOVER_WOULD_BREAK_EDGE_ROUTE": "a fail-over is played change by change, and each state is traced",
    "NATGW_SOURCE_REWRITTEN": "the step of the NAT gateway says it with both addresses",
    "NATGW_DEST_UNCHANGED": "the step of the NAT gateway says it with both addresses",
    "PORT_REMAPPED": "the step of the NAT gateway says it with both ports",
    "NOTE_UNMODELLED_RULE": "a rule that cannot be evaluated cannot be written: the file would be refused",
    "NOTE_UNMODELLED_SEGMENT": "what is not modelled ends the packet: UNSUPPORTED_COMPONENT",
    "NOTE_FORWARD_ONLY": "a flow without a reply is asked for as one",
}
"""Codes that nothing gives, and what is said in their place."""


class Given(ast.NodeVisitor):
    """Codes in a module, those left out for which it only offers mends."""

    def __init__(self) -> None:
        self.codes: set[str] = set()

    def visit_Call(self, node: ast.Call) -> None:
        if getattr(node.func, "id", "") != "mends":
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and CODE.fullmatch(node.value):
            self.codes.add(node.value)


@cache
def given() -> frozenset[str]:
    """Every code that the engine, the resources and the reading of files can give."""
    found = Given()
    for part in ("engine", "aws", "scenario"):
        for path in sorted((ROOT / "vpctui" / part).glob("**/*.py")):
            found.visit(ast.parse(path.read_text(encoding="utf-8")))
    # What an edge table must not hold is refused under another name when the table is associated.
    renamed = {code.replace("ROUTE_REFUSED_EDGE_", "ASSOC_REFUSED_") for code in found.codes}
    return frozenset((found.codes | renamed) - NO_REASON)


def test_whatever_the_code_can_give_stands_in_the_table() -> None:
    assert sorted(given() - reasons().keys()) == []


def test_whatever_nothing_gives_is_known_and_explained() -> None:
    assert sorted(reasons().keys() - given()) == sorted(NEVER)


def test_what_stands_in_place_of_a_code_is_given() -> None:
    named = {code for why in NEVER.values() for code in CODE.findall(why) if code in reasons()}
    assert sorted(named - given()) == []


@pytest.mark.parametrize("code", sorted(given()))
def test_every_reason_says_what_it_means_and_what_helps(code: str) -> None:
    reason = reasons()[code]
    assert reason.explanation_en
    assert reason.explanation_ja
    assert reason.kind == "note" or (reason.fix_en and reason.fix_ja)


def codes_of(conversation: Conversation) -> Iterator[str]:
    """What a conversation says: why it ended, warnings, why routes lost."""
    yield from (warning.code for warning in conversation.warnings)
    for hop in conversation.hops:
        if hop.reason:
            yield hop.reason
        for step in hop.steps:
            yield step.warning
            yield from (row.note for row in (step.lookup.candidates if step.lookup else ()))


@cache
def told() -> frozenset[str]:
    """What the bundled scenarios say, as they stand and under each of their changes, and the refusals among those."""
    found: set[str] = set()
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        scenario, problems = read_scenario(path.read_bytes(), path.name)
        assert scenario is not None, problems
        for change in ((), *(change.set for change in scenario.changes)):
            state = changed(scenario, change)
            if isinstance(state, Refusal):
                found.add(state.reason)
                continue
            for question in state.questions.values():
                found.update(codes_of(converse(state.world, question, state.questions)))
    return frozenset(found - {""})


def asserted() -> frozenset[str]:
    """Codes that tests compare something with: in assertions and in the parameters of tests."""
    found: set[str] = set()
    for path in sorted((ROOT / "tests").glob("**/test_*.py")):
        if path.name not in ("test_every_reason.py", "test_reasons.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assert | ast.List | ast.Tuple | ast.Dict):
                    texts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))
                    found.update(code for text in texts for code in CODE.findall(text))
    return frozenset(found)


def test_every_reason_happens_in_a_scenario_or_is_compared_with_by_a_test() -> None:
    assert sorted(given() - told() - asserted()) == []


def test_the_scenarios_tell_most_of_what_ends_a_packet() -> None:
    """So that a lesson exists for the usual ones, and this file would notice when tracing stopped to give reasons."""
    drops = {code for code in told() if reasons()[code].kind == "drop"}
    assert len(drops) >= 25
    assert {"NO_ROUTE", "ENI_SRC_DST_CHECK_IN", "SG_INGRESS_DENY", "NACL_EGRESS_DENY", "APPLIANCE_STATE_MISS"} <= drops
