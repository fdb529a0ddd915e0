"""A person's settings file: optional, and every mistake in it is named."""

from pathlib import Path

from vpctui.tui.config import Config, config_path, read_config


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_config(tmp_path / "none.toml") == Config()


def test_settings_and_keys_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, 'language = "ja"\ntheme = "light"\nmouse = true\n[keys]\n"hop.next" = ["n", "x"]\n')
    assert read_config(path) == Config(language="ja", theme="light", mouse=True, keys={"hop.next": ("n", "x")})


def test_mistakes_are_answered(tmp_path: Path) -> None:
    cases = {
        "language = 3": "Expected `str`",
        'theme = "solarized"': "solarized",
        "colour = 1": "colour",
        "keys = ]": "line 1",
        '[keys]\n"hop.nxt" = ["n"]': "unknown action 'hop.nxt'",
    }
    for text, expected in cases.items():
        found = read_config(written(tmp_path, text))
        assert isinstance(found, list), text
        assert expected in found[0], found


def test_the_usual_folder() -> None:
    assert config_path({"HOME": "/home/ada"}) == Path("/home/ada/.config/vpctui/config.toml")
    assert config_path({"HOME": "/home/ada", "XDG_CONFIG_HOME": "/etc/x"}) == Path("/etc/x/vpctui/config.toml")
