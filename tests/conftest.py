"""Options of the test run."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--against",
        metavar="URL",
        help="run tests/contract against the Glance at URL, which trusts identity headers, instead of the emulator",
    )
    parser.addoption(
        "--against-full",
        metavar="URL",
        help="run tests/contract/full against the Glance at URL, which has a cache and all import methods, too",
    )
    parser.addoption(
        "--release",
        metavar="NAME",
        help="run tests/contract/releases for this release only; with --against, the release of the Glance there",
    )
    parser.addoption(
        "--record",
        metavar="FILE",
        help="append to FILE what tests/contract asked for, for contrib/api_coverage.py",
    )
    parser.addoption(
        "--against-cors",
        metavar="URL",
        help="run tests/contract/cors against the Glance at URL, which lets the pages of that folder's ORIGINS call",
    )
    parser.addoption(
        "--against-web",
        metavar="URL",
        help="run tests/contract/web against the Glance at URL, which has a store of the kind http and shows locations",
    )
    parser.addoption(
        "--against-policy",
        metavar="URL",
        help="run tests/contract/policy against the Glance at URL, which has that folder's policy and protections",
    )
    parser.addoption(
        "--against-identity",
        metavar="URL",
        help="run tests/contract/identity against the Keystone whose version 3 is at URL, instead of the emulator",
    )
    parser.addoption(
        "--differential",
        metavar="URL",
        help="run tests/differential: compare the emulator with the fresh Glance at URL, which trusts identity headers",
    )
    parser.addoption(
        "--steps", type=int, default=3000, metavar="N", help="compare N answers in tests/differential (default: 3000)"
    )
