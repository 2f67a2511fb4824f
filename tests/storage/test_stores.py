"""Stores as a setting describes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance_emulator.errors import SetupError
from glance_emulator.storage.stores import open_stores


def folders(tmp_path: Path) -> list[str]:
    """Name the folders that are stores."""
    return sorted(str(found.parent.relative_to(tmp_path)) for found in tmp_path.rglob("blobs"))


def test_stores_come_in_the_order_given(tmp_path: Path) -> None:
    assert list(open_stores(["z", "a", "Fast_1-b"], tmp_path)) == ["z", "a", "Fast_1-b"]
    assert folders(tmp_path) == ["stores/Fast_1-b", "stores/a", "stores/z"]


@pytest.mark.parametrize("host", ["", "localhost"])
def test_a_store_lies_where_its_url_says(tmp_path: Path, host: str) -> None:
    (tmp_path / "state").mkdir()
    open_stores([f"far=file://{host}{tmp_path}/with%20space", "near"], tmp_path / "state")
    assert folders(tmp_path) == ["state/stores/near", "with space"]


@pytest.mark.parametrize(
    "descriptions",
    [
        pytest.param([""], id="no name"),
        pytest.param(["=file:///tmp/x"], id="a URL alone"),
        pytest.param(["a b"], id="space"),
        pytest.param(["../up"], id="path"),
        pytest.param(["-a"], id="dash first"),
        pytest.param(["a" * 65], id="too long"),
        pytest.param(["a\n"], id="line break"),
        pytest.param(["os_glance_staging_store"], id="reserved"),
        pytest.param(["a", "a"], id="twice"),
        pytest.param(["a=s3://bucket"], id="another scheme"),
        pytest.param(["a=file://elsewhere/x"], id="another host"),
        pytest.param(["a=file://"], id="no folder"),
        pytest.param(["a=/tmp/x"], id="no URL"),
    ],
)
def test_what_describes_no_store(tmp_path: Path, descriptions: list[str]) -> None:
    with pytest.raises(SetupError, match="setting stores"):
        open_stores(descriptions, tmp_path)
