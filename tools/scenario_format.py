"""`docs/scenario-format.md`: the reference of the file, from the tables by which it is read."""

import json

import vpctui.aws as aws
from tools.pages import NOTICE
from vpctui.scenario.expected import EXPECTATION
from vpctui.scenario.format import scenario_schema
from vpctui.scenario.lesson import ASSUME
from vpctui.scenario.questions import FLOW
from vpctui.schema import Section
from vpctui.schema.format_reference import format_reference

HEAD = """# The scenario file

One YAML file describes a network, the flows to trace in it, what is expected of them, and the lesson told about them. Names are those of the AWS API in
snake_case. Ids are unique in the whole file, and any id is fine. What AWS defaults may be left out; what AWS demands may not. Booleans are `on`/`off`,
`true`/`false` or `yes`/`no`. A value is the text that was written, so `no`, `010` and `22:22` are never turned into something else behind your back.

`vpctui: 1` is the format version and comes first. `title` and `teaches` are texts, or `{en: …, ja: …}`; `slides` and `order` place the file in a course.

For an editor that checks and completes, see the [README](../README.md#scenarios).
"""

FLOWS = """What to trace. `from` and `to` also take three ends that need no entry in the file: `internet`, `on-premises` and `aws-service`."""

EXPECT = """By flow: an outcome, or a mapping. Outcomes are `ok`, `asymmetric` (it works, but the directions do not share every stateful hop), `half-open` (the
handshake does not finish), `forward:REASON` and `return:REASON`, with the [reasons](reasons.md).

`hop` (one, or a list) says how a hop ends: `direction`, `node`, `src`, `dst`, `ttl`, `table` (`none` where none was asked), `route`, `target`,
`rule` (the entry that decides, as in `acl-app.ingress[100]`), `verdict`. `icmp: {from, mtu, arrives}` is the error that the packet causes."""

ASSUMPTIONS = "Readings of AWS that are disputed or unpublished."

STORY = """## `changes`

Named sets of changes: `set` (a list of changes), `en`, `ja`, and `expect` (as above) or `error` (the code with which the last one is refused). A change
is `PLACE=VALUE`, `PLACE+=VALUE` or `PLACE-=VALUE`; `none` takes away. A place is an id and a setting (`eni-fw.source_dest_check=on`), or a table and a
destination (`rtb-app[0.0.0.0/0]=eni-fw`). A change with `[` or `,` is quoted inside a list. `assume.ttl=textbook` changes a reading, `flows.web.size=1500`
a flow, and where one of several equal things is taken (a target, a tunnel, a zone), `choose.nlb=i-b:80` takes another and `choose.nlb=none` leaves it
to the hash again.

## `walkthrough`

A list of steps: `en`, `ja`, `do` (actions), and `expect` or `error`. Actions are `flow NAME`, `next`, `back`, `first`, `last`, `direction forward|return`,
`select ID`, `set CHANGE`, `change NAME`, `undo`, `redo`, `reset`. `next` and `back` move by hops; `flow` and `direction` put the cursor before the first.
With `predict: route`, `hop` or `delivered` a step asks before it is played; `predict: on` at the top of the file lets every step and hop ask.

## `hidden`

Faults to be found, as `vpctui break SCENARIO --output FILE` writes them: changes that are made when the file is read, in a form that nobody reads by
accident. `vpctui check FILE` then holds what is expected of the flows alone, and with `--set CHANGE` says when all faults are mended.
"""


def page() -> str:
    """The whole page."""
    network = tuple(section for section, _ in aws.SECTIONS.values())
    told = (
        Section("flows", "flow", FLOW.fields, FLOWS),
        Section("expect", "expectation", EXPECTATION, EXPECT),
        Section("assume", "reading", ASSUME, ASSUMPTIONS),
    )
    return NOTICE + "\n".join([HEAD, format_reference((*network, *told)), STORY])


def schema() -> str:
    """`docs/scenario.schema.json`: what `vpctui schema` prints, for editors that take it from the repository."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=2) + "\n"
