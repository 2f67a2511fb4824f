"""What the README shows of `glance_schemas` works, and needs nothing of the emulator's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.client.cloud import Cloud, run

README = Path(__file__).parents[2] / "README.md"


def test_the_example_of_the_schemas_runs(cloud: Cloud) -> None:
    (example,) = re.findall(r"<!-- schemas -->\n```python\n(.*?)```", README.read_text(), re.DOTALL)
    run(cloud.environment("producer"), sys.executable, "-c", example, cwd=cloud.home)


def test_the_example_of_the_plugin_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"<!-- pytest -->\n```python\n(.*?)```", README.read_text(), re.DOTALL)
    (tmp_path / "test_sharing.py").write_text(example)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_sharing.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout


def test_the_example_of_unittest_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"<!-- unittest -->\n```python\n(.*?)```", README.read_text(), re.DOTALL)
    (tmp_path / "test_sharing.py").write_text(example)
    command = [sys.executable, "-m", "unittest", "test_sharing"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr.rstrip().endswith("OK"), done.stderr
    assert "Ran 1 test " in done.stderr


def test_schemas_need_nothing_of_the_emulator() -> None:
    modules = "images members tasks stores cache metadefs locations imports usage versions errors patches identity"
    code = (
        "import importlib, sys\n"
        f"for name in {modules.split()!r}: importlib.import_module(f'glance_schemas.{{name}}')\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & {'flask', 'sqlalchemy', 'glance_emulator'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
