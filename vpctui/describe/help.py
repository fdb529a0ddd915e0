"""The legend of signs for the help overlay; the keys themselves come from the table of the screen."""

from vpctui.describe.lines import Role, Row, Span
from vpctui.describe.voice import Voice

_SIGNS: tuple[tuple[str, str, Role], ...] = (
    (">", "legend-current", "current"),
    (".", "legend-done", "dim"),
    ("*", "legend-path", "path"),
    ("+", "legend-pass", "pass"),
    ("x", "legend-drop", "drop"),
    ("!", "legend-warn", "warn"),
    ("~", "legend-changed", "changed"),
    ("-", "legend-gone", "gone"),
)


def legend_rows(voice: Voice) -> tuple[Row, ...]:
    """Every sign with its meaning."""
    title = Row((Span(f" {voice.word('legend')}", "title"),))
    return (title, *(Row((Span(f"   {sign}         ", role), Span(voice.word(key)))) for sign, key, role in _SIGNS))
