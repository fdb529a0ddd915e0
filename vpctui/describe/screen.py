"""What the screen asks of the describer: all panes, an explanation of a row, a step or the whole conversation as text."""

from vpctui.address import parse_address
from vpctui.describe import tree, uses
from vpctui.describe.ansi import render
from vpctui.describe.assumptions import assumptions
from vpctui.describe.explain import RIVALS_SHOWN, Page, explain_end, explain_resource, explain_route, explain_step
from vpctui.describe.header import header_pane, moment
from vpctui.describe.hops import hop_words
from vpctui.describe.lines import Layout, Pane, Row, View
from vpctui.describe.lookup import lookup_pane, lookup_shown
from vpctui.describe.path import Here, path_pane
from vpctui.describe.question import question_line
from vpctui.describe.sentences import ending, sentence
from vpctui.describe.status import status_row
from vpctui.describe.text import Report, text_rows
from vpctui.describe.tree import Topology, setting_owner, tree_pane
from vpctui.describe.voice import Voice
from vpctui.describe.words import Language
from vpctui.engine.cursor import travelled
from vpctui.engine.rivals import rival_lookups
from vpctui.exploration import Exploration
from vpctui.trace import Candidate, Lookup


def view(exploration: Exploration, layout: Layout, before: Exploration | None = None) -> View:
    """All panes; with `before`, hops that are new, gone or different since then are marked."""
    voice = Voice(layout.language, layout.ascii)
    conversation, hop, step = exploration.conversation, exploration.hop, exploration.step
    here = Here(exploration.cursor.hop, exploration.cursor.step)
    covered = layout.covered and here.hop < len(conversation.hops)
    seen = travelled(conversation, exploration.cursor) if covered else conversation
    earlier = before.conversation if before is not None and not covered else None
    place = step.setting if step is not None else ""
    wide = layout.lookup_width or layout.side_width
    total = layout.status_width or layout.tree_width + 1 + layout.side_width
    return View(
        status=status_row(exploration.name, conversation, here.hop, len(exploration.changes), total, voice, covered=covered),
        tree=tree_pane(topology(exploration), conversation, hop, place, layout, layout.tree_width, voice, seen),
        path=path_pane(seen, earlier, here, layout.side_width, voice, layout.path_height, narrated=layout.narrated),
        lookup=lookup_pane(lookup_shown(hop, step), wide, voice),
        header=header_pane(moment(hop, here.step, voice), wide, voice, zoomed=layout.zoomed == "header"),
    )


def gather(exploration: Exploration) -> None:
    """Read once what the panes need of the whole network, so that no key pays for its size."""
    tree.gather(exploration.base)
    uses.gather(exploration.base)


def topology(exploration: Exploration) -> Topology:
    """What the tree is drawn from."""
    return Topology(exploration.base, exploration.network, changed_ids(exploration))


def changed_ids(exploration: Exploration) -> tuple[str, ...]:
    """Ids of the resources that the changes name."""
    return tuple(dict.fromkeys(setting_owner(change.partition("=")[0].rstrip("+-")) for change in exploration.changes))


def explain(exploration: Exploration, row: Row, layout: Layout) -> Pane | None:
    """What can be said about a row of a pane; None where there is nothing to say."""
    page = Page(max(40, layout.tree_width + 1 + layout.side_width - 2), Voice(layout.language, layout.ascii))
    kind, _, rest = row.key.partition(":")
    hop, step = exploration.hop, exploration.step
    if kind in ("step", "end"):
        return _check(exploration, kind, rest, page)
    lookup = lookup_shown(hop, step)
    found = _candidate(row, lookup) if lookup is not None else None
    if lookup is not None and found is not None:
        asked = parse_address(lookup.asked)
        rivals = rival_lookups(lookup.table, asked, exploration.network, exploration.assume, RIVALS_SHOWN + 1) if lookup.table else ()
        return explain_route(found, lookup, rivals, page)
    flows = {name: tuple(filter(None, (question.sender, question.written_to.partition(":")[0]))) for name, question in exploration.questions.items()}
    resource = row.resource or setting_owner(row.setting)
    return explain_resource(resource, exploration.base, exploration.network, changed_ids(exploration), exploration.conversation, flows, page)


def _check(exploration: Exploration, kind: str, numbers: str, page: Page) -> Pane | None:
    first, _, rest = numbers.partition(":")
    hops = exploration.conversation.hops
    hop = hops[int(first) - 1]
    at = rest.partition(":")[0]
    if kind == "step" and at.isdecimal():
        return explain_step(hop.steps[int(at) - 1], page)
    return explain_end(hop, page)


def _candidate(row: Row, lookup: Lookup) -> Candidate | None:
    """The route that a row shows, in the lookup pane by its key, in the tree by its place."""
    kind, _, rest = row.key.partition(":")
    if kind == "route":
        destination = rest.removeprefix(f"{lookup.table or lookup.owner}:").rpartition(":")[0]
        return next((found for found in lookup.candidates if found.destination == destination and found.place == row.setting), None)
    return next((found for found in lookup.candidates if found.place and found.place == row.setting), None)


def step_text(exploration: Exploration, language: Language, ascii_only: bool) -> str:
    """The hop or check under the cursor, for a ticket."""
    voice = Voice(language, ascii_only)
    hop, leg, step = exploration.hop, exploration.leg, exploration.step
    if hop is None or leg is None:
        return trace_text(exploration, language, ascii_only)
    words = hop_words(hop, leg, voice)
    lines = [f"{exploration.cursor.hop} {voice.show(hop.node)}: {words.did} (ttl {words.ttl})"]
    lines += [f"  {'+' if found.passed else 'x'} {sentence(found, voice)}" for found in ((step,) if step is not None else hop.steps)]
    end = ending(hop, voice)
    if end is not None:
        lines += [f"  {voice.word('why')}: {end.explanation}", *(f"  {voice.word('mend')}: {voice.show(mend)}" for mend in end.mends)]
    return "\n".join(lines) + "\n"


def trace_text(exploration: Exploration, language: Language, ascii_only: bool) -> str:
    """The whole conversation, for a ticket."""
    voice = Voice(language, ascii_only)
    return render(text_rows(exploration.conversation, report(exploration, voice), voice))


def report(exploration: Exploration, voice: Voice | None = None) -> Report:
    """What a report tells besides the conversation."""
    told = voice or Voice()
    asked = question_line(exploration.conversation, told)
    return Report(
        exploration.name,
        asked,
        exploration.changes,
        lambda change: "; ".join(exploration.commands(change)),
        assumptions=assumptions(exploration, told),
    )
