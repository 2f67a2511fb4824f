"""Who asks: identities told by trusted headers. PREFIX stands for what tells one run's projects from another's."""

from __future__ import annotations

from collections.abc import Mapping


def _identity(project: str, roles: str) -> Mapping[str, str]:
    identity = {"X-Identity-Status": "Confirmed", "X-User-Id": f"user-of-{project}", "X-Roles": roles}
    return {**identity, "X-Project-Id": project} if project else identity


def project(name: str) -> str:
    return f"{name}-PREFIX"


ADMIN = _identity("admin", "admin,member,reader")
PEOPLE: Mapping[str, Mapping[str, str]] = {
    "producer": _identity(project("producer"), "member,reader"),
    "reader": _identity(project("producer"), "reader"),
    "writer": _identity(project("producer"), "member"),
    "nobody": _identity(project("producer"), ""),
    "consumer": _identity(project("consumer"), "member,reader"),
    "consumer's reader": _identity(project("consumer"), "reader"),
    "customer": _identity(project("customer"), "member,reader"),
    "outsider": _identity(project("outsider"), "Reader, Member"),
    "homeless": _identity("", "member,reader"),
    "admin": ADMIN,
    "root": _identity("", "admin"),
    "service": _identity("service", "service"),
    "unknown": {},
    "invalid": {"X-Identity-Status": "Invalid", "X-Project-Id": project("producer"), "X-Roles": "admin"},
}
OFTEN = ("producer",) * 8 + ("consumer",) * 4 + ("admin",) * 4 + ("customer", "outsider", "reader") * 2
PROJECTS = tuple(name for name, identity in PEOPLE.items() if "X-Project-Id" in identity)
"""Who can own something: the real service is not of one mind about images of nobody."""
CASTING = (*OFTEN, *OFTEN, *PEOPLE)
"""Whom the actor of a request is drawn from."""
