"""Random lives of images whose data are staged, imported, copied between stores and taken out of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, rule

from tests.differential import data, oddities
from tests.differential.images import READY, as_json
from tests.differential.life import Life, people

METHODS: tuple[Any, ...] = (
    *({"name": "glance-direct"}, {"name": "copy-image"}) * 4,
    *({"name": "web-download", "uri": f"http://WEB/{name}"} for name in ("bytes", "nothing", "thousand", "qcow2")),
    {"name": "web-download", "uri": "http://WEB/nowhere"}, {"name": "web-download"},
    {"name": "web-download", "uri": ""},
    {"name": "web-download", "uri": "ftp://a.test/"}, {"name": "web-download", "uri": 1}, {"name": "glance-download"},
    {"name": "nonsense"}, {"name": None}, {}, None, 1, "glance-direct", [],
)  # fmt: skip
# Not the same store twice: on that an import hangs in the real service for ever.
CHOICES: tuple[dict[str, Any], ...] = (
    *({},) * 4, {"stores": ["cheap"]}, {"stores": ["cheap", "reliable"]}, {"all_stores": True}, {"stores": []},
    {"stores": ["nowhere"]}, {"stores": ["cheap", "nowhere"]}, {"stores": "cheap"}, {"stores": None}, {"stores": [1]},
    {"stores": ["cheap"], "all_stores": True}, {"all_stores": "true"}, {"all_stores": None}, {"all_stores": False},
    {"stores": ["cheap", "nowhere"], "all_stores_must_succeed": False}, {"all_stores_must_succeed": 1},
    {"all_stores": True, "all_stores_must_succeed": False}, {"unknown": 1},
)  # fmt: skip
LOCATIONS: tuple[Any, ...] = (
    {}, [], None, {"url": ""}, {"url": 1}, {"url": "nonsense"}, {"url": "file:///etc/passwd"},
    {"url": "http://a.test/"},
    {"url": "http://a.test/", "validation_data": {}},
    {"url": "http://a.test/", "validation_data": {"os_hash_algo": "x"}},
    {"url": "http://a.test/", "x": 1}, {"url": "cinder://a"}, {"validation_data": {}},
    {"url": "http://a.test/" + "x" * 300},
)  # fmt: skip
methods = st.sampled_from(METHODS)
choices = st.sampled_from(CHOICES)
INFORMATION = ("stores", "stores/detail", "import", "usage", "stores/", "nonsense")
STORES = ("cheap", "cheap", "reliable", "reliable", "nowhere", "os_glance_staging_store", "Cheap")


def hangs(method: Any, choice: Mapping[str, Any]) -> bool:
    """Say whether the real service would begin this and never end: it downloads, and then there is no store."""
    return isinstance(method, dict) and method.get("name") == "web-download" and choice.get("stores") == []


class ImportLives(Life):
    """What happens to an image's data in the background."""

    @rule(
        person=people, image=Life.image, content=data.contents, headers=data.upload_headers, size=data.sizes,
        chunked=st.booleans(),
    )  # fmt: skip
    def stage(
        self, person: str, image: str, content: str, headers: Mapping[str, str], size: str | None, chunked: bool
    ) -> None:
        told = {**headers, **data.announced(size, data.CONTENTS[content])}
        self.ask(person, "PUT", f"/v2/images/{image}/stage", told, data.CONTENTS[content], chunked)

    @rule(
        person=people, image=Life.image, method=methods, choice=choices,
        store=st.sampled_from([None] * 6 + ["cheap", "x"])
    )  # fmt: skip
    def order(self, person: str, image: str, method: Any, choice: dict[str, Any], store: str | None) -> None:
        headers = {} if store is None else {"X-Image-Meta-Store": store}
        if hangs(method, choice):
            return
        self.ask(person, "POST", f"/v2/images/{image}/import", headers, as_json({"method": method, **choice}))

    @rule(image=Life.image, content=st.sampled_from(sorted(data.FITTING)), choice=choices)
    def stage_and_order(self, image: str, content: str, choice: dict[str, Any]) -> None:
        self.ask("admin", "PUT", f"/v2/images/{image}/stage", data.OCTETS, data.CONTENTS[content])
        self._import(image, {"name": "glance-direct"}, choice)

    @rule(target=Life.image, content=st.sampled_from(["bytes", "nothing", "thousand"]), choice=choices)
    def create_imported(self, content: str, choice: dict[str, Any]) -> str | MultipleResults[str]:
        image = self.create_image("producer", as_json({"id": "NEW", **READY}))
        if isinstance(image, str):
            self.ask("producer", "PUT", f"/v2/images/{image}/stage", data.OCTETS, data.CONTENTS[content])
            body = as_json({"method": {"name": "glance-direct"}, **choice})
            self.ask("producer", "POST", f"/v2/images/{image}/import", None, body)
        return image

    @rule(image=Life.image, choice=choices)
    def copy(self, image: str, choice: dict[str, Any]) -> None:
        self._import(image, {"name": "copy-image"}, choice)

    @rule(
        image=Life.image, content=st.sampled_from(["bytes", "nothing", "thousand", "qcow2", "nowhere"]), choice=choices
    )
    def download_from_the_web(self, image: str, content: str, choice: dict[str, Any]) -> None:
        self._import(image, {"name": "web-download", "uri": f"http://WEB/{content}"}, choice)

    def _import(self, image: str, method: dict[str, Any], choice: dict[str, Any]) -> None:
        if not hangs(method, choice):
            self.ask("admin", "POST", f"/v2/images/{image}/import", None, as_json({"method": method, **choice}))

    @rule(person=people, image=Life.image, store=st.sampled_from(STORES), body=oddities.bodies)
    def empty_store(self, person: str, image: str, store: str, body: bytes | None) -> None:
        self.ask(person, "DELETE", f"/v2/stores/{store}/{image}", body=body)

    @rule(image=Life.image, store=st.sampled_from(["cheap", "reliable"]))
    def empty_store_well(self, image: str, store: str) -> None:
        self.ask("admin", "DELETE", f"/v2/stores/{store}/{image}")

    @rule(person=people, image=Life.image, accept=oddities.accepts)
    def list_tasks(self, person: str, image: str, accept: Mapping[str, str]) -> None:
        self.ask(person, "GET", f"/v2/images/{image}/tasks", accept)

    @rule(person=people, image=Life.image, body=st.sampled_from([None, *map(as_json, LOCATIONS)]))
    def locate(self, person: str, image: str, body: bytes | None) -> None:
        method = "GET" if body is None else "POST"
        self.ask(person, method, f"/v2/images/{image}/locations", None, body)

    @rule(image=Life.image)
    def tell_where(self, image: str) -> None:
        self.ask("service", "GET", f"/v2/images/{image}/locations")

    @rule(person=people, path=st.sampled_from(INFORMATION), accept=oddities.accepts)
    def inform(self, person: str, path: str, accept: Mapping[str, str]) -> None:
        self.ask(person, "GET", f"/v2/info/{path}", accept)
