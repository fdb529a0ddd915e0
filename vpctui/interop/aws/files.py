"""Folders of JSON files into an account."""

from collections.abc import Iterator
from pathlib import Path

from vpctui.interop.aws.account import Account, Source
from vpctui.interop.aws.json_values import Broken, json_values
from vpctui.interop.aws.recognition import recognise


def json_files(names: list[str]) -> Iterator[Path]:
    """The files that are named, and every file ending in `.json` in folders, in the order of their names.  Raises FileNotFoundError."""
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.suffix.lower() == ".json" and found.is_file())
        elif path.exists():
            yield path
        else:
            raise FileNotFoundError(name)


def read(names: list[str]) -> tuple[Account, int]:
    """Everything that the files hold, and how many files there were.  Raises FileNotFoundError."""
    account, count = Account(), 0
    account.roots = [f"{parent}/" for name in names if str(parent := Path(name).parent) != "."]
    for path in json_files(names):
        count += 1
        try:
            data = path.read_bytes()
        except OSError as error:
            account.note("error", f"the file cannot be read: {error.strerror}", Source(str(path)))
            continue
        read_text(data, str(path), account)
    return account, count


def read_text(data: bytes, name: str, account: Account) -> None:
    """Everything that one text of JSON holds."""
    for number, value in enumerate(json_values(data)):
        if isinstance(value, Broken):
            account.note("error", value.why, Source(f"{name}:{value.line}:{value.column}"))
            continue
        source = Source(name if number == 0 else f"{name} (value {number + 1})")
        if not recognise(value, account, source):
            account.note("warning", "this holds no answer of a describe call that vpctui knows; it is skipped", source)
