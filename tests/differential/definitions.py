"""Random metadata definitions: namespaces, and what stands in them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.differential import oddities
from tests.differential.images import as_json
from tests.differential.life import Life
from tests.differential.people import PEOPLE, project

people = st.sampled_from([*("admin",) * 20, *("producer",) * 4, *PEOPLE])
founders = people.filter(lambda person: person != "root")  # whose namespaces the real service cannot give an owner
SPACES = ("ns-PREFIX-a", "ns-PREFIX-b", "ns-PREFIX%20c", "nonsense-PREFIX")
NAMES = ("one", "two", "three", "a%20b", "x" * 80, "x" * 81, "%C3%A9", "")
KINDS = ("objects", "properties", "tags", "resource_types")
TITLED = {"title": "A title", "type": "string"}
NUMBERS = {"title": "n", "type": "integer", "minimum": 0, "maximum": 10, "default": 3, "enum": [1, 2, 3]}
LISTED = {"title": "l", "type": "array", "items": {"type": "string", "enum": ["a"]}, "minItems": 1, "uniqueItems": True}
PROPERTIES: tuple[Any, ...] = (
    TITLED, NUMBERS, LISTED, {**TITLED, "pattern": "^a$", "maxLength": 3, "minLength": 0}, {**TITLED, "readonly": True},
    {**TITLED, "operators": ["<or>"], "description": "d"}, {**TITLED, "required": ["a"]}, {"title": "t"}, {}, None, [],
    1,
    {"type": "string"}, {**TITLED, "type": "nonsense"}, {**TITLED, "type": None}, {**TITLED, "minimum": "a"},
    {**TITLED, "maxLength": -1}, {**TITLED, "unknown": 1}, {**TITLED, "additionalItems": False}, {**TITLED, "title": 1},
)  # fmt: skip
OWNERS = (project("producer"), project("consumer"), "admin")
SPACE_PARTS: tuple[dict[str, Any], ...] = (
    {"visibility": "public"}, {"visibility": "private"}, {"visibility": "shared"}, {"protected": True},
    {"protected": False},
    {"protected": "x"}, *({"owner": owner} for owner in OWNERS), {"owner": None}, {"display_name": "d"},
    {"description": "d"},
    {"display_name": "x" * 81}, {"description": "x" * 501}, {"display_name": None}, {"unknown": 1}, {"self": "x"},
    {"created_at": "2020-01-01T00:00:00Z"}, {"tags": [{"name": "one"}, {"name": "two"}]}, {"tags": [{"x": 1}]},
    {"tags": "a"},
    {"objects": [{"name": "one", "properties": {"p": TITLED}}]}, {"objects": [{"x": 1}]},
    {"properties": {"one": TITLED}},
    {"properties": {"one": {"title": "x"}}}, {"resource_type_associations": [{"name": "type-PREFIX", "prefix": "p_"}]},
    {"resource_type_associations": [{"prefix": "p_"}]}, {"namespace": "x" * 81}, {"namespace": 1},
)  # fmt: skip
# Not a namespace without a name: nobody can take that away again.
OBJECTS: tuple[Any, ...] = (
    *({"name": name} for name in ("one", "two", "three", "a b")), {"name": "one", "description": "d", "required": []},
    *({"name": "one", "properties": {"p": one}} for one in PROPERTIES), {"name": "x" * 80}, {"name": "x" * 81},
    {"name": ""},
    {"name": 1}, {"name": "two", "required": ["p"], "properties": {"p": NUMBERS}}, {"name": "one", "unknown": 1}, {},
    [], None,
    {"name": "one", "required": "p"}, {"name": "one", "description": None}, {"name": "é"}, {"name": "a/b"},
)  # fmt: skip
NAMED_PROPERTIES: tuple[Any, ...] = (
    *({"name": "one", **one} if isinstance(one, dict) else one for one in PROPERTIES), {"name": "two", **TITLED},
    {"name": "three", **NUMBERS}, {"name": "x" * 81, **TITLED}, {"name": "", **TITLED}, {"name": 1, **TITLED},
    {"name": "é", **TITLED},
)  # fmt: skip
TAGS: tuple[Any, ...] = (
    {"tags": [{"name": "one"}, {"name": "two"}]}, {"tags": []}, {"tags": [{"name": "b"}, {"name": "a"}]},
    {"tags": [{}]},
    {"tags": [{"name": "one"}, {"name": "one"}]}, {"tags": "one"}, None, {"tags": [{"name": "x" * 81}]},
    {"tags": [{"name": "one", "unknown": 1}]}, {"tags": [{"name": ""}]}, {"tags": None},
)  # fmt: skip
ONE_TAG: tuple[Any, ...] = ({"name": "one"}, {"name": "two"}, {"name": "four"}, {"name": ""}, {"name": "x" * 81}, {}, 1)
ASSOCIATIONS: tuple[Any, ...] = (
    {"name": "type-PREFIX"}, {"name": "other-PREFIX", "prefix": "p_"},
    {"name": "type-PREFIX", "properties_target": "image"}, {},
    {"name": "x" * 81}, {"name": ""}, {"name": 1}, {"name": "type-PREFIX", "prefix": "x" * 81},
    {"name": "type-PREFIX", "x": 1},
    {"name": "type-PREFIX", "prefix": None}, [], None,
)  # fmt: skip
QUERIES = (
    "", "", "?limit=1", "?sort_key=created_at", "?limit=2&sort_dir=asc", "?sort_key=namespace&sort_dir=asc",
    "?sort_key=name&sort_dir=desc", "?limit=0",
    "?limit=-1", "?limit=a", "?sort_key=nonsense", "?sort_dir=up", "?visibility=public", "?visibility=private",
    "?visibility=x",
    "?resource_types=type-PREFIX", "?resource_types=type-PREFIX,other-PREFIX", "?marker=ns-PREFIX-a",
    "?marker=nonsense", "?x=1",
    "?limit=1&marker=ns-PREFIX-a&sort_key=namespace&sort_dir=asc", "?marker=one", "?marker=two&limit=1",
    "?sort_key=updated_at&sort_dir=asc", "?resource_type=type-PREFIX", "?limit=1001", "?owner=admin",
)  # fmt: skip
# The real service breaks on other keys where there is a namespace.
PAGES = tuple(query for query in QUERIES if "sort_key" not in query or "created_at" in query or "=name&" in query)
BODIES = {"objects": OBJECTS, "properties": NAMED_PROPERTIES, "tags": TAGS, "resource_types": ASSOCIATIONS}
spaces = st.sampled_from([*SPACES[:2] * 4, *SPACES])
names = st.sampled_from([*NAMES[:3] * 4, *NAMES])
collections = st.sampled_from(KINDS).flatmap(
    lambda kind: st.tuples(st.just(kind), st.sampled_from([as_json(body) for body in BODIES[kind]]))
)
items = st.sampled_from(KINDS[:3]).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.sampled_from([as_json(body) for body in (BODIES[kind] if kind != "tags" else ONE_TAG)]),
    )
)


class DefinitionLives(Life):
    """What happens to metadata definitions."""

    def _ask(self, person: str, method: str, path: str, body: bytes | None = None) -> None:
        """Ask, and compare what became of the namespace."""
        target = f"/v2/metadefs/namespaces{path}"
        answer = self.ask(person, method, target, {"Accept": "application/json"}, body)
        if method != "GET" and answer.status >= 500:  # who knows what it did before it broke
            for space in sorted(self.namespaces):
                self.pair.forget(self._fill(space))
        if method != "GET" and answer.status < 400:
            for space in SPACES[:3]:
                if f"/{space}/" in f"{path}/" or not path:
                    self.ask("admin", "GET", f"/v2/metadefs/namespaces/{space}")

    @rule(person=founders, space=spaces, parts=st.lists(st.sampled_from(SPACE_PARTS), max_size=3))
    def create_namespace(self, person: str, space: str, parts: list[dict[str, Any]]) -> None:
        self.namespaces.add(space)
        body = {"namespace": space.replace("%20", " ")}
        for part in parts:
            body |= part
        self._ask(person, "POST", "", as_json(body))

    @rule(person=people, space=spaces, new=spaces, parts=st.lists(st.sampled_from(SPACE_PARTS), max_size=3))
    def change_namespace(self, person: str, space: str, new: str, parts: list[dict[str, Any]]) -> None:
        self.namespaces.add(new)
        body = {"namespace": new.replace("%20", " ")}
        for part in parts:
            body |= part
        self._ask(person, "PUT", f"/{space}", as_json(body))

    @rule(person=people, space=spaces, body=oddities.bodies)
    def delete_namespace(self, person: str, space: str, body: bytes | None) -> None:
        self._ask(person, "DELETE", f"/{space}", body)

    @rule(person=people, space=st.sampled_from(["", *SPACES]), query=st.sampled_from(QUERIES))
    def read_namespaces(self, person: str, space: str, query: str) -> None:
        self._ask(person, "GET", f"/{space}{query}" if space else query)

    @rule(person=people, space=spaces, kind=st.sampled_from(KINDS), query=st.sampled_from(PAGES))
    def list_definitions(self, person: str, space: str, kind: str, query: str) -> None:
        self._ask(person, "GET", f"/{space}/{kind}{query}")

    @rule(person=people, space=spaces, kind=st.sampled_from(KINDS), name=names)
    def show_definition(self, person: str, space: str, kind: str, name: str) -> None:
        self._ask(person, "GET", f"/{space}/{kind}/{name}")

    @rule(person=people, space=spaces, given=collections)
    def add_definition(self, person: str, space: str, given: tuple[str, bytes]) -> None:
        self._ask(person, "POST", f"/{space}/{given[0]}", given[1])

    @rule(person=people, space=spaces, given=items, name=names)
    def change_definition(self, person: str, space: str, given: tuple[str, bytes], name: str) -> None:
        self._ask(person, "PUT", f"/{space}/{given[0]}/{name}", given[1])

    @rule(person=people, space=spaces, name=names, body=st.sampled_from([None, None, b"", b"{}", b'{"name": "two"}']))
    def add_tag(self, person: str, space: str, name: str, body: bytes | None) -> None:
        self._ask(person, "POST", f"/{space}/tags/{name}", body)

    @rule(person=people, space=spaces, kind=st.sampled_from(KINDS), name=st.sampled_from([*NAMES, "type-PREFIX"]))
    def delete_definition(self, person: str, space: str, kind: str, name: str) -> None:
        self._ask(person, "DELETE", f"/{space}/{kind}/{name}")

    @rule(person=people, space=spaces, kind=st.sampled_from(KINDS))
    def delete_definitions(self, person: str, space: str, kind: str) -> None:
        self._ask(person, "DELETE", f"/{space}/{kind}")

    @rule(person=people, accept=oddities.accepts)
    def list_resource_types(self, person: str, accept: dict[str, str]) -> None:
        self.ask(person, "GET", "/v2/metadefs/resource_types", accept)
