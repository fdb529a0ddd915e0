"""The reference of the scenario format as Markdown, from the tables by which files are read."""

from collections.abc import Sequence

from vpctui.schema.section import Field, Section
from vpctui.schema.values import value_text


def format_reference(sections: Sequence[Section]) -> str:
    """One heading and one table per section; fields in the order in which they are declared."""
    return "\n".join(_section(section) for section in sections)


def _section(section: Section) -> str:
    head = f"## `{section.name}`\n\n{section.help or f'Each {section.noun} by its id.'}\n"
    if section.short:
        head += f"\nShort form: without any of the fields below, the whole entry is its `{section.short}`.\n"
    if not section.fields:
        return head
    rows = "".join(_row(field) for field in section.fields)
    return f"{head}\n| field | value | default | meaning |\n| --- | --- | --- | --- |\n{rows}"


def _row(field: Field) -> str:
    cells = (f"`{field.name}`", field.kind.names(), _default(field), field.help)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _default(field: Field) -> str:
    if field.required:
        return "required"
    if field.shown_default:
        return field.shown_default
    return "" if field.default is None or field.default == () else f"`{value_text(field.default)}`"
