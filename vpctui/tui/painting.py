"""The desk as a frame: status, panes and rules, what lies over them, and the key bar."""

from vpctui.describe.lines import Role
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad, wrap
from vpctui.tui.band import band_lines
from vpctui.tui.desk import Desk
from vpctui.tui.frame import Frame, Line, Run, fit, lay
from vpctui.tui.geometry import PANES, SMALLEST, Box
from vpctui.tui.keybar import key_bar
from vpctui.tui.prompt import SHOWN_SUGGESTIONS, Prompt

WIDE = 120


def paint(desk: Desk) -> Frame:
    """Everything on the screen."""
    columns, rows = desk.size
    if desk.tiny:
        return _too_small(desk)
    lines: list[Line] = [(Run(" " * columns),) for _ in range(rows)]
    lines[0] = fit((Run(span.text, span.role) for span in desk.view.status.spans), columns)
    if desk.outdated:
        lines[0] = _noted(desk, lines[0], desk.say("reload-note", key=desk.keymap.key("reload")), "warn")
    elif desk.mended:
        lines[0] = _noted(desk, lines[0], desk.say("broken-note"), "pass")
    cursor = _panes(desk, lines) if desk.scene is None else _scene(desk, lines)
    if desk.band:
        lines[-1 - desk.band : -1] = band_lines(desk)
    for overlay in desk.overlays[-1:]:
        cursor = _over(desk, lines, overlay.lines(_over_width(desk), rows - 2, desk.settings.ascii), overlay.pane.cursor - overlay.pane.top)
    if desk.prompt is not None:
        lines[-1], column = desk.prompt.line(columns)
        cursor = (column, rows - 1)
        _suggestions(desk.prompt, lines, columns)
    else:
        lines[-1] = key_bar(desk, columns)
    return Frame(tuple(lines), cursor)


def _noted(desk: Desk, line: Line, note: str, role: Role) -> Line:
    """The status line with a note at the end of its left part: place and outcome stay in view."""
    left = desk.view.status.spans[0].text
    room = max(0, cells(left) - cells(note) - 1)
    kept = Voice(desk.settings.language, desk.settings.ascii).cut(left.rstrip(), room)
    return lay(line, 0, (Run(pad(kept, room), "title"), Run(note, role)))


def _too_small(desk: Desk) -> Frame:
    columns, rows = desk.size
    sentence = desk.say("too-small", columns=SMALLEST[0], rows=SMALLEST[1], width=columns, height=rows)
    lines = [fit((Run(part),), columns) for part in wrap(sentence, max(1, columns))]
    blank = (Run(" " * columns),)
    return Frame(tuple((lines + [blank] * rows)[:rows]))


def _panes(desk: Desk, lines: list[Line]) -> tuple[int, int]:
    """Draw every pane into its box; the place of the line that a person is on."""
    columns = desk.size[0]
    strokes: list[list[tuple[int, Line]]] = [[] for _ in lines]
    cursor = (0, 0)
    for number, name in enumerate(PANES, 1):
        box = desk.box(name)
        if box is None:
            continue
        pane, active = desk.panes[name], name == desk.active
        strokes[box.y].append((box.x, pane.title(number, box.width, active, box.rows, desk.settings.ascii)))
        for at, line in enumerate(pane.lines(box.width, box.rows, active), box.y + 1):
            strokes[at].append((box.x, line))
        if active and pane.cursor >= 0:
            # A row that a check looked at is not scrolled into view; the terminal's cursor then stays at the edge of the pane.
            cursor = (box.x, box.y + 1 + max(0, min(pane.cursor - pane.top, box.rows - 1)))
    for at in range(1, 1 + desk.body):
        lines[at] = _joined(desk, at, strokes[at], columns)
    return cursor


def _scene(desk: Desk, lines: list[Line]) -> tuple[int, int]:
    """Draw what is shown instead of the panes."""
    columns, pane, height = desk.size[0], desk.scene_pane, desk.body - 1
    lines[1] = pane.title(0, columns, True, height, desk.settings.ascii)
    lines[2 : 2 + height] = pane.lines(columns, height, active=True)
    return 0, 2 + max(0, min(pane.cursor - pane.top, height - 1))


def _joined(desk: Desk, row: int, strokes: list[tuple[int, Line]], columns: int) -> Line:
    """The parts of one line from left to right, with the vertical rules between them."""
    parts = strokes + [(column, (Run(_crossing(desk, column, row), "dim"),)) for column in desk.geometry.rules]
    line: Line = ()
    for _, part in sorted(parts, key=lambda part: part[0]):
        line += part
    return fit(line, columns)


def _crossing(desk: Desk, column: int, row: int) -> str:
    """The character of a vertical rule where the titles of the panes meet it."""
    titles = [box for box in desk.geometry.boxes.values() if box.y == row]
    left = any(box.x + box.width == column for box in titles)
    right = any(box.x == column + 1 for box in titles)
    if desk.settings.ascii:
        return "+" if left or right else "|"
    top = row == 1
    return {(True, True): "┬" if top else "┼", (True, False): "┤", (False, True): "├", (False, False): "│"}[(left, right)]


def _over_box(desk: Desk) -> tuple[int, int]:
    """Where overlays start and how wide they are: everything at 80 columns, beside the tree where there is room."""
    tree: Box | None = desk.box("tree")
    start = tree.width + 1 if tree and desk.size[0] >= WIDE and len(desk.geometry.boxes) > 1 else 0
    return start, desk.size[0] - start


def _over_width(desk: Desk) -> int:
    return _over_box(desk)[1]


def _over(desk: Desk, lines: list[Line], over: list[Line], at: int) -> tuple[int, int]:
    """Lay lines over the panes, down to the key bar."""
    start, _ = _over_box(desk)
    first = len(lines) - 1 - len(over)
    for row, line in enumerate(over, first):
        lines[row] = lay(lines[row], start, line)
    return start, min(len(lines) - 2, first + 1 + max(0, at))


def _suggestions(prompt: Prompt, lines: list[Line], columns: int) -> None:
    """What could be meant, above the line that is being typed."""
    count = len(prompt.suggestions)
    shown = min(count, SHOWN_SUGGESTIONS, len(lines) - 3)
    first = max(0, min(prompt.chosen - shown + 1, count - shown)) if prompt.chosen >= 0 else 0
    wide = min(columns, max((cells(text) for text in prompt.suggestions), default=0) + 4)
    for row in range(shown):
        at = first + row
        more = f" +{count - shown}" if row == shown - 1 and count > first + shown else ""
        line = fit((Run(f"  {prompt.suggestions[at]}{more}", "plain"),), max(wide, 24))
        emphasis = "cursor" if at == prompt.chosen else ""
        start = len(lines) - 1 - shown + row
        lines[start] = fit(lay(lines[start], 0, tuple(Run(run.text, run.role, emphasis) for run in line)), columns)
