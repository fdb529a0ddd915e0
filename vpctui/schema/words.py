"""Text in one or two languages: what a title, a change or a step of a walkthrough says."""

from typing import Literal

from msgspec import Struct

from vpctui.document import Mapping, Node
from vpctui.schema.kinds import Text
from vpctui.schema.reading import Json, Kind, Mistake, Reader, attempt, unique
from vpctui.schema.spelling import quoted

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")


class Translated(Struct, frozen=True):
    """One text in both languages; a text that was written once stands in both."""

    en: str = ""
    ja: str = ""

    def in_(self, language: Language) -> str:
        """The text in a language."""
        return self.en if language == "en" else self.ja


class Words(Kind, frozen=True):
    """A text, or `{en: …, ja: …}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> Translated:
        if not isinstance(node, Mapping):
            text = Text().read(node, reader, owner)
            return Translated(text, text)
        written: dict[str, str | None] = {}
        for entry in unique(node, reader):
            if entry.key.text not in LANGUAGES:
                raise Mistake("E122", f"unknown language {quoted(entry.key.text)}", entry.key, "en or ja")
            written[entry.key.text] = attempt(Text(), entry.value, reader, owner)
        return translated(written.get("en"), written.get("ja"), node, reader)

    def json_schema(self) -> Json:
        both = {"type": "object", "properties": {language: {"type": "string"} for language in LANGUAGES}, "additionalProperties": False}
        return {"anyOf": [{"type": "string"}, both]}

    def names(self) -> str:
        return "text, or `{en: …, ja: …}`"


def translated(en: str | None, ja: str | None, node: Node, reader: Reader) -> Translated:
    """Both texts; one that is missing is a warning (W308), and the other stands in for it."""
    if (en is None) != (ja is None):
        missing, present = ("en", "ja") if en is None else ("ja", "en")
        reader.problem("W308", f"text in {present} but not in {missing}", node, f"add {missing}", warning=True)
    return Translated(en if en is not None else ja or "", ja if ja is not None else en or "")
