"""The commands of the line dialogue and what it says, in both languages."""

from msgspec import Struct


class Command(Struct, frozen=True):
    """One command: its names, the first one the usual; what may follow; what it does."""

    names: tuple[str, ...]
    takes: str
    help: tuple[str, str]
    changes: bool = False


COMMANDS: tuple[Command, ...] = (
    Command(("next", "n"), "[COUNT]", ("next hop", "次のホップへ")),
    Command(("back", "p", "previous"), "[COUNT]", ("previous hop", "前のホップへ")),
    Command(("check", "."), "[COUNT]", ("next check inside the hop", "ホップの中の次の判定へ")),
    Command(("uncheck", ","), "[COUNT]", ("previous check", "前の判定へ")),
    Command(("first", "g"), "", ("to the start", "最初へ")),
    Command(("last", "G"), "", ("to the end", "最後へ")),
    Command(("hop",), "NUMBER", ("to that hop", "その番号のホップへ")),
    Command(("return", "r"), "", ("the same component in the other direction", "逆方向の同じ機器へ")),
    Command(("where", "w"), "", ("question, outcome, place", "問い、結果、現在位置")),
    Command(("path",), "", ("all hops", "全ホップ")),
    Command(("trace",), "", ("everything in sentences: all hops with their checks", "全体を文で：全ホップとその判定")),
    Command(("checks",), "", ("all checks of this hop", "このホップの全判定")),
    Command(("lookup", "l"), "", ("the table that this hop asked, and why each route won or lost", "このホップが引いたテーブルと各ルートの勝敗の理由")),
    Command(("header", "i"), "", ("the IP header, and what changed in it", "IPヘッダと変わったフィールド")),
    Command(("explain", "e"), "[ID]", ("the check here, or where a resource is used", "ここの判定、またはリソースが使われている所")),
    Command(("settings",), "[ID]", ("what can be changed on a resource", "リソースの変更できる設定")),
    Command(("set", "change"), "CHANGE", ("make a change, such as eni-fw.source_dest_check=on", "変更する。例：eni-fw.source_dest_check=on"), True),
    Command(
        ("what", "f", "options"),
        "[PLACE]",
        ("changes that matter here, or the values of a setting, each with its outcome", "ここで意味のある変更、または設定の値と、それぞれの結果"),
    ),
    Command(("undo", "u"), "", ("take back the last change", "最後の変更を取り消す"), True),
    Command(("redo", "U"), "", ("make it again", "取り消した変更をやり直す"), True),
    Command(("reset", "="), "", ("back to the network of the file", "ファイルの状態に戻す"), True),
    Command(("flow", "t"), "[NAME]", ("list the flows, or ask one", "フローの一覧、またはフローを選ぶ")),
    Command(("report", "Y"), "", ("the whole trace as text", "トレース全体をテキストで出す")),
    Command(("help", "?"), "", ("these commands", "コマンドの一覧")),
    Command(("quit", "q", "exit"), "", ("leave", "終了")),
)

PLAIN: dict[str, tuple[str, str]] = {
    "help-hint": ("Type help for the commands.", "helpでコマンドの一覧を表示する。"),
    "unknown": ("Unknown command: {text}. Known are: {known}.", "不明なコマンド：{text}。使えるもの：{known}。"),
    "read-only": ("Read-only: nothing is changed.", "読み取り専用のため変更できない。"),
    "changed": ("Changes: {changes}.", "変更：{changes}。"),
    "before-first": ("Before the first of {count} hops.", "全{count}ホップの最初の前。"),
    "at-hop": ("Hop {hop} of {count}, {node}, {direction} {carries}:", "ホップ{hop}/{count}、{node}、{direction}の{carries}："),
    "at-check": ("Check {step} of {count} at {node} {verdict}:", "{node}の判定{step}/{count}、{verdict}："),
    "checks": ("Checks: {count}.", "判定：{count}件。"),
    "at-first": ("Already at the start.", "すでに最初にいる。"),
    "at-last": ("Already at the end.", "すでに最後にいる。"),
    "no-other": ("This component is not on the way in the other direction.", "この機器は逆方向の経路にない。"),
    "no-hop": ("No hop {text}: there are {count}.", "ホップ{text}はない（全{count}）。"),
    "no-checks": ("No checks here.", "ここに判定はない。"),
    "no-settings": ("Nothing can be changed on {node}.", "{node}に変更できる設定はない。"),
    "nothing-known": ("Nothing is known of {node}.", "{node}についての情報はない。"),
    "set-what": ("Set what? For example: set eni-fw.source_dest_check=on.", "何を変更するか指定する。例：set eni-fw.source_dest_check=on"),
    "same": ("{change}: nothing changed.", "{change}：変化なし。"),
    "outcome-same": ("The outcome is still {now}.", "結果は{now}のまま。"),
    "outcome-changed": ("The outcome was {was}, now it is {now}.", "結果は{was}から{now}に変わった。"),
    "refused": ("Refused.", "拒否された。"),
    "try": ("Try: {hint}", "対処：{hint}"),
    "untried": ("not tried", "未計算"),
    "alters": ("also alters {flows}", "ほかに変わるフロー：{flows}"),
    "no-options": ("No change matters here.", "ここで意味のある変更はない。"),
    "undone": ("Undone", "取り消した"),
    "redone": ("Made again", "やり直した"),
    "was-reset": ("Back to the file", "ファイルの状態に戻した"),
    "nothing-to-undo": ("Nothing to undo.", "取り消す変更はない。"),
    "nothing-to-redo": ("Nothing to redo.", "やり直す変更はない。"),
}
