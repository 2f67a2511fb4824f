"""What older releases of the real Glance need, to be installed and started by `real_glance`.

They ask for no more than lower bounds of their libraries, which have since lost what they used: so the libraries are
bounded from above here.  Those before zed do not run on Python 3.11; they need a Python 3.8 on the PATH or in pyenv.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LATEST = "2026.2"
PIPELINE = (
    "[composite:api]\npaste.composite_factory = glance.api:pipeline_factory\ntrusted =",
    "[pipeline:api]\npipeline =",
)
"""The part of the paste configuration that is written otherwise before 2023.2."""
ROLELESS = "[oslo_policy]\nenforce_new_defaults = false\nenforce_scope = false\n"
"""What was the default of oslo.policy until 2023.1."""

MIDDLE = ("oslo.db<15", "oslo.utils<7", "SQLAlchemy<2", "setuptools<81")
PYTHON_38 = ("oslo.db<12.2", "oslo.utils<6.1", "SQLAlchemy<2", "setuptools<60", "cryptography<42")
OLDEST = (
    "oslo.db<11", "oslo.utils<5", "SQLAlchemy<1.4", "sqlalchemy-migrate", "setuptools<60", "oslo.policy<4",
    "oslo.config<9", "oslo.messaging<13", "oslo.service<3", "oslo.middleware<5", "oslo.concurrency<5", "oslo.log<5",
    "oslo.context<5", "alembic<1.8", "eventlet<0.34", "cryptography<42",
)  # fmt: skip


@dataclass(frozen=True)
class Installation:
    """A release: its version on PyPI, and what to install with it."""

    version: str
    bounds: tuple[str, ...] = ()
    python: str = ""
    """The only Python that it runs on; empty if that is 3.11, among others."""

    @property
    def major(self) -> int:
        """The first number of the version, one more with each release."""
        return int(self.version.partition(".")[0])

    @property
    def application(self) -> str:
        """What gunicorn is to serve."""
        return "glance.wsgi.api:application" if self.major >= 30 else "glance.common.wsgi_app:init_app()"

    @property
    def methods(self) -> str:
        """The methods of import that it has, but for those that need more than one service."""
        return "glance-direct,web-download,copy-image" if self.major >= 20 else "glance-direct,web-download"

    @property
    def more(self) -> str:
        """Further lines of the section DEFAULT."""
        return "node_staging_uri = file://{state}/staging\n" if self.major < 19 else ""

    def sections(self, venv: Path) -> str:
        """Return further sections of the configuration, given the folder of the installation."""
        if self.major < 20:  # its policy is a file, without which nothing is allowed
            return f"{ROLELESS}policy_file = {venv}/etc/glance/policy.json\n"
        return ROLELESS if self.major < 26 else ""

    def paste(self, text: str) -> str:
        """Return the paste configuration as it is written for this release."""
        return text.replace(*PIPELINE) if self.major < 27 else text


INSTALLATIONS = {
    "rocky": Installation("17.0.1", (*OLDEST, "glance_store<1"), "3.8"),
    "stein": Installation("18.0.1", (*OLDEST, "glance_store<1"), "3.8"),
    "train": Installation("19.0.4", (*OLDEST, "glance_store<3"), "3.8"),
    "ussuri": Installation("20.2.0", (*OLDEST, "glance_store<3"), "3.8"),
    "victoria": Installation("21.1.0", (*OLDEST, "glance_store<3"), "3.8"),
    "wallaby": Installation("22.1.1", OLDEST, "3.8"),
    "xena": Installation("23.1.0", PYTHON_38, "3.8"),
    "yoga": Installation("24.2.1", PYTHON_38, "3.8"),
    "zed": Installation("25.1.0", MIDDLE),
    "2023.1": Installation("26.1.0", MIDDLE),
    "2023.2": Installation("27.1.1", MIDDLE),
    "2024.1": Installation("28.2.0", ("oslo.db<17", "oslo.utils<8", "SQLAlchemy<2", "setuptools<81")),
    "2024.2": Installation("29.2.1", ("oslo.db<17", "oslo.utils<8", "SQLAlchemy<2", "setuptools<81")),
    "2025.1": Installation("30.2.0", ("oslo.db<18", "oslo.utils<9", "SQLAlchemy<2.1")),
    "2025.2": Installation("31.1.0"),
    "2026.1": Installation("32.0.0"),
    LATEST: Installation("33.0.0"),
}
"""By release; queens is not on PyPI."""


def find_python(version: str) -> str | None:
    """Return an interpreter of that version that runs, from the PATH or from pyenv; None if there is none."""
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
    for candidate in (shutil.which(f"python{version}"), *map(str, pyenv)):
        if candidate and subprocess.run([candidate, "-V"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None
