"""Every action a person can take, with its keys: bindings, key bar, help, completion, docs/keys.md and user keymaps come from this table.

Key names: the character itself, or `space`, `enter`, `tab`, `shift+tab`, `escape`, `up`, `pageup`, `home`, `ctrl+r` and so on.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Group = Literal["moving", "changing", "seeing", "teaching", "pane", "leaving"]
GROUPS: tuple[Group, ...] = ("moving", "changing", "seeing", "teaching", "pane", "leaving")
GROUP_NAMES: dict[Group, tuple[str, str]] = {
    "moving": ("Walk with the packet", "パケットをたどる"),
    "changing": ("Change the network", "ネットワークを変える"),
    "seeing": ("Ask and look", "調べる"),
    "teaching": ("Teach and learn", "教える・学ぶ"),
    "pane": ("Inside a pane", "ペインの中"),
    "leaving": ("Copy and leave", "コピーと終了"),
}


class Action(Struct, frozen=True, kw_only=True):
    """Something a person can do.  `rank` orders the key bar, 0 keeps it out; `counts` says whether a number before it repeats it."""

    id: str
    keys: tuple[str, ...]
    hint: tuple[str, str]
    help: tuple[str, str]
    group: Group
    rank: int = 0
    counts: bool = False
    changes: bool = False
    """It alters the network, so `--read-only` and a screen that is too small turn it off."""

    def hint_in(self, language: str) -> str:
        """The word of the key bar."""
        return self.hint[language == "ja"]

    def help_in(self, language: str) -> str:
        """The sentence of the help."""
        return self.help[language == "ja"]


def _moving(identifier: str, keys: str, hint: tuple[str, str], sentence: tuple[str, str], rank: int = 0, counts: bool = True) -> Action:
    return Action(id=identifier, keys=tuple(keys.split()), hint=hint, help=sentence, group="moving", rank=rank, counts=counts)


def _changing(identifier: str, keys: str, hint: tuple[str, str], sentence: tuple[str, str], rank: int = 0) -> Action:
    return Action(id=identifier, keys=tuple(keys.split()), hint=hint, help=sentence, group="changing", rank=rank, changes=True)


def _plain(group: Group, identifier: str, keys: str, hint: tuple[str, str], sentence: tuple[str, str], rank: int = 0) -> Action:
    return Action(id=identifier, keys=tuple(keys.split()), hint=hint, help=sentence, group=group, rank=rank)


ACTIONS: tuple[Action, ...] = (
    _moving("hop.next", "n", ("next", "次"), ("next hop", "次のホップへ"), 90),
    _moving("hop.previous", "p", ("prev", "前"), ("previous hop", "前のホップへ"), 85),
    _moving("step.next", ".", ("check", "判定"), ("next check inside the hop", "ホップの中の次の判定へ"), 70),
    _moving("step.previous", ",", ("back", "戻る"), ("previous check inside the hop", "ホップの中の前の判定へ")),
    _moving(
        "event.next",
        "]",
        ("event", "出来事"),
        ("next event: drop, rewrite, table change, change made", "次の出来事へ（破棄、書き換え、テーブルの切り替わり、変更）"),
        20,
    ),
    _moving("event.previous", "[", ("event", "出来事"), ("previous event", "前の出来事へ")),
    _moving("hop.first", "g home", ("first", "最初"), ("to the start; with a number, to that hop", "最初へ（数字を付けるとそのホップへ）")),
    _moving("hop.last", "G end", ("last", "最後"), ("to the end", "最後へ")),
    _moving("direction.other", "r", ("return", "往復"), ("the same component in the other direction", "逆方向の同じ機器へ"), 30, counts=False),
    _changing(
        "setting.flip",
        "space",
        ("flip", "切替"),
        ("flip the setting under the cursor, or choose its value", "カーソル位置の設定を切り替える、または値を選ぶ"),
        80,
    ),
    _changing("what-if", "f", ("what if", "もしも"), ("all changes that matter here, each with its outcome", "ここで意味のある変更の一覧（結果付き）"), 75),
    _changing("change.undo", "u", ("undo", "取消"), ("undo the last change", "最後の変更を取り消す"), 60),
    _changing("change.redo", "ctrl+r U", ("redo", "やり直し"), ("redo what was undone", "取り消した変更をやり直す")),
    _changing("change.reset", "=", ("file", "元へ"), ("back to the network of the file", "ファイルの状態に戻す"), 10),
    _plain("seeing", "obstacles", "o", ("past it", "その先"), ("go on past the drop: everything that is to mend", "破棄の先へ：直すべき点の一覧"), 22),
    _changing("obstacles.mend", "O", ("mend all", "全対処"), ("make every change that gets this flow through", "このフローを通すための変更をすべて行う")),
    _plain("seeing", "flow.choose", "t", ("flow", "フロー"), ("choose a flow, or type one", "フローを選ぶ、または入力する"), 40),
    _plain("seeing", "explain", "enter", ("explain", "説明"), ("explain what is under the cursor", "カーソル位置の説明"), 45),
    _plain(
        "seeing", "find", "/", ("find", "検索"), ("show only resources that contain a text; Esc shows all", "文字を含むリソースだけを表示（Escで解除）"), 50
    ),
    _plain(
        "seeing",
        "command",
        ": ctrl+p",
        ("command", "コマンド"),
        ("type a change, a hop number, a flow or an action", "変更、ホップ番号、フロー、操作名を入力する"),
        35,
    ),
    _plain("seeing", "help", "?", ("help", "ヘルプ"), ("this help", "このヘルプ"), 95),
    _plain("seeing", "pane.zoom", "z", ("zoom", "拡大"), ("zoom the pane in use, and back", "使用中のペインを拡大する、戻す"), 25),
    _plain("seeing", "scene.map", "m", ("map", "地図"), ("the way as a picture; n and p walk on in it", "経路の図（n、pで進む）"), 28),
    _plain("seeing", "scene.beside", "|", ("both ways", "往復"), ("forward and return side by side", "往路と復路を並べる")),
    _plain("seeing", "scene.ledger", "i", ("ledger", "台帳"), ("header fields by hops: what changes where", "ホップごとのヘッダ一覧")),
    _plain("seeing", "scene.difference", "d", ("difference", "差分"), ("what the last change did to every flow", "最後の変更が全フローに及ぼした影響")),
    _plain("seeing", "language", "L", ("language", "言語"), ("English and Japanese", "日本語と英語を切り替える")),
    _plain(
        "teaching",
        "walkthrough",
        "w",
        ("tour", "解説"),
        ("the walkthrough; again: on your own, and back", "解説。もう一度で自由操作、さらに押すと戻る"),
        38,
    ),
    _plain("teaching", "walkthrough.steps", "W", ("steps", "手順"), ("all steps of the walkthrough", "解説の手順の一覧")),
    _plain("teaching", "predict", "P", ("predict", "予想"), ("be asked before the next hop or step is shown", "次のホップや手順を見る前に予想する")),
    _plain("pane", "pane.tree", "1", ("network", "構成"), ("the network", "ネットワーク構成")),
    _plain("pane", "pane.path", "2", ("path", "経路"), ("the path of the packet", "パケットの経路")),
    _plain("pane", "pane.lookup", "3", ("lookup", "検索表"), ("the table that was asked", "参照したテーブル")),
    _plain("pane", "pane.header", "4", ("header", "ヘッダ"), ("the IP header", "IPヘッダ")),
    _plain("pane", "pane.next", "tab", ("pane", "ペイン"), ("next pane", "次のペインへ"), 15),
    _plain("pane", "pane.previous", "shift+tab", ("pane", "ペイン"), ("previous pane", "前のペインへ")),
    _plain("pane", "row.down", "j down", ("down", "下"), ("one row down; in the path one check on", "1行下へ（経路では次の判定）")),
    _plain("pane", "row.up", "k up", ("up", "上"), ("one row up; in the path one check back", "1行上へ（経路では前の判定）")),
    _plain(
        "pane", "row.out", "h left", ("fold", "畳む"), ("fold, or to the row above it; in the path one hop back", "畳む、または親の行へ（経路では前のホップ）")
    ),
    _plain("pane", "row.in", "l right", ("unfold", "開く"), ("unfold; in the path one hop on", "開く（経路では次のホップ）")),
    _plain("pane", "page.down", "pagedown ctrl+f", ("page", "頁"), ("one page down", "1ページ下へ")),
    _plain("pane", "page.up", "pageup ctrl+b", ("page", "頁"), ("one page up", "1ページ上へ")),
    _plain("leaving", "copy.step", "y", ("copy", "コピー"), ("copy this step", "このステップをコピーする")),
    _plain("leaving", "copy.trace", "Y", ("copy all", "全コピー"), ("copy the whole trace", "トレース全体をコピーする")),
    _plain("leaving", "copy.commands", "c", ("commands", "コマンド"), ("the command lines of the changes, and back", "変更のコマンドラインと、その取り消し")),
    _plain("leaving", "export", "e", ("export", "保存"), ("write text, Markdown, JSON, SVG to a file", "テキスト、Markdown、JSON、SVGをファイルに書く")),
    _plain("leaving", "reload", "R", ("reload", "再読込"), ("read the file again; changes and place stay", "ファイルを読み直す（変更と位置はそのまま）")),
    _plain("leaving", "close", "q", ("quit", "終了"), ("close what is open, else quit", "開いているものを閉じる、なければ終了"), 88),
    _plain("leaving", "back", "escape", ("back", "戻る"), ("close what is open, clear the filter", "開いているものを閉じる、絞り込みを解除する")),
    _plain(
        "leaving", "quit.print", "Q", ("quit+print", "終了+出力"), ("quit and leave the trace as text on standard output", "終了し、トレースを標準出力に残す")
    ),
    _plain("leaving", "quit", "ctrl+c", ("quit", "終了"), ("quit", "終了")),
    _plain("leaving", "suspend", "ctrl+z", ("suspend", "中断"), ("suspend; fg in the shell comes back", "中断する（シェルのfgで戻る）")),
    _plain("leaving", "repaint", "ctrl+l", ("repaint", "再描画"), ("draw the screen again", "画面を描き直す")),
)

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}

SHOWN: dict[str, str] = {
    "space": "space", "enter": "enter", "escape": "Esc", "tab": "Tab", "shift+tab": "S-Tab", "up": "Up", "down": "Down", "left": "Left", "right": "Right",
    "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End",
}  # fmt: skip


def shown(key: str) -> str:
    """How a key is written on the screen: `ctrl+r` as `^R`."""
    return f"^{key[5:].upper()}" if key.startswith("ctrl+") else SHOWN.get(key, key)


class Keymap:
    """The table with a person's own keys: from a key to its action, and back to what the screen writes."""

    def __init__(self, own: Mapping[str, Iterable[str]] | None = None) -> None:
        wanted = {identifier: tuple(keys) for identifier, keys in (own or {}).items()}
        taken = {key for keys in wanted.values() for key in keys}
        self.actions = tuple(_with_keys(action, wanted, taken) for action in ACTIONS)
        self._by_key = {key: action for action in self.actions for key in action.keys}

    def action(self, key: str) -> Action | None:
        """What a key does."""
        return self._by_key.get(key)

    def key(self, identifier: str) -> str:
        """The key that the screen names for an action; empty when a person took it away."""
        return next((shown(action.keys[0]) for action in self.actions if action.id == identifier and action.keys), "")


def _with_keys(action: Action, wanted: Mapping[str, tuple[str, ...]], taken: set[str]) -> Action:
    if action.id in wanted:
        return replace(action, keys=wanted[action.id])
    return replace(action, keys=tuple(key for key in action.keys if key not in taken))


def keymap_mistakes(own: Mapping[str, Iterable[str]]) -> list[str]:
    """What is wrong with a person's keymap, one sentence each: unknown actions, a key for two actions, nothing left to quit with."""
    mistakes = [f"unknown action {name!r}; known are {', '.join(BY_ID)}" for name in own if name not in BY_ID]
    seen: dict[str, str] = {}
    for name, keys in own.items():
        for key in keys:
            if key in seen:
                mistakes.append(f"key {key!r} is given to {seen[key]} and to {name}")
            seen.setdefault(key, name)
    left = Keymap(own)
    if not any(left.key(name) for name in ("close", "quit", "quit.print")):
        mistakes.append("no key is left to quit with")
    return mistakes


def reference(language: str = "en") -> str:
    """docs/keys.md: the table as Markdown."""
    lines = ["# Keys" if language == "en" else "# キー", "", "Generated from `vpctui/tui/keys.py`.", ""]
    for group in GROUPS:
        lines += [f"## {GROUP_NAMES[group][language == 'ja']}", "", "| key | action | does |", "|---|---|---|"]
        for action in ACTIONS:
            if action.group == group:
                keys = " ".join(f"`{shown(key)}`" for key in action.keys).replace("|", "\\|")
                lines.append(f"| {keys} | `{action.id}` | {action.help_in(language)} |")
        lines.append("")
    return "\n".join(lines)
