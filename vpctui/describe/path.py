"""The path pane: all legs of the conversation, hop by hop, the checks of the current hop unfolded below it.

    ── forward SYN ────────────────────────────
     . igw       dst becomes 10.0.2.10:80          ttl 64
                 rtb-edge: 10.0.2.0/24 → eni-fw
     > i-fw      forwards                          ttl 63
         + the source/destination check of eni-fw is off…
    ~x i-app     DROP SG_INGRESS_DENY              ttl 63

First column: what the last change did (`+` new, `-` gone, `~` different).  Second: `>` current, `.` done, blank ahead, `x` ended here.
"""

from collections.abc import Iterator

from msgspec import Struct

from vpctui.describe.hops import HopWords, hop_words
from vpctui.describe.lines import Pane, Role, Row, Span
from vpctui.describe.marks import Marked, marked_legs
from vpctui.describe.sentences import Ending, ending, icmp_sentence, sentence, warning_sentence
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad, pad_left, wrap
from vpctui.trace import Conversation, Hop, Leg, Step, Verdict

MARK_ROLES: dict[str, Role] = {"+": "added", "-": "gone", "~": "changed"}
_STEP_INDENT = 5
SHORT = 20
"""Fewer visible rows than this, and only the leg of the current hop is unfolded, with a window of its checks that is always of one height:
all legs with their verdicts stay in view, and a step writes a few rows instead of moving all of them."""
WINDOW = 3
"""Rows of that window."""


class Here(Struct, frozen=True):
    """Where a person stands: `hop` counts the hops of all legs from 1, 0 is before the first; `step` 0 is the whole hop."""

    hop: int = 0
    step: int = 0


def path_pane(
    conversation: Conversation, before: Conversation | None, here: Here, width: int, voice: Voice, height: int = 0, *, narrated: bool = False
) -> Pane:
    """The pane in so many cells; the current row is the leg's rule before the first hop, the hop, or the check.

    `before` is the conversation before the last change, where hops shall be marked; `height` the rows that are visible (0: all);
    `narrated` where a walkthrough is shown, whose steps the keys of hops then play.
    """
    legs = marked_legs(conversation, before)
    page = _Page([marked.hop.node for _, mark, hops in legs for marked in hops if mark != "-"], here, width, voice, short=0 < height < SHORT, narrated=narrated)
    page.report = icmp_sentence(conversation, voice)
    rows: list[Row] = [] if legs else list(page.start())
    for number, (leg, mark, hops) in enumerate(legs):
        if page.short and before is None and not page.holds(hops):
            rows.append(page.folded_leg(leg, number))
            continue
        rows.append(page.leg(leg, mark, number))
        if page.short and not here.hop:
            rows.extend(page.start())
        if mark == "-":
            rows.append(page.gone_leg(hops))
            continue
        for marked in hops:
            rows.extend(page.hop(marked, number))
    keys = [row.key for row in rows]
    return Pane(voice.word("path"), tuple(rows), keys.index(page.current) if page.current in keys else 0)


class _Page:
    """Rows of one path at one width."""

    def __init__(self, nodes: list[str], here: Here, width: int, voice: Voice, *, short: bool = False, narrated: bool = False) -> None:
        self.narrated = narrated
        self.report = ""
        """Who tells the sender of the drop."""
        self.width, self.voice, self.cursor, self.short = width, voice, here, short
        self.node_width = max(4, min(max((cells(voice.show(node)) for node in nodes), default=4), max(10, width // 4)))
        self.current = "leg:0"
        if self.cursor.hop:
            self.current = f"step:{self.cursor.hop}:{self.cursor.step}" if self.cursor.step else f"hop:{self.cursor.hop}"

    def leg(self, leg: Leg, mark: str, number: int) -> Row:
        """The rule that begins a leg."""
        rule = self.voice.rule
        title = self._leg_title(leg, mark)
        role: Role = MARK_ROLES.get(mark, "title")
        rest = Span("") if self.short else Span(rule * max(0, self.width - cells(title)), "dim")
        return Row((Span(title, role), rest), key=f"leg:{number}")

    def _leg_title(self, leg: Leg, mark: str = "") -> str:
        rule = self.voice.rule
        return f"{mark or rule}{rule} {self.voice.word(leg.direction)} {self.voice.carried(leg.carries)} {rule * 2}"

    def holds(self, hops: list[Marked]) -> bool:
        """Whether the current hop is one of these; the first hop is as good as current before it."""
        return any(marked.index + 1 == max(1, self.cursor.hop) for marked in hops)

    def folded_leg(self, leg: Leg, number: int) -> Row:
        """A leg in one row: how many hops, how it ended and where."""
        last = leg.last
        end = f"{self.voice.word(last.verdict)} {last.reason}" if last.reason else self.voice.word(last.verdict)
        count = self.voice.word("hops-one" if len(leg.hops) == 1 else "hops-many", count=len(leg.hops))
        title = self._leg_title(leg)
        said = self.voice.cut(f"{self.voice.show(last.node)}: {end}", self.width - cells(title) - cells(count) - 3)
        role: Role = "drop" if last.reason is not None else "plain"
        return Row(
            (Span(title, "title"), Span(f" {count}  "), Span(said, role)),
            key=f"leg:{number}",
            foldable=True,
            folded=True,
        )

    def start(self) -> Iterator[Row]:
        """What to do first; it stands where the checks of the first hop will."""
        words = ["path-start-narrated" if self.narrated else "path-start-1", *(f"path-start-{number}" for number in range(2, WINDOW + 1))]
        for number, word in enumerate(words, 1):
            yield Row((Span(" " * _STEP_INDENT), Span(self.voice.cut(self.voice.word(word), self.width - _STEP_INDENT), "dim")), f"start:{number}", depth=1)

    def gone_leg(self, hops: list[Marked]) -> Row:
        """One row for a leg that no longer flies."""
        nodes = f" {self.voice.arrow} ".join(self.voice.show(marked.hop.node) for marked in hops)
        return Row((Span("-  ", "gone"), Span(self.voice.cut(nodes, self.width - 3), "gone")), key="gone")

    def hop(self, marked: Marked, leg_number: int) -> Iterator[Row]:
        """The hop's line, its route, its checks when it is the current one, and why the packet ended."""
        hop, voice = marked.hop, self.voice
        number = marked.index + 1
        words = hop_words(hop, marked.leg, voice)
        here = number == self.cursor.hop and marked.index >= 0
        key = f"hop:{number}" if marked.index >= 0 else f"gone:{leg_number}:{hop.node}:{words.did}"
        yield Row(self._hop_spans(marked, words, here), key=key, resource=hop.node, foldable=True, folded=not here)
        unfolded = here and (not self.short or hop.reason is not None)
        if words.route and not (unfolded and any(step.lookup for step in hop.steps)):
            role: Role = MARK_ROLES.get(marked.mark, "plain" if number <= self.cursor.hop or here else "dim")
            text = voice.cut(words.route, self.width - self.node_width - 4)
            yield Row(
                (Span(" " * (self.node_width + 4)), Span(text, "gone" if marked.mark == "-" else role)), key=f"{key}:route", depth=1, resource=hop.table or ""
            )
        if not here:
            return
        if unfolded:
            yield from self._steps(hop, number)
        else:
            yield from self._window(hop, number)

    def _hop_spans(self, marked: Marked, words: HopWords, here: bool) -> tuple[Span, ...]:
        hop, mark = marked.hop, marked.mark
        number = marked.index + 1
        bad = hop.reason is not None
        glyph = ">" if here else "x" if bad else "." if 0 < number < self.cursor.hop else " "
        role: Role = "gone" if mark == "-" else "drop" if bad else _verdict_role(hop.verdict)
        ttl = f"ttl {words.ttl}"
        room = self.width - self.node_width - 4 - max(cells(ttl), 7) - 1
        return (
            Span(mark or " ", MARK_ROLES.get(mark, "plain")),
            Span(glyph, "drop" if bad and not here else "current" if here else "plain"),
            Span(" "),
            Span(pad(self.voice.cut_middle(self.voice.show(hop.node), self.node_width), self.node_width), "gone" if mark == "-" else "id"),
            Span(" "),
            Span(pad(self.voice.cut(words.did, room), room), role),
            Span(" " + pad_left(ttl, max(cells(ttl), 7))),
        )

    def _window(self, hop: Hop, number: int) -> Iterator[Row]:
        """The current check in full, with those after and before it; at the head of the hop the first ones.  Always of one height."""
        rows = list(self._around(hop, number)) if self.cursor.step else list(self._first(hop, number))
        yield from rows
        yield from (Row((Span(" "),), f"blank:{number}:{at}", depth=1) for at in range(WINDOW - len(rows)))

    def _first(self, hop: Hop, number: int) -> Iterator[Row]:
        shown = len(hop.steps) if len(hop.steps) <= WINDOW else WINDOW - 1
        for at, step in enumerate(hop.steps[:shown], 1):
            yield from self._step(step, f"step:{number}:{at}", False)
        if shown < len(hop.steps):
            text = self.voice.word("checks-more", count=len(hop.steps) - shown)
            yield Row((Span(" " * _STEP_INDENT), Span(f"  {text}", "dim")), f"steps:{number}", depth=1, resource=hop.node)

    def _around(self, hop: Hop, number: int) -> list[Row]:
        current = self.cursor.step
        rows = list(self._step(hop.steps[current - 1], f"step:{number}:{current}", True))[:WINDOW]
        before, after = current - 1, current + 1
        while len(rows) < WINDOW and (before >= 1 or after <= len(hop.steps)):
            if after <= len(hop.steps):
                rows += self._step(hop.steps[after - 1], f"step:{number}:{after}", False)
                after += 1
            if before >= 1 and len(rows) < WINDOW:
                rows = [*self._step(hop.steps[before - 1], f"step:{number}:{before}", False), *rows]
                before -= 1
        return rows

    def _steps(self, hop: Hop, number: int) -> Iterator[Row]:
        """The checks of the current hop; the current check and the one that failed in full, the others in one line."""
        end = ending(hop, self.voice)
        for at, step in enumerate(hop.steps, 1):
            full = at == self.cursor.step or not step.passed
            yield from self._step(step, f"step:{number}:{at}", full)
        if end is not None:
            yield from self._ending(end, number)

    def _step(self, step: Step, key: str, full: bool) -> Iterator[Row]:
        voice = self.voice
        current = key == self.current
        text = sentence(step, voice) if full else step_words(step, voice)
        if step.choices and len(step.choices) > 1:
            text += f" (1/{len(step.choices)})"
        lines = wrap(text, self.width - _STEP_INDENT - 2) if full else [voice.cut(text, self.width - _STEP_INDENT - 2)]
        glyph = ("+" if step.passed else "x") if not step.warning else "!"
        role: Role = "drop" if not step.passed else "warn" if step.warning else "plain"
        resource = step.setting.partition(".")[0].partition("[")[0]
        lead = (Span(" "), Span(">" if current else " ", "current"), Span(" " * (_STEP_INDENT - 2)))
        glyph_role: Role = "drop" if glyph == "x" else "warn" if glyph == "!" else "plain"
        yield Row((*lead, Span(glyph, glyph_role), Span(" "), Span(lines[0], role)), key, depth=1, setting=step.setting, resource=resource)
        for extra, line in enumerate(lines[1:]):
            yield Row((Span(" " * (_STEP_INDENT + 2)), Span(line, role)), f"{key}:{extra}", depth=2, setting=step.setting)
        if full and step.warning:
            for extra, line in enumerate(wrap(warning_sentence(step, voice), self.width - _STEP_INDENT - 2)):
                yield Row((Span(" " * (_STEP_INDENT + 2)), Span(line, "warn")), f"{key}:w{extra}", depth=2)

    def _ending(self, end: Ending, number: int) -> Iterator[Row]:
        """Below the checks of a hop that ended the packet: reason, mends, the Analyzer's code."""
        voice = self.voice
        labels = [*(voice.word(name) for name in ("why", "mend", "advice", "analyzer")), "ICMP"]
        label_width = max(cells(label) for label in labels)
        indent = " " * (_STEP_INDENT + 2)
        room = self.width - len(indent) - label_width - 1

        def rows(label: str, text: str, role: Role, setting: str = "") -> Iterator[Row]:
            for at, line in enumerate(wrap(text, room)):
                shown = pad(label if at == 0 else "", label_width)
                yield Row((Span(indent), Span(shown, "dim"), Span(" "), Span(line, role)), f"end:{number}:{label}:{setting}:{at}", depth=2, setting=setting)

        if self.report:
            yield from rows(labels[4], self.report, "plain")
        for mend in end.mends:
            yield from rows(labels[1], voice.show(mend), "setting", place_of(mend))
        yield from rows(labels[0], end.explanation, "plain")
        if end.advice and not end.mends:
            yield from rows(labels[2], end.advice, "plain")
        if end.analyzer:
            yield from rows(labels[3], end.analyzer, "dim")


def step_words(step: Step, voice: Voice) -> str:
    """A check for one line: of a lookup the row that won, of anything else its sentence."""
    won = step.lookup.winner if step.lookup is not None else None
    if step.lookup is None or won is None or not step.passed:
        return sentence(step, voice)
    if step.lookup.table:
        return voice.word("by-route", table=step.lookup.table, route=won.destination, target=won.target)
    return voice.word("by-implicit-route" if step.lookup.kind == "implicit" else "by-guest-route", route=won.destination, target=won.target)


def place_of(change: str) -> str:
    """The place that a change in the change grammar alters: `rtb-app[0.0.0.0/0]=igw` alters `rtb-app[0.0.0.0/0]`."""
    depth = 0
    for at, character in enumerate(change):
        depth += (character == "[") - (character == "]")
        if character == "=" and depth <= 0:
            return change[: at - 1] if change[at - 1 : at] in ("+", "-") else change[:at]
    return change


def _verdict_role(verdict: Verdict) -> Role:
    return "pass" if verdict in (Verdict.DELIVERED, Verdict.EXITED) else "path"
