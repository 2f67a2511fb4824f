"""What the documents have in common."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

UUID = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"
TEXT: Document = {"type": "string"}
READ_ONLY_TEXT: Document = {"readOnly": True, "type": "string"}


def typed(kind: str, description: str = "", **more: Any) -> Document:
    """Return the schema of a value; `kind` is a JSON type, with a question mark where null is allowed as well."""
    type_: str | list[str] = ["null", kind.removesuffix("?")] if kind.endswith("?") else kind
    return {"type": type_, **({"description": description} if description else {}), **more}


def moment(description: str) -> Document:
    """Return the schema of a time that the service sets."""
    return typed("string", description, readOnly=True, format="date-time")


def links(**targets: str) -> list[Document]:
    """Return links, each to the value of an attribute of the document itself."""
    return [{"rel": rel, "href": "{" + attribute + "}"} for rel, attribute in targets.items()]


def listing(name: str, item: Document) -> Document:
    """Return the document of a list that comes in one piece."""
    return {
        "name": name,
        "properties": {name: {"type": "array", "items": item}, "schema": TEXT},
        "links": links(describedby="schema"),
    }


def paged(name: str, item: Document, **more: Any) -> Document:
    """Return the document of a list that comes in pages."""
    return {
        "name": name,
        "properties": {name: {"type": "array", "items": item}, "first": TEXT, "next": TEXT, "schema": TEXT},
        "links": links(first="first", next="next", describedby="schema"),
        **more,
    }
