"""A person's own settings: `vpctui/config.toml` in the usual folder, read before the screen starts, every mistake named.

language = "ja"
theme = "light"

[keys]
"hop.next" = ["n", "space"]
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from vpctui.tui.colours import ColorWish
from vpctui.tui.keys import keymap_mistakes


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand in the file; everything may be left out."""

    language: Literal["", "en", "ja"] = ""
    theme: Literal["", "terminal", "dark", "light"] = ""
    color: ColorWish = "auto"
    ascii: bool = False
    mouse: bool = False
    keys: dict[str, tuple[str, ...]] = {}


def config_path(environment: Mapping[str, str]) -> Path:
    """Where the file is looked for: `$XDG_CONFIG_HOME`, else `~/.config`."""
    folder = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME", "/")) / ".config")
    return Path(folder) / "vpctui" / "config.toml"


def read_config(path: Path) -> Config | list[str]:
    """The settings, the defaults when there is no file, or everything that is wrong with it, one sentence each."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        return [f"cannot be read: {error}"]
    import tomllib  # only people who have such a file wait for its parser

    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [str(error)]
    except RecursionError:
        return ["nested too deeply for a file of settings"]
    try:
        config = msgspec.convert(document, Config)
    except msgspec.ValidationError as error:
        return [f"{error}; known are {', '.join(Config.__struct_fields__)}"]
    mistakes = [f"keys: {mistake}" for mistake in keymap_mistakes(config.keys)]
    return mistakes or config
