"""Words of the panes and texts in both languages; sentences about packets come from the rules, reasons from their table."""

from typing import Literal

Language = Literal["en", "ja"]

WORDS: dict[str, tuple[str, str]] = {
    # directions and verdicts
    "forward": ("forward", "往路"),
    "return": ("return", "復路"),
    "FORWARDED": ("forwards", "転送"),
    "DELIVERED": ("delivered", "到達"),
    "DROPPED": ("DROP", "破棄"),
    "LOOPED": ("LOOP", "ループ"),
    "EXITED": ("leaves the model", "モデルの外へ"),
    "STOPPED": ("STOPPED", "打ち切り"),
    # outcomes
    "ok": ("ok", "正常"),
    "asymmetric": ("asymmetric", "非対称"),
    "half-open": ("half-open", "ハーフオープン"),
    "outcome-ok": ("Works in both directions.", "往復とも正常に届く。"),
    "outcome-one-way": ("The packet arrives; no reply is expected.", "パケットは届く。応答は対象外。"),
    "outcome-asymmetric": (
        "Works, but the two directions do not share every stateful hop.",
        "届くが、往復で通るステートフルなホップが異なる。",
    ),
    "outcome-half-open": (
        "SYN and SYN/ACK pass, but the handshake does not finish.",
        "SYNとSYN/ACKは通るが、ハンドシェイクが完了しない。",
    ),
    "outcome-drop": ("The {carries} packet is dropped at {node} on the {direction} way.", "{direction}の{carries}パケットが{node}で破棄される。"),
    "outcome-loop": ("The {carries} packet circles at {node} on the {direction} way.", "{direction}の{carries}パケットが{node}でループする。"),
    "outcome-stop": (
        "vpctui stops at {node} on the {direction} way: what happens there is not modelled.",
        "{direction}の{node}で追跡を打ち切る。この先はモデル化されていない。",
    ),
    # what a hop did
    "forward-ended": ("forward:{reason}", "往路で{reason}"),
    "return-ended": ("return:{reason}", "復路で{reason}"),
    "sends-to": ("sends to {dst}", "{dst}へ送信"),
    "replies-to": ("replies to {dst}", "{dst}へ応答"),
    "delivered": ("delivered", "到達"),
    "delivered-port": ("delivered to port {port}", "ポート{port}に到達"),
    "forwards": ("forwards", "転送"),
    "passes": ("passes it on unchanged", "そのまま通す"),
    "dst-becomes": ("dst becomes {dst}", "宛先を{dst}に変換"),
    "src-becomes": ("src becomes {src}", "送信元を{src}に変換"),
    "both-become": ("becomes {src} → {dst}", "{src} → {dst}に変換"),
    "wraps": ("wraps it in {tunnel} to {dst}", "{tunnel}に包み{dst}へ"),
    "unwraps": ("unwraps {tunnel}", "{tunnel}から取り出す"),
    "by-route": ("{table}: {route} → {target}", "{table}：{route} → {target}"),
    "by-guest-route": ("guest table: {route} → {target}", "ゲストOSのルート：{route} → {target}"),
    "by-implicit-route": ("no edge table: {route} → {target}", "エッジルートテーブルなし：{route} → {target}"),
    "exits": ("leaves towards {end} (assumed)", "{end}へ出る（仮定）"),
    "same-way": ("the same {count} hops, delivered", "同じ{count}ホップを通り到達"),
    "unconsulted": ("no table asked", "テーブル参照なし"),
    # panes
    "path": ("path", "経路"),
    "tree": ("network", "構成"),
    "lookup": ("lookup", "ルート検索"),
    "header": ("header", "ヘッダ"),
    "outside": ("outside", "外部"),
    "on-path": ("on the path", "経路上"),
    "unchanged": ("as it is", "変更なし"),
    "edge": ("edge", "エッジ"),
    "hops-one": ("1 hop", "1ホップ"),
    "hops-many": ("{count} hops", "{count}ホップ"),
    "path-start-1": ("n next hop, p back", "n 次のホップ、p 戻る"),
    "path-start-narrated": ("n next step of the walkthrough, p back", "n 解説の次の手順、p 前の手順"),
    "path-start-2": (". check by check, , back", ". 判定を1つずつ、, 戻る"),
    "path-start-3": ("f what if, space flips, u undoes", "f もしも、space 切替、u 取消"),
    "checks-more": ("{count} more: . goes on", "ほか{count}件（.で進む）"),
    "more-rows": ("{count} more: / finds them", "ほか{count}件（/で検索）"),
    "rivals-more": ("more tables: / finds them", "ほかにもテーブルがある（/で検索）"),
    "finds-more": ("{count} more: type on", "ほか{count}件（続けて入力）"),
    "finds-uncounted": ("over {count} more: type on", "ほか{count}件以上（続けて入力）"),
    "uses-more": ("{count} more", "ほか{count}件"),
    "no-match": ("nothing contains {text}", "{text}を含むものはない"),
    "start": ("before the first hop", "最初のホップの前"),
    "hop-of": ("hop {hop}/{count}", "ホップ{hop}/{count}"),
    "check-of": ("check {step}/{count}", "判定{step}/{count}"),
    "changes-one": ("1 change ({undo} undoes)", "変更1件（{undo}で取消）"),
    "changes-many": ("{count} changes ({undo} undoes)", "変更{count}件（{undo}で取消）"),
    "changes-one-short": ("1 change ({undo})", "変更1件（{undo}）"),
    "changes-many-short": ("{count} changes ({undo})", "変更{count}件（{undo}）"),
    "changes-one-bare": ("1 change", "変更1件"),
    "changes-many-bare": ("{count} changes", "変更{count}件"),
    # drop block
    "why": ("why", "理由"),
    "all-obstacles": ("every obstacle, each with the ones before it mended", "すべての障害（手前のものに順に対処した場合）"),
    "obstacle": ("obstacle", "障害"),
    "assumptions": ("assumptions", "仮定"),
    "assumed-setting": ("{place} is {value}: assumed, because no API tells it", "{place}は{value}：APIでは分からないため仮定"),
    "assumed-reading": (
        "{place} is {value}: documents of AWS disagree or say nothing",
        "{place}は{value}：AWSの文書が食い違うか、記載がない",
    ),
    "mend": ("mend", "対処"),
    "cli": ("cli", "CLI"),
    "advice": ("fix", "対策"),
    "try": ("try", "対処"),
    "analyzer": ("analyzer", "Analyzer"),
    "reason": ("reason", "コード"),
    "evidence": ("seen", "根拠"),
    # lookup pane
    "lookup-of": ("{table}, for {asked}", "{table}、宛先{asked}"),
    "lookup-edge": ("{table} (edge of {owner}), for {asked}", "{table}（{owner}）、宛先{asked}"),
    "lookup-guest": ("guest table of {owner}, for {asked}", "{owner}のゲストOS、宛先{asked}"),
    "lookup-implicit": ("{owner} has no edge table: local, for {asked}", "{owner}にテーブルなし、宛先{asked}"),
    "lookup-transit": ("{table} (TGW), for {asked}", "{table}（TGW）、宛先{asked}"),
    "lookup-remote": ("routes behind {owner}, for {asked}", "{owner}の先のルート、宛先{asked}"),
    "lookup-none": ("this hop asks no route table", "このホップはルートテーブルを引かない"),
    "won": ("won with /{length}", "/{length}で選択"),
    "won-list": ("won", "選択"),
    "won-blackhole": ("won, but is a blackhole", "選択されたがblackhole"),
    "shorter": ("shorter than /{length}", "/{length}より短い"),
    "lost-local": ("propagated never beats local", "伝播ルートはlocalに勝てない"),
    "lost-to": ("lost to {origin}", "{origin}より優先度が低い"),
    "lost": ("ranks lower", "優先度が低い"),
    "differs": ("differs at bit {bit}", "ビット{bit}で不一致"),
    "differs-list": ("no entry covers it", "含むエントリなし"),
    "inactive": ("matches, but is {state}", "一致するが{state}"),
    "other-table": ("in another table", "別のテーブル"),
    "family-4": ("IPv4 route, IPv6 packet", "IPv4のルート（パケットはIPv6）"),
    "family-6": ("IPv6 route, IPv4 packet", "IPv6のルート（パケットはIPv4）"),
    "origin-local": ("local", "local"),
    "origin-static": ("static", "静的ルート"),
    "origin-prefix-list": ("prefix list", "プレフィックスリスト"),
    "origin-dx": ("Direct Connect", "Direct Connect"),
    "origin-propagated-static": ("static VPN", "静的VPN"),
    "origin-advertised": ("Route Server", "Route Server"),
    "origin-bgp": ("BGP", "BGP"),
    "origin-propagated": ("propagated", "伝播ルート"),
    "on-link": ("on link", "直結"),
    # header pane
    "as-it-leaves": ("as it leaves {node}", "{node}を出るとき"),
    "as-it-arrives": ("as it arrives at {node}", "{node}に着いたとき"),
    "as-it-ends": ("as it ends at {node}", "{node}で終わるとき"),
    "as-it-starts": ("as it is sent", "送信時"),
    "was": ("was", "前"),
    "inside": ("inside", "内側"),
    "bytes": ("bytes", "バイト列"),
    "fields": ("fields", "フィールド"),
    "no-packet": ("no packet yet", "パケットはまだない"),
    # ledger, side by side, map
    "ledger": ("header ledger", "ヘッダ台帳"),
    "logs": ("{node} logs {src}", "{node}のログに残る送信元：{src}"),
    "beside": ("forward and return", "往路と復路"),
    "sees-only": ("{node} sees only the {direction} direction", "{node}は{direction}しか通らない"),
    "would-mend": ("{change} would send the other one through it", "{change}とすれば両方向が通る"),
    "map": ("map", "地図"),
    # differences
    "difference": ("what differs", "違い"),
    "settings-differ": ("settings", "設定"),
    "blast": ("flows: {touched} of {count} touched", "フロー：{count}件中{touched}件に影響"),
    "path-of": ("path of {flow}", "{flow}の経路"),
    "other-path": ("another path or another check", "経路または判定が異なる"),
    "no-difference": ("no difference", "違いなし"),
    # explanations
    "why-not": ("why not {route}?", "なぜ{route}ではないのか"),
    "why-won": ("why {route}?", "なぜ{route}なのか"),
    "asked-for": ("{table} was asked for {asked}. This row: {note}", "{table}で{asked}を検索した結果：{note}"),
    "whole-table": ("all rows of {table}", "{table}の全ルート"),
    "rivals": ("other tables would say", "ほかのテーブルなら"),
    "rival-none": ("no route", "ルートなし"),
    "used-by-nobody": ("used by nobody", "未使用"),
    "used-in": ("where {node} is used", "{node}が使われている所"),
    "its-settings": ("its settings", "設定"),
    "flows": ("flows", "フロー"),
    "on-this-path": ("on this path", "この経路での登場"),
    "not-used": ("nothing else names it", "ほかから参照されていない"),
    "check": ("check", "判定"),
    "found": ("found", "結果"),
    "decided-by": ("decided", "決め手"),
    "looked-at": ("setting", "設定"),
    "sources": ("source", "出典"),
    "facts": ("facts", "値"),
    "remembered": ("remembers", "記憶"),
    "chosen-from": ("chosen", "選択肢"),
    "passed": ("passed", "通過"),
    "failed": ("did not pass", "不通過"),
    # legend
    "legend": ("signs", "記号"),
    "legend-current": ("where the packet is", "パケットの現在位置"),
    "legend-done": ("done", "通過済み"),
    "legend-drop": ("the packet ends here; a check that failed", "ここでパケットが終わる、通らなかった判定"),
    "legend-pass": ("a check that passed; in the first column: new after the change", "通過した判定。先頭の列では変更で新しくなったもの"),
    "legend-gone": ("gone after the change", "変更でなくなったもの"),
    "legend-changed": ("different after the change", "変更で変わったもの"),
    "legend-warn": ("a warning", "警告"),
    "legend-path": ("on the path (network)", "経路上（構成）"),
    # text and plain
    "question": ("question", "問い"),
    "verdict": ("verdict", "結果"),
    "changes": ("changes", "変更"),
    "warnings": ("warnings", "警告"),
    "hop": ("hop", "ホップ"),
    "steps": ("checks", "判定"),
    "rule": ("rule", "規則"),
    "source": ("source", "出典"),
    "from": ("from", "送信元"),
    "to": ("destination", "送信先"),
    "target": ("target", "ターゲット"),
    "scenario": ("scenario", "シナリオ"),
    "icmp-told": ("{sender} reports it by ICMP, and the report reaches the sender.", "{sender}がICMPで通知し、送信元に届く。"),
    "icmp-untold": ("{sender} reports it by ICMP, but the report does not reach the sender.", "{sender}がICMPで通知するが、送信元に届かない。"),
    "icmp-arrives": (
        "{sender} reports it by ICMP (MTU {mtu}), and the report reaches the sender.",
        "{sender}がICMP（MTU {mtu}）で通知し、送信元に届く。",
    ),
    "icmp-lost": (
        "{sender} reports it by ICMP (MTU {mtu}), but the report does not reach the sender.",
        "{sender}がICMP（MTU {mtu}）で通知するが、送信元に届かない。",
    ),
}
"""Every word by its key, English and Japanese; `{name}` is filled in by `word`."""

CARRIED: dict[str, tuple[str, str]] = {
    "data": ("data", "データ"),
    "ICMP echo": ("ICMP echo", "ICMPエコー要求"),
    "ICMP echo reply": ("ICMP echo reply", "ICMPエコー応答"),
}
"""What a leg carries, where that is a word and not the name of a protocol or of its flags."""

SETTINGS: dict[str, tuple[str, str]] = {
    "source_dest_check": ("check", "チェック"),
    "public_ip": ("public", "公開IP"),
    "security_groups": ("groups", "SG"),
    "route_table": ("table", "テーブル"),
    "network_acl": ("acl", "ACL"),
    "instance": ("attached", "接続先"),
    "state": ("state", "状態"),
    "ip_forward": ("ip_forward", "ip_forward"),
    "propagating_vgws": ("propagates", "伝播元"),
    "block_public_access": ("BPA", "BPA"),
    "block_public_access_exclusion": ("BPA exempt", "BPA除外"),
    "main_route_table": ("main table", "メインテーブル"),
    "secondary_private_ips": ("more IPs", "追加IP"),
    "ingress": ("in", "受信"),
    "egress": ("out", "送信"),
    "preserve_client_ip": ("client IP", "クライアントIP"),
    "appliance_mode": ("appliance mode", "アプライアンス"),
}
"""Short names of settings for narrow places; a setting that is not here is called as in the file."""


def word(key: str, language: Language = "en", **facts: object) -> str:
    """A word or phrase with its facts filled in.  Raises KeyError for an unknown key: that is a mistake of ours."""
    text = WORDS[key][language == "ja"]
    return text.format_map(facts) if facts else text


def carried(carries: str, language: Language = "en") -> str:
    """What a leg carries."""
    known = CARRIED.get(carries)
    return known[language == "ja"] if known else carries


def setting_name(name: str, language: Language = "en") -> str:
    """What a setting is called where there is little room."""
    known = SETTINGS.get(name)
    return known[language == "ja"] if known else name
