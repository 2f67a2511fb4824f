"""Why a request was answered as it was, as facts and in words.

Nothing is decided here: the rules are asked, and what they look at is looked at again to say what was decisive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import String, bindparam, select

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image, Member
from glance_emulator.db.rows import Reader, Row, Statement
from glance_emulator.domain import images, policy
from glance_emulator.domain import listing as lists
from glance_emulator.domain.visibility import listed, viewer
from glance_emulator.errors import Forbidden, NotFound

Facts = Mapping[str, Any]
"""What was decisive: its `kind`, one of WORDS, and whatever that tells of."""

Pairs = Sequence[tuple[str, str]]
"""The parameters of a query, decoded."""
NOT_FILTERS = {"limit", "marker", "sort", "sort_key", "sort_dir"}

WORDS: Mapping[str, str] = {
    "missing": "there is no image {image}, and there never was",
    "name": "no image has the id {image}, for that is a name; the images called so have the ids {ids}",
    "deleted": "image {image} was deleted at {at}; it belonged to project {owner}",
    "private": "image {image} is private to project {owner}",
    "no_member": "image {image} is shared by project {owner}, and project {project} is no member of it",
    "revoked": "project {project} was a member of image {image} until {at}, when project {owner} took the offer back",
    "lost": "project {project} is a member of image {image} with status {status}, and such members lose access here",
    "role": "project {project} may see image {image}, but policy {action} asks for the role {role}",
    "rules": "project {project} may see image {image}, but the rules of this service's operator for {action} "
    "do not allow it",
    "readable": "image {image} of project {owner} is {visibility}, and may be read",
    "hidden": "image {image} is hidden; lists show it only with os_hidden=true",
    "community": "image {image} is a community image of project {owner}; lists show it with visibility=community",
    "not_accepted": "project {project} is a member of image {image} with status {status}; "
    "the default list shows accepted only; ask with member_status={status}, or accept it",
    "filtered": "image {image} may be read, but the list was asked for {filter}, and that leaves it out",
    "in_list": "image {image} stands in the list that was asked for, on this page or on another",
    "listed": "image {image} of project {owner} stands in the default list",
    "policy": "policy {action} asks for the role {role}{whose}",
    "fault": "{did}",
    "operator": "the rules of this service's operator for {action} do not allow it",
}  # fmt: skip
OWNERS_TO_KNOW = frozenset({"missing", "name", "deleted", "private", "no_member", "revoked", "lost", "role", "rules"})
"""Kinds that say more than the refusal did: they are for admins, and for the project whose image it is."""

_IS = (Member.image_id == bindparam("image", type_=String()), Member.member_id == bindparam("member", type_=String()))
_IMAGE = Statement(select(images.COLUMNS).where(images.COLUMNS.c.id == bindparam("image", type_=String())))
_MEMBER = Statement(select(Member.__table__).where(*_IS))
_CALLED = Statement(
    select(images.COLUMNS.c.id)
    .where(images.COLUMNS.c.name == bindparam("name", type_=String()), images.COLUMNS.c.deleted_at.is_(None))
    .order_by(images.COLUMNS.c.created_at, images.COLUMNS.c.id)
    .limit(10)
)
_LISTED = {
    admin: [
        Statement(select(images.COLUMNS.c.id).where(images.COLUMNS.c.id == bindparam("image", type_=String()), part))
        for part in listed(admin, None, "accepted")
    ]
    for admin in (False, True)
}


def words(facts: Facts) -> str:
    """Return the facts as a sentence."""
    text = WORDS[facts["kind"]].format_map(facts)
    return f"{text[0].upper()}{text[1:]}."


def told(facts: Facts, caller: Caller) -> bool:
    """Say whether the caller may be told of the facts."""
    owns = caller.project_id is not None and facts.get("owner") == caller.project_id
    return caller.is_admin or owns or facts["kind"] not in OWNERS_TO_KNOW


def reading(reader: Reader, caller: Caller, image_id: str) -> Facts:
    """Say why the caller may or may not read the image by its id."""
    image, known = _look_up(reader, caller, image_id)
    if image is None:
        return {"kind": "missing", **known}
    try:
        images.find(reader, caller, image_id)
    except NotFound:
        return _unreadable(reader, caller, image, known)
    if not policy.allows(caller, "get_image", image.owner, image):
        if caller.rules is not None:
            return {"kind": "rules", **known, "action": "get_image"}
        return {"kind": "role", **known, "action": "get_image", "role": policy.rule_of(caller, "get_image").role}
    return {"kind": "readable", **known}


def or_name(reader: Reader, facts: Facts) -> Facts:
    """Return the facts, or, about an image that is missing because this is a name, the ids of those called so."""
    if facts["kind"] != "missing":
        return facts
    ids = [image.id for image in reader.all(_CALLED, {"name": facts["image"]})]
    return {**facts, "kind": "name", "ids": ", ".join(ids)} if ids else facts


def listing(reader: Reader, caller: Caller, image_id: str) -> Facts:
    """Say why the image does or does not stand in the caller's list, as it is without any filter."""
    facts = _listable(reader, caller, image_id)
    if facts["kind"] != "readable":
        return facts
    image = images.find(reader, caller, image_id)
    seen = {"image": image_id, **viewer(caller)}
    if not any(reader.one_or_none(part, seen) for part in _LISTED[caller.is_admin]):
        member = _member(reader, caller, image_id) if image.visibility == "shared" else None
        return {**facts, "kind": "not_accepted", "status": member.status} if member else {**facts, "kind": "community"}
    return {**facts, "kind": "hidden" if image.os_hidden else "listed"}


def listing_of(reader: Reader, caller: Caller, image_id: str, asked: Pairs) -> Facts:
    """Say why the image does or does not stand in the list that was asked for with these parameters.

    Nothing is guessed: the list is asked again for this image alone, with one thing after another left out.
    """
    facts = _listable(reader, caller, image_id)
    if facts["kind"] != "readable":
        return facts
    given = [(name, value) for name, value in asked if name not in NOT_FILTERS]
    if _stands(reader, caller, image_id, given):
        return {**facts, "kind": "in_list"}
    # All is left out that can be, and then each asked for again by itself.
    wide = {
        "member_status": "all",
        "os_hidden": str(images.find(reader, caller, image_id).os_hidden).lower(),
        "visibility": "all",
    }
    decisive = [
        name
        for name in (*wide, *(name for name in dict(given) if name not in wide))
        if not _stands(reader, caller, image_id, _asked_alone(given, name, wide))
    ]
    return {**facts, **_left_out(reader, caller, image_id, dict(given), decisive)}


def _listable(reader: Reader, caller: Caller, image_id: str) -> Facts:
    """Say why the caller may or may not read the image, or, where that may be, why not have any list."""
    facts = reading(reader, caller, image_id)
    if facts["kind"] == "readable":
        try:
            policy.enforce(caller, "get_images")
        except Forbidden as refusal:
            return {**(refusal.facts or {}), **facts, "kind": (refusal.facts or {})["kind"]}
    return facts


def _stands(reader: Reader, caller: Caller, image_id: str, asked: Pairs) -> bool:
    query = lists.parse(lists.Asked([*asked, ("limit", "1")]))
    query = replace(query, filters=[*query.filters, Image.id == image_id])
    return bool(lists.allowed(caller, lists.index(reader, caller, query)))


def _asked_alone(given: Pairs, name: str, wide: Mapping[str, str]) -> Pairs:
    """Return what asks for one thing as it was asked for, or as it is where nothing is said of it."""
    return [pair for pair in given if pair[0] == name] + [pair for pair in wide.items() if pair[0] != name]


def _left_out(
    reader: Reader, caller: Caller, image_id: str, said: Mapping[str, str], decisive: Sequence[str]
) -> dict[str, Any]:
    unsaid = [name for name in decisive if name not in said]
    member = _member(reader, caller, image_id) if "member_status" in unsaid else None
    if member is not None:
        return {"kind": "not_accepted", "status": member.status}
    if "os_hidden" in unsaid:
        return {"kind": "hidden"}
    if "visibility" in unsaid:
        return {"kind": "community"}
    return {"kind": "filtered", "filter": " and ".join(f"{name}={said[name]}" for name in decisive or said)}


def _look_up(reader: Reader, caller: Caller, image_id: str) -> tuple[Row | None, dict[str, Any]]:
    image = reader.one_or_none(_IMAGE, {"image": image_id})
    known = {"image": image_id, "project": caller.project_id}
    return image, known if image is None else {**known, "owner": image.owner, "visibility": image.visibility}


def _unreadable(reader: Reader, caller: Caller, image: Row, known: Facts) -> Facts:
    if image.deleted_at is not None:
        return {"kind": "deleted", **known, "at": f"{image.deleted_at:%Y-%m-%d %H:%M:%S} UTC"}
    if image.visibility == "private":
        return {"kind": "private", **known}
    member = _member(reader, caller, image.id)
    if member is None:
        return {"kind": "no_member", **known}
    if member.deleted_at is not None:
        return {"kind": "revoked", **known, "at": f"{member.deleted_at:%Y-%m-%d %H:%M:%S} UTC"}
    return {"kind": "lost", **known, "status": member.status}


def _member(reader: Reader, caller: Caller, image_id: str) -> Row | None:
    return reader.one_or_none(_MEMBER, {"image": image_id, "member": caller.project_id})
