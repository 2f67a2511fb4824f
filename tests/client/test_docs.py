"""The pages in contrib/docs: each of their examples, typed in order by a newcomer with a running emulator."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import running

DOCS = Path(__file__).parents[2] / "contrib" / "docs"
PAGES = sorted(path for path in DOCS.glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"(?:<!-- file (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```\n", re.DOTALL)
MARK = "=== next command ==="
RUN = {"console"}
KNOWN = RUN | {"python", "yaml", "sh", "json", "toml", "text"}


@dataclass
class Typed:
    """A command, and what the page says that it prints; `…` stands for anything."""

    command: str
    printed: str

    def fits(self, output: str) -> bool:
        """Say whether the command printed what the page says."""
        pattern = re.escape(self.printed.rstrip()).replace("…", ".*")
        lines = [line.rstrip() for line in output.strip("\n").split("\n")]
        return re.fullmatch(pattern, "\n".join(lines), re.DOTALL) is not None


def typed(text: str) -> Iterator[Typed]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield Typed(command, printed)


def run_as_at_a_terminal(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a script that has a terminal for its input, from which clients take no image data."""
    ours, theirs = pty.openpty()
    try:
        command = ["bash", "-e", "-c", script]
        return subprocess.run(command, cwd=home, stdin=theirs, capture_output=True, text=True, timeout=240, check=False)
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_is_so(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "80")
    home = tmp_path / "work"
    home.mkdir()
    with running("serve", "--port", "0") as process:
        url = process.url()
        commands: list[Typed] = []
        for block in BLOCK.finditer(page.read_text()):
            assert block["kind"] in KNOWN, block[0]
            if block["file"]:
                (home / block["file"]).write_text(block["text"])
            if block["kind"] in RUN:
                commands += typed(block["text"].replace("http://localhost:9292", url))
        script = "\n".join(f"{one.command}\necho; echo '{MARK}'" for one in commands)
        done = run_as_at_a_terminal(script, home)
        outputs = done.stdout.split(f"\n{MARK}\n")
        for command, output in zip(commands, outputs, strict=False):
            told = f"$ {command.command}\n{output}\n--- instead of\n{command.printed}\n{done.stderr}"
            assert command.fits(output), told
        assert (done.returncode, len(outputs)) == (0, len(commands) + 1), done.stderr
        process.stop()


def test_every_page_is_linked() -> None:
    index = (DOCS / "README.md").read_text()
    assert [page.name for page in PAGES if f"({page.name})" not in index] == []
    assert "contrib/docs/README.md" in (DOCS.parents[1] / "README.md").read_text()


def test_links_lead_somewhere() -> None:
    for page in (*PAGES, DOCS / "README.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"
