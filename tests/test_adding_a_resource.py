"""docs/adding-a-resource.md is true: whoever does what it says, in a copy of the repository, has a resource that works."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDED = ("vpctui", "tests/aws", "tests/__init__.py", "pyproject.toml")
COPIED = shutil.ignore_patterns("__pycache__", "test_*.py")


def blocks(root: Path) -> list[str]:
    """The Python of the page: the resource, its line in the package, its test."""
    return re.findall(r"^```python\n(.*?)^```", (root / "docs/adding-a-resource.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    """A copy of what the page needs."""
    for name in NEEDED:
        source, copy = root / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=COPIED)
        elif source.is_file():
            shutil.copy(source, copy)
    return tmp_path


def run(repository: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    return subprocess.run((sys.executable, *command), cwd=repository, env=environment, capture_output=True, text=True, check=False)


def test_a_new_resource_is_one_file_and_two_lines(root: Path, repository: Path) -> None:
    module, line, test = blocks(root)
    package = repository / "vpctui/aws/__init__.py"
    text = package.read_text(encoding="utf-8")
    for before in ("    classic_load_balancer,\n", "    nat_gateway,\n    load_balancer,\n"):  # among the imports, and in RESOURCES
        assert text.count(before) >= 1
        text = text.replace(before, line + before, 1)
    package.write_text(text, encoding="utf-8")
    (repository / "vpctui/aws/carrier_gateway.py").write_text(module, encoding="utf-8")
    (repository / "tests/aws/test_carrier_gateway.py").write_text(test, encoding="utf-8")
    done = run(repository, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/aws/test_carrier_gateway.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{test.count('def test_')} passed" in done.stdout
    schema = run(repository, "-m", "vpctui", "schema")
    assert '"carrier_gateways"' in schema.stdout, schema.stderr


def test_the_pages_code_is_formatted_and_small(root: Path) -> None:
    module, _, test = blocks(root)
    assert max(len(line) for line in (module + test).splitlines()) <= 160
    assert len(module.splitlines()) <= 150
