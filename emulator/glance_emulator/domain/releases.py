"""Releases of the real service: which behaviour came with which one, as one table.

What a release lacks goes with every caller; a world that serves the latest release has nothing of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from glance_emulator.domain import release_policy
from glance_emulator.domain.policy import Rule

RELEASES: Mapping[str, str] = {
    "queens": "16.0.1", "rocky": "17.0.1", "stein": "18.0.1", "train": "19.0.4", "ussuri": "20.2.0",
    "victoria": "21.1.0", "wallaby": "22.1.1", "xena": "23.1.0", "yoga": "24.2.1", "zed": "25.1.0",
    "2023.1": "26.1.0", "2023.2": "27.1.1", "2024.1": "28.2.0", "2024.2": "29.2.1", "2025.1": "30.2.0",
    "2025.2": "31.1.0", "2026.1": "32.0.0", "2026.2": "33.0.0",
}  # fmt: skip
"""The names, oldest first, and the version of the real service that was looked at; queens from its documents only."""
_AGE = {name: age for age, name in enumerate(RELEASES)}


def source(version: str, path: str) -> str:
    """Return the address of a file of the real service as it was in that version."""
    return f"https://opendev.org/openstack/glance/src/tag/{version}/{path}"


HISTORY = "https://docs.openstack.org/api-ref/image/versions/index.html"


def _in(release: str, path: str) -> str:
    return source(RELEASES[release], path)


@dataclass(frozen=True)
class Row:
    """A behaviour, the release that it came with, and where that can be read."""

    name: str
    what: str
    came: str
    source: str
    routes: tuple[str, ...] = ()
    """The routes that came with it."""


_ROUTER = "glance/api/v2/router.py"
_IMAGES = "glance/api/v2/images.py"
_VERSIONS = "glance/api/versions.py"
_CONFIG = "glance/common/config.py"

TABLE = (
    Row("v2.6", "v2.6 is CURRENT; interoperable import", "queens", HISTORY),
    Row("v2.7", "v2.7 is CURRENT", "rocky", _in("rocky", _VERSIONS)),
    Row("v2.8", "v2.8, which is EXPERIMENTAL until train", "rocky", _in("rocky", _VERSIONS)),
    Row("image-hashes", "images tell `os_hash_algo` and `os_hash_value`", "rocky", _in("rocky", _IMAGES)),
    Row("image-hidden", "images tell `os_hidden`", "rocky", _in("rocky", _IMAGES)),
    Row("image-stores", "images tell their `stores`; creation tells `OpenStack-image-store-ids`", "rocky",
        _in("rocky", _IMAGES)),
    Row("store-list", "`GET /v2/info/stores`", "rocky", _in("rocky", _ROUTER), ("/v2/info/stores",)),
    Row("visibility-all", "lists take `visibility=all`", "stein", _in("stein", _IMAGES)),
    Row("v2.9", "v2.9 is CURRENT", "train", _in("train", _VERSIONS)),
    Row("compressed", "the container format `compressed`", "train", _in("train", _CONFIG)),
    Row("schema-stores", "the schema document calls the stores `stores`, not `backend`", "train",
        _in("train", _IMAGES)),
    Row("v2.10", "v2.10, which ussuri shows as v2.1", "ussuri", _in("ussuri", _VERSIONS)),
    Row("copy-image", "import by `copy-image`", "ussuri", _in("ussuri", _CONFIG)),
    Row("import-to-stores", "imports take `stores`, `all_stores`, `all_stores_must_succeed`", "ussuri",
        _in("ussuri", _IMAGES)),
    Row("store-removal", "`DELETE /v2/stores/{store}/{image}`", "ussuri", _in("ussuri", _ROUTER),
        ("/v2/stores/<store>/<image_id>",)),
    Row("v2.11", "v2.11", "victoria", _in("victoria", _VERSIONS)),
    Row("copy-policy", "policy `copy_image` lets admins copy, instead of owners", "victoria",
        _in("victoria", "glance/policies/image.py")),
    Row("virtual-size", "uploads find `virtual_size`", "victoria", _in("victoria", "glance/location.py")),
    Row("v2.12", "v2.12", "wallaby", _in("wallaby", _VERSIONS)),
    Row("image-tasks", "`GET /v2/images/{image}/tasks`", "wallaby", _in("wallaby", _ROUTER),
        ("/v2/images/<image_id>/tasks",)),
    Row("reserved-names", "no property may begin with `os_glance`", "wallaby", _in("wallaby", _IMAGES)),
    Row("metadef-admins", "only admins change metadata definitions", "wallaby",
        _in("wallaby", "glance/policies/metadef.py")),
    Row("owner-first", "who answers for another member: 404, was 403; for the owner 403, until 2023.1", "xena",
        _in("xena", "glance/api/v2/image_members.py")),
    Row("v2.13", "v2.13 and v2.15; with a cache, v2.14 and v2.16, too", "yoga", _in("yoga", _VERSIONS)),
    Row("usage", "`GET /v2/info/usage`", "yoga", _in("yoga", _ROUTER), ("/v2/info/usage",)),
    Row("store-detail", "`GET /v2/info/stores/detail`", "yoga", _in("yoga", _ROUTER), ("/v2/info/stores/detail",)),
    Row("cache-api", "`/v2/cache`", "yoga", _in("yoga", _ROUTER), ("/v2/cache", "/v2/cache/<image_id>")),
    Row("tags-appended", "`X-OpenStack-Append` adds tags to a namespace's", "yoga",
        _in("yoga", "glance/api/v2/metadef_tags.py")),
    Row("glance-download", "import by `glance-download`", "zed", _in("zed", _IMAGES)),
    Row("store-properties", "the detail of file stores has `properties`", "zed",
        _in("zed", "glance/api/v2/discovery.py")),
    Row("roles", "the roles `member` and `reader` count", "2023.1", _in("2023.1", "glance/api/policy.py")),
    Row("member-first", "who answers or removes a member that is not there: 404 before the image's owner counts",
        "2023.1", _in("2023.1", "glance/api/v2/image_members.py")),
    Row("store-weight", "the detail of stores has `weight`", "2023.2", _in("2023.2", "glance/api/v2/discovery.py")),
    Row("iso-size", "uploads find `virtual_size` of ISO images", "2023.2",
        _in("2023.2", "glance/common/format_inspector.py")),
    Row("v2.17", "v2.17 is CURRENT", "2024.2", _in("2024.2", _VERSIONS)),
    Row("locations-api", "`/v2/images/{image}/locations`; tasks of type `location_import`", "2024.2",
        _in("2024.2", _ROUTER), ("/v2/images/<image_id>/locations",)),
    Row("import-hosts", "web-download refuses hosts that have no address, and addresses written otherwise than usual",
        "2024.2", _in("2024.2", "glance/common/utils.py")),
    Row("format-match", "data that are not what `disk_format` says are refused", "2025.1", _in("2025.1", _CONFIG)),
    Row("size-header", "data must be as long as `x-openstack-image-size` says", "2025.2",
        _in("2025.2", "glance/api/v2/image_data.py")),
    Row("service-role", "the role `service` reads the detail of stores, and admins read locations by their own route",
        "2026.1", _in("2026.1", "glance/policies/base.py")),
    Row("import-unsized", "web-download takes what comes without a `Content-Length`", "2026.1",
        _in("2026.1", "glance/async_/flows/_internal_plugins/web_download.py")),
    Row("v2.18", "v2.18, with a cache", "2026.2", _in("2026.2", _VERSIONS)),
    Row("import-inward", "web-download refuses link-local addresses", "2026.2",
        _in("2026.2", "glance/common/utils.py")),
    Row("task-input", "tasks that import from what is no http URL are refused", "2026.2",
        _in("2026.2", "glance/api/v2/tasks.py")),
    Row("cache-upkeep", "`/v2/cache/clean`, `/v2/cache/prune`, `/v2/cache/nodes/{image}`", "2026.2",
        _in("2026.2", _ROUTER), ("/v2/cache/clean", "/v2/cache/prune", "/v2/cache/nodes/<image_id>")),
)  # fmt: skip
"""Everything that came after queens, as far as the emulator tells the releases apart."""

_OLD = tuple(f"v2.{minor}" for minor in range(7, -1, -1))
_STORES = ("v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8")
_CACHE = ("v2.16", "v2.15", "v2.14")
# In the order of the document; where there is no cache, and where there is one.
_DOCUMENTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "queens": ("v2.6", _OLD[1:], _OLD[1:]),
    "rocky": ("v2.7", ("v2.8", *_OLD), ("v2.8", *_OLD)),
    "train": ("v2.9", ("v2.8", "v2.9", *_OLD), ("v2.8", "v2.9", *_OLD)),
    # It writes 2.10 as the number that it is.
    "ussuri": ("v2.1", ("v2.1", *_STORES[4:], *_OLD), ("v2.1", *_STORES[4:], *_OLD)),
    "victoria": ("v2.11", (*_STORES[2:], *_OLD), (*_STORES[2:], *_OLD)),
    "wallaby": ("v2.12", (*_STORES[1:], *_OLD), (*_STORES[1:], *_OLD)),
    "yoga": ("", ("v2.15", *_STORES, *_OLD), (*_CACHE, *_STORES, *_OLD)),
    "2024.2": ("v2.17", ("v2.15", *_STORES, "v2.17", *_OLD), (*_CACHE, *_STORES, "v2.17", *_OLD)),
    "2026.2": ("", ("v2.15", *_STORES, "v2.17", *_OLD), ("v2.18", "v2.17", *_CACHE, *_STORES, *_OLD)),
}
"""The version that is CURRENT, and all versions, since the release: empty if the first of its kind is CURRENT."""


@dataclass(frozen=True)
class Release:
    """What the real service was at a time."""

    name: str

    @cached_property
    def lacks(self) -> frozenset[str]:
        """The names of what had not come yet."""
        return frozenset(row.name for row in TABLE if not self._has(row.came))

    @cached_property
    def missing_routes(self) -> frozenset[str]:
        """The routes that there were not yet."""
        return frozenset(route for row in TABLE if row.name in self.lacks for route in row.routes)

    @cached_property
    def policy(self) -> Mapping[str, Rule]:
        """Who may do what."""
        return release_policy.table(self.lacks)

    def methods(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Return those import methods that there were."""
        return tuple(method for method in wanted if method not in self.lacks)

    def versions(self, cached: bool) -> list[tuple[str, str]]:
        """Return the versions of the API, each with its status, in the order of the document."""
        current, plain, caching = next(_DOCUMENTS[name] for name in reversed(_DOCUMENTS) if self._has(name))
        listed = caching if cached else plain
        first = listed.index(current) if current else listed.index(max(listed, key=_minor))
        return [(version, self._status(version, place == first)) for place, version in enumerate(listed)]

    def _status(self, version: str, current: bool) -> str:
        if version == "v2.8" and not self._has("train"):
            return "EXPERIMENTAL"
        return "CURRENT" if current else "SUPPORTED"

    def _has(self, release: str) -> bool:
        return _AGE[self.name] >= _AGE[release]


def _minor(version: str) -> int:
    return int(version.partition(".")[2])
