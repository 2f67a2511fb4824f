"""What is handed out: the wheel and the source distribution, built as PyPI's would be."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath

import pytest

import glance_emulator

ROOT = Path(__file__).parents[1]
PACKAGES = {"glance_emulator": ROOT / "emulator", "glance_schemas": ROOT / "schemas"}
SUITE = "glance_emulator/suite/"
"""Where the wheel has the contract suite, for `verify`."""
UNWANTED = {".pyc", ".sqlite", ".log"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    [found] = built.glob("*.whl")
    return zipfile.ZipFile(found)


def sources(package: str) -> set[str]:
    root = PACKAGES[package]
    files = (path for path in (root / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix() for path in files}


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    return wheel.read(f"glance_emulator-{glance_emulator.__version__}.dist-info/{name}").decode()


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_has_every_file_of_the_package(wheel: zipfile.ZipFile, package: str) -> None:
    found = {name for name in wheel.namelist() if name.startswith(f"{package}/") and not name.startswith(SUITE)}
    assert found == sources(package)
    assert f"{package}/py.typed" in found


def test_the_wheel_has_migrations_and_the_licence(wheel: zipfile.ZipFile) -> None:
    assert "glance_emulator/db/migrations/versions/0001_first.py" in wheel.namelist()
    assert "Apache License" in metadata(wheel, "licenses/LICENSE")


def test_the_wheel_puts_nothing_else_into_an_environment(wheel: zipfile.ZipFile) -> None:
    tops = {PurePosixPath(name).parts[0] for name in wheel.namelist()}
    assert tops == {*PACKAGES, f"glance_emulator-{glance_emulator.__version__}.dist-info"}


def test_the_wheel_has_the_contract_suite_and_can_run_it(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    suite = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "contract").rglob("*.py")}
    assert {f"{SUITE}{name}" for name in suite} <= set(wheel.namelist())
    wheel.extractall(tmp_path)
    script = "glance-emulator verify --url ${OS_AUTH_URL%/identity/v3} -k test_actions"
    command = [sys.executable, "-m", "glance_emulator", "exec", "--auth", "trusted", "--", "sh", "-c", script]
    script_folder = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PATH": script_folder}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "differ in 0" in done.stdout) == (0, True), done.stderr


def test_the_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    said: Message = Parser().parsestr(metadata(wheel, "METADATA"))
    assert (said["Name"], said["Version"]) == ("glance-emulator", glance_emulator.__version__)
    assert (said["License-Expression"], said["Requires-Python"]) == ("Apache-2.0", ">=3.11")
    assert "glance-emulator = glance_emulator.cli:main" in metadata(wheel, "entry_points.txt")


def test_the_source_distribution_can_be_tested(built: Path) -> None:
    [found] = built.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        names = {"/".join(PurePosixPath(name).parts[1:]) for name in archive.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "tests/conftest.py", "tests/worlds.py"} <= names
    for package, root in PACKAGES.items():
        assert {f"{root.name}/{name}" for name in sources(package)} <= names
    assert not {name for name in names if PurePosixPath(name).suffix in UNWANTED}
