"""`vpctui forecast`: what `tcpdump` and the VPC flow logs would show of a flow, as a forecast to hold against the real ones."""

import argparse
import json
import sys
from collections.abc import Iterator

from msgspec import Struct

from vpctui.cli.beginning import exploration
from vpctui.cli.files import load
from vpctui.cli.outcome import GOOD, NOT_MODELLED
from vpctui.cli.tracing import wants_colour
from vpctui.describe.json import escaped
from vpctui.describe.question import question_line
from vpctui.describe.sentences import outcome_sentence, sentence
from vpctui.describe.text import verdict_words
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration
from vpctui.interop.flow_log import DEFAULT_FIELDS, FIELDS, FORMAT, Record, logged, records
from vpctui.interop.observation import Sighting, failed, sightings
from vpctui.interop.tcpdump import Watch, watches
from vpctui.trace import Verdict

WORDS = {
    "what": (
        "A forecast from the scenario, not a measurement: where the real capture or log differs, the account differs from the file.",
        "シナリオからの予測であり、実測ではない。実際のキャプチャやログと違うなら、アカウントとファイルに差がある。",
    ),
    "placeholders": (
        "What stands in <…> cannot be known in advance: account and times; sequence numbers; <ENI> in a line of tcpdump is the guest's own name of "
        "that interface (ip link). Ephemeral ports will be others. Packets and bytes are those of the traced packets alone.",
        "<…>は事前には分からない値：アカウントと時刻、シーケンス番号。tcpdumpの行の<ENI>は、ゲストでのそのインターフェイスの名前（ip link）。"
        "エフェメラルポートも実際には異なる。パケット数とバイト数は、追跡したパケットの分だけ。",
    ),
    "in-guest": ("in {node}", "{node}で"),
    "prints": ("prints", "表示"),
    "nothing": ("prints nothing: {why}", "何も表示しない：{why}"),
    "kept": ("does not print {src} > {dst}: {why}", "{src} > {dst}は表示しない：{why}"),
    "no-instance": ("No instance is on the path: there is no guest to run tcpdump in.", "経路上にインスタンスがなく、tcpdumpを実行できるゲストがない。"),
    "flow-logs": ("VPC flow log records", "VPCフローログのレコード"),
    "default": ("version 2, the default format", "バージョン2（デフォルト形式）"),
    "custom": ("the same with further fields: --log-format", "フィールドを追加した形式：--log-format"),
    "no-record": ("No interface writes a record.", "レコードを書くインターフェイスはない。"),
    "lost": (
        "{eni} writes no record of {src} > {dst}: {why}. Flow logs know security groups and network ACLs alone (R-282).",
        "{eni}に{src} > {dst}のレコードはない：{why}。フローログが扱うのはセキュリティグループとネットワークACLだけ（R-282）。",
    ),
    "unlogged": (
        "{src} > {dst} is in no record: flow logs leave out link-local services, time and DHCP.",
        "{src} > {dst}のレコードはない：リンクローカルのサービス、時刻同期、DHCPはフローログの対象外。",
    ),
    "nitro": (
        "traffic-path 8 is an internet gateway on Nitro-based instances; on others it is 2.",
        "traffic-pathの8はNitroベースのインスタンスでのインターネットゲートウェイ。それ以外では2。",
    ),
    "attachments": (
        "The interfaces of the transit gateway's attachments write records too; their ids are not in the scenario.",
        "トランジットゲートウェイのアタッチメントのインターフェイスもレコードを書くが、そのIDはシナリオにない。",
    ),
}


class Forecast(Struct, frozen=True):
    """What is forecast for one flow."""

    seen: tuple[Sighting, ...]
    watches: tuple[Watch, ...]
    records: tuple[Record, ...]


def forecast(options: argparse.Namespace) -> int:
    """Print the forecast; 3 where the model stops before the packet does."""
    scenario = load(options.scenario, colour=wants_colour(options.color, sys.stderr.isatty()))
    asked = exploration(scenario, options)
    voice = Voice(options.lang or "en", options.ascii)
    seen = sightings(asked.conversation, asked.network)
    told = Forecast(seen, watches(seen), records(seen, asked.network))
    sys.stdout.write(_json(asked, told, voice) if options.format == "json" else "\n".join(_lines(asked, told, voice)) + "\n")
    return NOT_MODELLED if asked.conversation.legs[-1].verdict is Verdict.STOPPED else GOOD


def _say(voice: Voice, key: str, **facts: object) -> str:
    return voice.show(WORDS[key][voice.language == "ja"].format(**facts))


def _lines(asked: Exploration, told: Forecast, voice: Voice) -> Iterator[str]:
    yield f"{voice.show(asked.name)}{voice.colon}{question_line(asked.conversation, voice)}"
    yield f"{verdict_words(asked.conversation, voice)}{voice.colon}{outcome_sentence(asked.conversation, voice)}"
    yield _say(voice, "what")
    yield from _guests(told, voice)
    yield from _logs(told, voice)
    yield ""
    for note in _notes(told, voice):
        yield f"- {note}"


def _guests(told: Forecast, voice: Voice) -> Iterator[str]:
    for watch in told.watches:
        yield ""
        yield _say(voice, "in-guest", node=watch.node)
        yield f"  $ {voice.show(watch.command)}"
        for line in watch.lines:
            yield f"    {voice.show(line)}"
        for seen in watch.refused:
            why = _why(seen, voice)
            facts = {"src": seen.packet.socket("src"), "dst": seen.packet.socket("dst"), "why": why}
            yield "    " + (_say(voice, "kept", **facts) if watch.lines else _say(voice, "nothing", why=why))
    if not told.watches:
        yield ""
        yield _say(voice, "no-instance")


def _logs(told: Forecast, voice: Voice) -> Iterator[str]:
    yield ""
    if not told.records:
        yield _say(voice, "no-record")
        return
    yield f"{_say(voice, 'flow-logs')}{voice.colon}{_say(voice, 'default')}"
    for record in told.records:
        yield "  " + voice.show(" ".join(list(record.fields().values())[: len(DEFAULT_FIELDS)]))
    yield ""
    yield f"{_say(voice, 'custom')} '{FORMAT}'"
    for record in told.records:
        yield f"  {voice.show(record.text)}"


def _why(seen: Sighting, voice: Voice) -> str:
    """The check that refused a packet, in its own sentence."""
    for hop in (seen.hop, *seen.after[:1]):
        step = failed(hop)
        if step is not None and (step.rule == seen.rule or not seen.rule):
            return sentence(step, voice)
    return seen.rule


def _notes(told: Forecast, voice: Voice) -> Iterator[str]:
    yield _say(voice, "placeholders")
    for seen in told.seen:
        ends = {"src": seen.packet.socket("src"), "dst": seen.packet.socket("dst")}
        if seen.interface and not logged(seen.packet):
            yield _say(voice, "unlogged", **ends)
        elif seen.interface and seen.fate == "lost":
            yield _say(voice, "lost", eni=seen.point, why=_why(seen, voice), **ends)
    if any(record.path == "8" for record in told.records):
        yield _say(voice, "nitro")
    if any(seen.hop.kind == "transit_gateway" for seen in told.seen):
        yield _say(voice, "attachments")


def _json(asked: Exploration, told: Forecast, voice: Voice) -> str:
    document = {
        "format": "vpctui.forecast/1",
        "scenario": asked.name,
        "flow": asked.conversation.flow,
        "changes": list(asked.changes),
        "outcome": asked.conversation.outcome,
        "tcpdump": [{"node": watch.node, "command": watch.command, "prints": list(watch.lines)} for watch in told.watches],
        "flow_log_fields": list(FIELDS),
        "flow_log": [record.fields() for record in told.records],
        "notes": list(dict.fromkeys(_notes(told, voice))),
    }
    return escaped(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"
