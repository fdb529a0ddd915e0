"""Files that the explorer writes: whole or not at all, and never over one that a person did not name for it."""

import os
from pathlib import Path


def save(path: Path, text: str, *, over: bool = False) -> Path:
    """Write the text beside the path and rename it into place; the path that it has now.

    Without `over` a file that is there keeps its name, and the new one gets a number.  A link at the path is replaced, not followed.
    Raises OSError, and ValueError for text that cannot be written; nothing is left behind then.
    """
    if path.is_dir():
        raise IsADirectoryError(21, "it is a folder", str(path))
    taken = path if over else _taken(path)
    beside = taken.with_name(f".{taken.name}.{os.getpid()}")
    try:
        with beside.open("x", encoding="utf-8") as file:
            file.write(text)
        beside.replace(taken)
    except (OSError, ValueError):
        beside.unlink(missing_ok=True)
        if not over:
            taken.unlink(missing_ok=True)
        raise
    return taken


def _taken(path: Path) -> Path:
    """The path, or the first of `name-2.md`, `name-3.md` … that nothing has, made empty so that nobody else takes it meanwhile."""
    number, free = 1, path
    while True:
        try:
            free.open("x").close()
        except FileExistsError:
            number += 1
            free = path.with_stem(f"{path.stem}-{number}")
        else:
            return free
