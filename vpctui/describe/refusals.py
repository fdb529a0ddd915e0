"""Refused changes in the language of the reader.

The words of the AWS API stay as AWS says them, in English; what vpctui says itself, its hints and its own messages, is told in Japanese by
the tables below.  A hint that is a change, an id or a block needs no translation and is left as it is.
"""

import re

from vpctui.describe.voice import Voice
from vpctui.exploration import Refusal
from vpctui.reasons import reasons

_GENERAL = ("QUERY_INVALID", "UNKNOWN_RESOURCE")
"""Codes that say less than the message."""

HINTS: tuple[tuple[str, str], ...] = (
    ("one of {of}", "{of}のもの"),
    ("name another table", "別のルートテーブルを指定する"),
    ("disassociate the gateway first", "先にゲートウェイの関連付けを解除する"),
    ("local, a network interface or a Gateway Load Balancer endpoint", "local、ネットワークインターフェイス、またはGateway Load Balancerエンドポイント"),
    ("a Gateway Load Balancer endpoint, or an instance's interface", "Gateway Load Balancerエンドポイント、またはインスタンスのインターフェイス"),
    ("a network interface", "ネットワークインターフェイス"),
    ("use an internet gateway or a virtual private gateway", "インターネットゲートウェイまたは仮想プライベートゲートウェイを使う"),
    ("{change}, or another table", "{change}、または別のルートテーブル"),
    ("make a separate table for the gateway", "ゲートウェイ用のルートテーブルを別に作る"),
    ("write the CIDRs", "CIDRを直接書く"),
    ("inside {blocks}: the whole block, or one whole subnet", "{blocks}の中で、ブロック全体または1つのサブネット全体"),
    ("an interface of {vpc}", "{vpc}のインターフェイス"),
    ("a table of the VPC that the gateway is attached to", "ゲートウェイがアタッチされているVPCのルートテーブル"),
    ("a table of {vpc}", "{vpc}のルートテーブル"),
    ("the deny list of a target", "ターゲットのdenyを変更する"),
    ("an appliance", "アプライアンス"),
    ("it belongs to {owner}", "{owner}が管理している"),
    ("another address", "別のアドレス"),
    ("attach an internet gateway to {vpc}", "{vpc}にインターネットゲートウェイをアタッチする"),
    ("a public address", "パブリックアドレス"),
    ("a group of {vpc}", "{vpc}のセキュリティグループ"),
    ("move a secondary interface", "セカンダリインターフェイスを移す"),
    ("an instance of the same zone; to cross zones replace the routes", "同じゾーンのインスタンス。ゾーンをまたぐときはルートを置き換える"),
    ("an address of {cidr}", "{cidr}のアドレス"),
    ("{setting}, PRIVATE one of {held}", "{setting}（PRIVATEは{held}のどれか）"),
    ("a TCP listener", "TCPのリスナー"),
    ("a block that AWS lets join, beside the others", "AWSが追加を許し、既存のブロックと重ならないブロック"),
    ("a secondary block", "セカンダリのブロック"),
    ("a block without subnets; {subnet} uses this one", "サブネットのないブロック（このブロックは{subnet}が使用中）"),
    ("an interface, a NAT gateway or a Gateway Load Balancer endpoint", "インターフェイス、NATゲートウェイ、またはGateway Load Balancerエンドポイント"),
    (
        "replace its target by an interface, a NAT gateway or a Gateway Load Balancer endpoint",
        "ターゲットをインターフェイス、NATゲートウェイ、またはGateway Load Balancerエンドポイントに置き換える",
    ),
    ("another destination", "別の送信先"),
    ("something of {vpc}", "{vpc}のもの"),
    ("attach {vpc} first", "先に{vpc}をアタッチする"),
    ("attach {gateway} to {vpc}", "{gateway}を{vpc}にアタッチする"),
    ("a Gateway Load Balancer endpoint", "Gateway Load Balancerエンドポイント"),
    (
        "a network interface, a gateway or a Gateway Load Balancer endpoint",
        "ネットワークインターフェイス、ゲートウェイ、またはGateway Load Balancerエンドポイント",
    ),
    ("propagate into the subnet's table instead", "代わりにサブネットのルートテーブルへ伝播させる"),
    ("a subnet of {vpc}", "{vpc}のサブネット"),
    ("the attachment of the appliance's VPC", "アプライアンスのVPCのアタッチメント"),
    ("announce the prefix at the customer gateway", "カスタマーゲートウェイでプレフィックスを広告する"),
    ("it has only those of its interfaces", "インターフェイスのルートしかない"),
    ("did you mean {change}?", "もしかして：{change}"),
    ("settings: {names}", "設定：{names}"),
    ("name the interface: {change}", "インターフェイスを指定する：{change}"),
    ("write PLACE=VALUE, for example {change}", "PLACE=VALUEの形で書く。例：{change}"),
    ("write RESOURCE.SETTING=VALUE or TABLE[DESTINATION]=TARGET", "RESOURCE.SETTING=VALUEまたはTABLE[DESTINATION]=TARGETの形で書く"),
    ("{change} first", "先に{change}"),
)

MESSAGES: tuple[tuple[str, str], ...] = (
    ("{text} is not a change", "{text}は変更として読めない"),
    ("spaces around {operator} in {text}", "{text}の{operator}の前後に空白がある"),
    ("unknown resource {name}", "リソース{name}は存在しない"),
    ("unknown setting {setting} of {resource}", "{resource}に設定{setting}はない"),
    ("unknown flow {name}", "フロー{name}は存在しない"),
    ("{resource} has several interfaces: {names}", "{resource}には複数のインターフェイスがある：{names}"),
    ("{place} takes {form}", "{place}は{form}の形で書く"),
    ("{vpc} has no subnet in zone {zone}", "{vpc}のゾーン{zone}にサブネットはない"),
    ("an entry has a number from 1 to 32766, found {place}", "エントリの番号は1から32766まで：{place}"),
    ("{machine} has no written route to {destination}", "{machine}に{destination}への設定済みルートはない"),
    ("{machine} listens on every port", "{machine}はすべてのポートで待ち受けている"),
    ("{value} is not a target of {balancer}", "{value}は{balancer}のターゲットではない"),
    ("write {form} or {other}", "{form}または{other}の形で書く"),
    ("write {form}", "{form}の形で書く"),
    ("{connection} has tunnels 1 to {count}", "{connection}のトンネルは1から{count}まで"),
    ("a tunnel is up or down", "トンネルの値はupまたはdown"),
    ("{text} is not a choice", "{text}は選択として読めない"),
    ("{component} does not choose {value}", "{component}の選択肢に{value}はない"),
    ("{component} chooses among equals in no flow", "{component}が同等の候補から選ぶフローはない"),
)


def hint(refusal: Refusal, voice: Voice) -> str:
    """What would make the change legal; empty where nobody knows."""
    told = _told(refusal.hint, HINTS) if voice.language == "ja" else None
    return voice.show(told if told is not None else _listed(refusal.hint, voice))


def message(refusal: Refusal, voice: Voice) -> str:
    """Why it is refused: the API's words, or ours."""
    told = _told(refusal.message, MESSAGES) if voice.language == "ja" and not refusal.error else None
    return voice.show(told if told is not None else refusal.message)


def meaning(refusal: Refusal, voice: Voice) -> str:
    """What the API's English words mean, for a reader of Japanese; empty where the message says it already."""
    known = reasons().get(refusal.reason) if refusal.error and voice.language == "ja" and refusal.reason not in _GENERAL else None
    return voice.show(known.explanation("ja")) if known else ""


def _told(text: str, table: tuple[tuple[str, str], ...]) -> str | None:
    for english, japanese in table:
        found = re.fullmatch(_pattern(english), text)
        if found:
            return japanese.format_map(found.groupdict())
    return None


def _pattern(english: str) -> str:
    parts = re.split(r"\{(\w+)\}", english)
    return "".join(f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))


def _listed(text: str, voice: Voice) -> str:
    """Ids or blocks to choose from, joined as the language joins them."""
    choices = text.split(" or ")
    return "または".join(choices) if voice.language == "ja" and not any(" " in choice for choice in choices) else text
