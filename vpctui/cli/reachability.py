"""`vpctui compare-ra FILE SCENARIO`: an analysis of AWS Reachability Analyzer beside our trace of the same flow."""

import argparse
import json
import sys
from collections.abc import Iterator

from msgspec import Struct

from vpctui.cli.beginning import exploration
from vpctui.cli.files import read_bytes
from vpctui.cli.folders import load_any
from vpctui.cli.outcome import DIFFERS, GOOD, Failed
from vpctui.cli.tracing import wants_colour
from vpctui.describe.hops import hop_words
from vpctui.describe.json import escaped
from vpctui.describe.question import question_line
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad
from vpctui.exploration import Exploration
from vpctui.interop.alignment import Beside, Codes, align, codes, reasons_for
from vpctui.interop.reachability import Analysis, PathComponent, Unreadable, question, read_analyses
from vpctui.scenario.scenario import Scenario
from vpctui.trace import Leg

LEFT = 44
WORDS = {
    "found": ("path found", "経路あり"),
    "not-found": ("no path", "経路なし"),
    "arrives": ("arrives", "届く"),
    "dies": ("does not arrive", "届かない"),
    "verdicts": ("verdict", "判定"),
    "codes": ("explanation", "説明コード"),
    "no-codes": ("none", "なし"),
    "only-theirs": ("not on our path", "vpctuiの経路にない"),
    "only-ours": ("not in the analysis", "分析結果にない"),
    "route": ("route differs: {theirs} there, {ours} here", "ルートが違う：分析は{theirs}、vpctuiは{ours}"),
    "header": ("header differs: {theirs} there", "ヘッダが違う：分析は{theirs}"),
    "no-return": ("the analysis has no return path", "分析結果に復路がない"),
    "same": ("Both agree.", "両者は一致する。"),
    "differ": ("They differ.", "両者は異なる。"),
    "unfinished": ("{id}: {status} {message}: nothing to compare", "{id}：{status} {message}：比較するものがない"),
}


class Side(Struct, frozen=True):
    """One analysis beside its trace."""

    analysis: Analysis
    asked: Exploration
    directions: tuple[tuple[str, tuple[Beside, ...]], ...]
    codes: Codes

    @property
    def arrives(self) -> bool:
        """Whether our conversation works, as Reachability Analyzer counts it: both ways."""
        return self.asked.conversation.outcome in ("ok", "asymmetric")

    @property
    def agrees(self) -> bool:
        """Whether verdict, path and codes are the same."""
        path = all(row.agrees for _, rows in self.directions for row in rows) if self.analysis.network_path_found else True
        return self.arrives == self.analysis.network_path_found and path and self.codes.agree


def compare_ra(options: argparse.Namespace) -> int:
    """Print the comparison; 0 where verdict, path and codes agree, 1 where they do not."""
    colour = wants_colour(options.color, sys.stderr.isatty())
    voice = Voice(options.lang or "en", options.ascii)
    scenario = load_any(options.scenario, colour=colour)
    sides = [_side(analysis, scenario, options) for analysis in _analyses(options, voice)]
    if options.format == "json":
        sys.stdout.write(
            escaped(json.dumps({"format": "vpctui.compare-ra/1", "analyses": [_json(side) for side in sides]}, ensure_ascii=False, indent=2)) + "\n"
        )
    else:
        sys.stdout.write("\n".join(line for side in sides for line in _lines(side, voice)) + "\n")
    return GOOD if all(side.agrees for side in sides) else DIFFERS


def _analyses(options: argparse.Namespace, voice: Voice) -> list[Analysis]:
    """The analyses that are asked for and finished.  Raises Failed."""
    try:
        found = read_analyses(read_bytes(options.file))
    except Unreadable as why:
        raise Failed(f"{options.file}: {why}") from None
    wanted = [each for each in found if options.analysis in ("", each.network_insights_analysis_id)]
    if not wanted:
        raise Failed(f"{options.file}: no analysis {options.analysis}; there are " + ", ".join(each.network_insights_analysis_id for each in found))
    for each in wanted:
        if each.status not in ("", "succeeded"):
            facts = {"id": each.network_insights_analysis_id, "status": each.status, "message": each.status_message}
            sys.stderr.write(f"vpctui: {_say(voice, 'unfinished', **facts)}\n")
    finished = [each for each in wanted if each.status in ("", "succeeded")]
    if not finished:
        raise Failed(f"{options.file}: no analysis has succeeded")
    return finished


def _side(analysis: Analysis, scenario: Scenario, options: argparse.Namespace) -> Side:
    asked = _asked(analysis, scenario, options)
    legs = asked.conversation.legs
    back = next((at for at, leg in enumerate(legs) if leg.direction == "return"), None)
    directions = [("forward", align(analysis.forward_path_components, legs[0], asked.network))]
    if back is not None and analysis.return_path_components:
        first = 1 + sum(len(leg.hops) for leg in legs[:back])
        directions.append(("return", align(analysis.return_path_components, legs[back], asked.network, first)))
    return Side(analysis, asked, tuple(directions), codes(analysis, asked.conversation))


def _asked(analysis: Analysis, scenario: Scenario, options: argparse.Namespace) -> Exploration:
    """The exploration of the flow.  Raises Failed; about a flow that nobody typed it names the analysis."""
    asked = _with_question(analysis, scenario, options)
    try:
        return exploration(scenario, asked)
    except Failed as error:
        if asked is options:
            raise
        raise Failed(f"{analysis.network_insights_analysis_id}: {error.text}", error.status) from error


def _with_question(analysis: Analysis, scenario: Scenario, options: argparse.Namespace) -> argparse.Namespace:
    """The flow of the options, else the one that was analysed.  Raises Failed where neither is known."""
    if options.flow or options.sender or options.to:
        return options
    told = question(analysis)
    sender = scenario.network.get(told["from"]) if told else None
    if told is None or sender is None:
        why = f"{told['from']} is not in {scenario.name}" if told else "the path does not tell it"
        raise Failed(f"{analysis.network_insights_analysis_id}: which flow was analysed? {why}; name it with --flow, or --from and --to")
    fields = {"sender": told["from"], "to": told["to"], "protocol": told["protocol"], "source_ip": told.get("source_ip")}
    return argparse.Namespace(**{**vars(options), **fields})


def _say(voice: Voice, key: str, **facts: object) -> str:
    return voice.show(WORDS[key][voice.language == "ja"].format(**facts))


def _lines(side: Side, voice: Voice) -> Iterator[str]:
    analysis, conversation = side.analysis, side.asked.conversation
    yield f"{voice.show(analysis.network_insights_analysis_id)}{voice.colon}{question_line(conversation, voice)}"
    theirs = _say(voice, "found" if analysis.network_path_found else "not-found")
    ours = f"{_say(voice, 'arrives' if side.arrives else 'dies')} ({voice.show(conversation.outcome)})"
    yield _row(side.arrives == analysis.network_path_found, f"{_say(voice, 'verdicts')}{voice.colon}{theirs}", ours)
    yield from _codes(side.codes, voice)
    for direction, rows in side.directions:
        leg = next(leg for leg in conversation.legs if leg.direction == direction)
        yield ""
        yield f"  {pad(f'{voice.word(direction)} Reachability Analyzer', LEFT)}{voice.show('vpctui')}"
        for row in rows:
            yield from _beside(row, leg, voice)
    if len(side.directions) == 1 and any(leg.direction == "return" for leg in conversation.legs) and side.analysis.network_path_found:
        yield ""
        yield f"  {_say(voice, 'no-return')}"
    yield ""
    yield _say(voice, "same" if side.agrees else "differ")


def _row(agrees: bool, left: str, right: str) -> str:
    shown = pad(left, LEFT) if cells(left) < LEFT else left + "  "
    return f"{' ' if agrees else '!'} {shown}{right}".rstrip()


def _codes(told: Codes, voice: Voice) -> Iterator[str]:
    if not told.theirs and told.ours is None:
        return
    ours = f"{told.ours} ({', '.join(told.ours_reachability) or _say(voice, 'no-codes')})" if told.ours else _say(voice, "no-codes")
    for at, each in enumerate(told.theirs or (None,)):
        left = _say(voice, "no-codes") if each is None else each.code
        where = "" if each is None or not each.components else f" {each.components[0].names[0]}"
        yield _row(told.agree, f"{_say(voice, 'codes')}{voice.colon}{voice.show(left + where)}", ours if at == 0 else "")
        if each is not None and told.ours not in reasons_for(each.code):
            yield f"    {voice.show(each.code)} = {', '.join(reasons_for(each.code)) or _say(voice, 'no-codes')}"


def _beside(row: Beside, leg: Leg, voice: Voice) -> Iterator[str]:
    right = ""
    if row.hop is not None:
        right = f"{row.number} {voice.show(row.hop.node)}{voice.colon}{'; '.join(hop_words(row.hop, leg, voice).lines)}"
    if row.hop is None:
        yield _row(False, _component(row.components[0], voice), _say(voice, "only-theirs"))
    elif not row.components:
        yield _row(row.agrees, "" if row.agrees else f"({_say(voice, 'only-ours')})", right)
    for at, each in enumerate(row.components if row.hop is not None else ()):
        yield _row(each not in row.headers, _component(each, voice), right if at == 0 else "")
        if each in row.headers:
            header = each.outbound_header or each.inbound_header
            ends = f"{', '.join(header.source_addresses)} → {', '.join(header.destination_addresses)}" if header else ""
            yield f"!     {_say(voice, 'header', theirs=ends)}"
    for theirs, ours in row.routes:
        yield f"!     {_say(voice, 'route', theirs=theirs, ours=ours or '-')}"


def _component(each: PathComponent, voice: Voice) -> str:
    name = next(iter(each.component.names), "?")
    return voice.show(f"{each.sequence_number} {name} {each.detail}".strip())


def _json(side: Side) -> dict[str, object]:
    return {
        "analysis": side.analysis.network_insights_analysis_id,
        "flow": side.asked.conversation.flow,
        "agrees": side.agrees,
        "network_path_found": side.analysis.network_path_found,
        "outcome": side.asked.conversation.outcome,
        "explanations": [{"code": each.code, "reasons": list(reasons_for(each.code))} for each in side.codes.theirs],
        "reason": side.codes.ours,
        "reachability_codes": list(side.codes.ours_reachability),
        "paths": {direction: [_row_json(row) for row in rows] for direction, rows in side.directions},
    }


def _row_json(row: Beside) -> dict[str, object]:
    return {
        "hop": row.number or None,
        "node": row.hop.node if row.hop else None,
        "components": [{"sequence_number": each.sequence_number, "id": next(iter(each.component.names), "")} for each in row.components],
        "agrees": row.agrees,
    }
