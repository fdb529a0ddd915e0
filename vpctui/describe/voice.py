"""How text is said: the language, and whether only ASCII symbols may be used.  Everything that reaches a line of text passes here."""

from msgspec import Struct

from vpctui.describe import width
from vpctui.describe.words import Language, carried, word

_ASCII = str.maketrans({"→": "->", "←": "<-", "─": "-", "│": "|", "…": "..", "×": "x", "–": "-", "—": "-", "≥": ">=", "≤": "<="})


class Voice(Struct, frozen=True):
    """A language and a character set.

    With `ascii` the symbols of the program are ASCII; Japanese words stay Japanese, and text from a file stays as it is.
    """

    language: Language = "en"
    ascii: bool = False

    def show(self, text: str) -> str:
        """Text as it may be written on a terminal: nothing in it is obeyed."""
        return width.visible(text).translate(_ASCII) if self.ascii else width.visible(text)

    def word(self, key: str, **facts: object) -> str:
        """A word of ours with facts filled in."""
        return self.show(word(key, self.language, **facts))

    def carried(self, carries: str) -> str:
        """What a leg carries: `SYN/ACK`, `data`."""
        return self.show(carried(carries, self.language))

    @property
    def ellipsis(self) -> str:
        """What stands for text that was cut away."""
        return ".." if self.ascii else "…"

    @property
    def arrow(self) -> str:
        """From one to the other."""
        return "->" if self.ascii else "→"

    @property
    def rule(self) -> str:
        """One cell of a horizontal rule."""
        return "-" if self.ascii else "─"

    def end(self, text: str) -> str:
        """The text as a sentence that ends."""
        return text if text.endswith((".", "。", "?", "!")) else text + ("。" if self.language == "ja" else ".")

    @property
    def colon(self) -> str:
        """What stands between a name and what is said of it."""
        return "：" if self.language == "ja" else ": "

    def cut(self, text: str, cells: int) -> str:
        """The beginning of the text in so many cells."""
        return width.cut(text, cells, self.ellipsis)

    def cut_middle(self, text: str, cells: int) -> str:
        """Both ends of the text in so many cells: for ids."""
        return width.cut_middle(text, cells, self.ellipsis)

    def fit(self, text: str, cells: int) -> str:
        """The text in exactly so many cells."""
        return width.pad(self.cut(text, cells), cells)

    def fit_middle(self, text: str, cells: int) -> str:
        """An id in exactly so many cells."""
        return width.pad(self.cut_middle(text, cells), cells)
