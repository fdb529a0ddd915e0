"""The least that Textual can show: what the explorer's first frame is measured beside."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("bare frame")


if __name__ == "__main__":
    Bare().run(mouse=False)
