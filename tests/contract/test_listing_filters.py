"""Which images a list shows: to whom, and of those, which ones were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.actors import Actor
from tests.contract.stores import FIRST

PAST, FUTURE = "2001-02-03T04:05:06Z", "2099-01-01T00:00:00Z"

# Labels and attributes of what one owner has; `bytes` is how much is uploaded.
CATALOGUE: dict[str, dict[str, Any]] = {
    "small": {"name": "small", "bytes": 50, "tags": ["x"], "min_ram": 5, "os_version": "1"},
    "large": {"name": "large", "bytes": 100, "tags": ["x", "y"], "os_version": "2", "flavour": "a,b"},
    "safe": {"name": "safe", "protected": True, "min_disk": 7, "disk_format": "qcow2", "os_version": "é"},
    "comma": {"name": "a,b", "container_format": "ovf", "visibility": "private"},
    "colon": {"name": "a:b", "visibility": "community"},
    "hidden": {"name": "hidden", "os_hidden": True},
    "nameless": {"name": "", "tags": ["X"]},
}
SHOWN = "small large safe comma colon nameless"


class Catalogue:
    """The images of one owner, looked at through filters."""

    def __init__(self, owner: Actor) -> None:
        self.owner = owner
        self.labels: dict[str, str] = {}
        self.images: dict[str, dict[str, Any]] = {}
        for label, attributes in CATALOGUE.items():
            size = attributes.get("bytes")
            body = {key: value for key, value in attributes.items() if key != "bytes"}
            image = owner.active_image(b"x" * size, **body) if size else owner.image(**body)
            self.labels[image["id"]], self.images[label] = label, image

    def found(self, query: str) -> set[str]:
        """Return the labels of the owner's images in this list (a big page of it)."""
        query = query.format(**{label: image["id"] for label, image in self.images.items()})
        answer = self.owner.get(f"/v2/images?limit=1000&{query}")
        assert answer.status_code == 200, answer.text
        return {self.labels[image["id"]] for image in answer.json()["images"] if image["id"] in self.labels}


@pytest.fixture(scope="module")
def catalogue(newcomer: Callable[..., Actor]) -> Catalogue:
    return Catalogue(newcomer())


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        pytest.param("", SHOWN, id="no-filter"),
        # Equality, and lists of values.
        pytest.param("name=small", "small", id="name"),
        pytest.param("name=Small", "", id="name-in-another-case"),
        pytest.param("name=a,b", "comma", id="name-with-comma"),
        pytest.param("name=", "nameless", id="empty-name"),
        pytest.param("name=" + "x" * 300, "", id="name-too-long"),
        pytest.param("name=small&name=large", "large", id="last-name"),
        pytest.param("name=eq:small", "small", id="name-equals"),
        pytest.param("name=eq:a:b", "colon", id="name-equals-with-colon"),
        pytest.param("name=in:small,large", "small large", id="names"),
        pytest.param("name=in:%22a,b%22,small", "comma small", id="names-quoted"),
        pytest.param("name=in:small,%20large", "small", id="names-with-blanks"),
        pytest.param("name=in:small,", "small", id="names-with-trailing-comma"),
        pytest.param("name=in:", "", id="no-names"),
        pytest.param("id={small}", "small", id="id"),
        pytest.param("id=nonsense", "", id="id-that-is-none"),
        pytest.param("id=", "", id="empty-id"),
        pytest.param("id=in:{small},{large},nonsense", "small large", id="ids"),
        pytest.param("status=active", "small large", id="status"),
        pytest.param("status=in:active,queued", SHOWN, id="statuses"),
        pytest.param("status=eq:active", "small large", id="status-equals"),
        pytest.param("status=in:active,nonsense", "small large", id="statuses-with-an-unknown-one"),
        pytest.param("status=ACTIVE", "", id="status-in-upper-case"),
        pytest.param("status=nonsense", "", id="unknown-status"),
        pytest.param("status=", "", id="empty-status"),
        pytest.param("status=deleted", "", id="deleted-is-not-listed"),
        pytest.param("disk_format=qcow2", "safe", id="disk-format"),
        pytest.param("disk_format=in:qcow2,iso", "safe", id="disk-formats"),
        pytest.param("disk_format=nonsense", "", id="unknown-disk-format"),
        pytest.param("container_format=ovf", "comma", id="container-format"),
        pytest.param("container_format=in:ovf,ova", "comma", id="container-formats"),
        pytest.param("name=small&status=queued", "", id="filters-add-up"),
        # Tags: each repetition narrows the list.
        pytest.param("tag=x", "small large", id="tag"),
        pytest.param("tag=x&tag=y", "large", id="tags"),
        pytest.param("tag=x&tag=z", "", id="tags-not-all-there"),
        pytest.param("tag=X", "nameless", id="tag-in-another-case"),
        pytest.param("tag=", "", id="empty-tag"),
        pytest.param("tag=in:x,y", "", id="tag-knows-no-lists"),
        # Properties, whatever their name.
        pytest.param("os_version=1", "small", id="property"),
        pytest.param("os_version=%C3%A9", "safe", id="property-unicode"),
        pytest.param("os_version=2&flavour=a,b", "large", id="properties"),
        pytest.param("os_version=2&flavour=c", "", id="properties-not-all-there"),
        pytest.param("os_version=in:1,2", "", id="property-knows-no-lists"),
        pytest.param("os_version=", "", id="empty-property"),
        pytest.param("OS_VERSION=1", "", id="property-in-another-case"),
        pytest.param("os_version=2&os_version=1", "small", id="last-property"),
        pytest.param("no_such_thing=1", "", id="unknown-property"),
        pytest.param("schema=/v2/schemas/image", "", id="schema-is-no-attribute"),
        pytest.param(f"stores={FIRST}", "", id="stores-are-no-attribute"),
        pytest.param("is_public=true", "", id="v1-flag-is-no-attribute"),
        pytest.param("%20=1", "", id="blank-key"),
        # Numbers.
        pytest.param("size_min=60", "large", id="size-min"),
        pytest.param("size_max=60", "small", id="size-max"),
        pytest.param("size_min=50&size_max=100", "small large", id="size-between-bounds-inclusive"),
        pytest.param("size_min=5&size_max=1", "", id="size-between-nothing"),
        pytest.param("size_min=-1", "small large", id="no-size-is-not-small"),
        pytest.param("size=100", "large", id="size"),
        pytest.param("size=nonsense", "", id="size-that-is-none"),
        pytest.param("size=gt:1", "", id="size-knows-no-operators"),
        pytest.param("min_disk=7", "safe", id="min-disk"),
        pytest.param("min_ram=5", "small", id="min-ram"),
        pytest.param("min_ram_min=1", "small", id="min-ram-min"),
        pytest.param("min_disk_max=1", "small large comma colon nameless", id="min-disk-max"),
        pytest.param("min_disk=nonsense", "", id="min-disk-that-is-none"),
        pytest.param("virtual_size=50", "small", id="virtual-size"),
        # Hashes.
        pytest.param("os_hash_algo=sha512", "small large", id="hash-algorithm"),
        pytest.param("os_hash_algo=md5", "", id="another-hash-algorithm"),
        pytest.param("checksum=nonsense", "", id="checksum-that-is-none"),
        pytest.param("os_hash_value=nonsense", "", id="hash-that-is-none"),
        # Booleans: each has its own spelling.
        pytest.param("protected=true", "safe", id="protected"),
        pytest.param("protected=false", "small large comma colon nameless", id="unprotected"),
        pytest.param("os_hidden=true", "hidden", id="hidden"),
        pytest.param("os_hidden=True", "hidden", id="hidden-capitalised"),
        pytest.param("os_hidden=TRUE", "hidden", id="hidden-in-capitals"),
        pytest.param("os_hidden=false", SHOWN, id="not-hidden"),
        pytest.param("os_hidden=False", SHOWN, id="not-hidden-capitalised"),
        pytest.param("os_hidden=true&visibility=all", "hidden", id="all-is-not-hidden"),
        pytest.param("deleted=true", SHOWN, id="deleted-is-ignored"),
        pytest.param("deleted=nonsense", SHOWN, id="deleted-is-not-even-read"),
        # Visibility of one's own.
        pytest.param("visibility=private", "comma", id="private"),
        pytest.param("visibility=shared", "small large safe nameless", id="shared"),
        pytest.param("visibility=community", "colon", id="community"),
        pytest.param("visibility=public", "", id="public"),
        pytest.param("visibility=all", SHOWN, id="all"),
        pytest.param("visibility=", "", id="empty-visibility"),
        pytest.param("visibility=shared&visibility=private", "", id="two-visibilities"),
        pytest.param("member_status=pending", SHOWN, id="own-ones-whatever-the-member-status"),
        # Owner.
        pytest.param("owner=somebody", "", id="another-owner"),
        pytest.param("owner=", "", id="empty-owner"),
        pytest.param("owner=in:a,b", "", id="owner-knows-no-lists"),
        # Times.
        pytest.param(f"created_at=gt:{PAST}", SHOWN, id="created-after"),
        pytest.param(f"created_at=gte:{PAST}", SHOWN, id="created-since"),
        pytest.param(f"created_at=lt:{PAST}", "", id="created-before"),
        pytest.param(f"created_at=lte:{FUTURE}", SHOWN, id="created-until"),
        pytest.param(f"created_at=neq:{PAST}", SHOWN, id="created-not-then"),
        pytest.param(f"created_at=eq:{PAST}", "", id="created-then"),
        pytest.param(f"created_at={PAST}", "", id="created-then-without-operator"),
        pytest.param(f"updated_at=gt:{PAST}", SHOWN, id="updated-after"),
        pytest.param("updated_at=lt:2099-01-01", SHOWN, id="date-alone"),
        pytest.param("updated_at=lt:2099-01-01T00:00:00", SHOWN, id="without-zone"),
        pytest.param("updated_at=lt:2099-01-01%2000:00:00", SHOWN, id="blank-before-the-hour"),
        pytest.param("updated_at=lt:2099-01-01T00:00:00.000Z", SHOWN, id="fractions"),
        pytest.param("updated_at=lt:2099-01-01T00:00:00%2B02:00", SHOWN, id="offset"),
        pytest.param(f"created_at=lt:{PAST}&created_at=gt:{PAST}", SHOWN, id="last-time"),
    ],
)
def test_a_filter_narrows_the_list(catalogue: Catalogue, query: str, labels: str) -> None:
    assert catalogue.found(query) == set(labels.split())


@pytest.mark.parametrize("key", ["id", "name", "checksum", "os_hash_value", "owner"])
def test_an_image_is_found_by_what_it_shows(catalogue: Catalogue, key: str) -> None:
    assert "large" in catalogue.found(f"{key}={catalogue.images['large'][key]}")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("visibility=nonsense", id="visibility"),
        pytest.param("visibility=PUBLIC", id="visibility-in-upper-case"),
        pytest.param("visibility=in:shared,private", id="visibility-list"),
        pytest.param("member_status=nonsense", id="member-status"),
        pytest.param("member_status=", id="empty-member-status"),
        pytest.param("protected=True", id="protected-capitalised"),
        pytest.param("protected=1", id="protected-one"),
        pytest.param("protected=", id="empty-protected"),
        pytest.param("os_hidden=1", id="hidden-one"),
        pytest.param("os_hidden=yes", id="hidden-yes"),
        pytest.param("os_hidden=", id="empty-hidden"),
        pytest.param("size_min=nonsense", id="size-min"),
        pytest.param("size_max=1.5", id="size-max-with-fraction"),
        pytest.param("size_min=", id="empty-size-min"),
        pytest.param("size_min=gt:1", id="size-min-with-operator"),
        pytest.param("min_ram_min=nonsense", id="min-ram-min"),
        pytest.param("name=in:%22a", id="open-quotation"),
        pytest.param("name=in:a%22b", id="quotation-mark-within"),
        pytest.param("name=in:%22a%22b", id="text-after-quotation"),
        pytest.param("name=in:%22a%22%20,b", id="blank-after-quotation"),
        pytest.param("name=in:a,%20%22b%22", id="blank-before-quotation"),
        pytest.param("name=neq:a", id="name-unequal"),
        pytest.param("name=a:b", id="name-with-a-colon"),
        pytest.param("name=IN:a", id="operator-in-upper-case"),
        pytest.param("id=neq:a", id="id-unequal"),
        pytest.param("status=neq:active", id="status-unequal"),
        pytest.param("disk_format=gt:raw", id="disk-format-greater"),
        pytest.param("container_format=like:o", id="container-format-like"),
        pytest.param("created_at=nonsense", id="time"),
        pytest.param("created_at=gt:nonsense", id="time-after-operator"),
        pytest.param("created_at=gt:", id="empty-time-after-operator"),
        pytest.param("created_at=", id="empty-time"),
        pytest.param(f"created_at=foo:{PAST}", id="time-with-unknown-operator"),
        pytest.param(f"updated_at=in:{PAST}", id="list-of-times"),
        pytest.param(f"changes-since={PAST}", id="changes-since"),
        pytest.param("name=%FF", id="value-not-utf-8"),
        pytest.param("%FF=a", id="key-not-utf-8"),
    ],
)
def test_a_bad_value_is_refused(producer: Actor, query: str) -> None:
    assert producer.get(f"/v2/images?{query}").status_code == 400


# Who sees what


@pytest.fixture(scope="module")
def gallery(newcomer: Callable[..., Actor]) -> Iterator[tuple[dict[str, Actor], dict[str, str]]]:
    """Four callers, and images of every kind that concerns them (label by id)."""
    owner, member = newcomer(), newcomer()
    callers = {
        "owner": owner,
        "reader": newcomer(roles="reader", project=owner.project),
        "member": member,
        "outsider": newcomer(),
        "admin": newcomer(roles="admin,member,reader"),
    }
    labels = {owner.image(visibility=kind)["id"]: kind for kind in ("private", "shared", "community")}
    public = callers["admin"].image(visibility="public")
    labels[public["id"]] = "public"
    for status in ("pending", "accepted", "rejected"):
        image = owner.image()
        owner.offer(image, member, status)
        labels[image["id"]] = status
    hidden = owner.image(os_hidden=True)
    owner.offer(hidden, member, "accepted")
    labels[hidden["id"]] = "hidden"
    labels[member.image()["id"]] = "own"
    yield callers, labels
    callers["admin"].delete(public["self"])


ALL_SHARED = "shared pending accepted rejected"


@pytest.mark.parametrize(
    ("who", "query", "labels"),
    [
        pytest.param("owner", "", f"private {ALL_SHARED} community public", id="owner"),
        pytest.param("reader", "", f"private {ALL_SHARED} community public", id="reader"),
        pytest.param("owner", "member_status=pending", f"private {ALL_SHARED} community public", id="owner-status"),
        pytest.param("owner", "os_hidden=true", "hidden", id="owner-hidden"),
        pytest.param("member", "", "own accepted public", id="member"),
        pytest.param("member", "member_status=accepted", "own accepted public", id="member-accepted"),
        pytest.param("member", "member_status=pending", "own pending public", id="member-pending"),
        pytest.param("member", "member_status=rejected", "own rejected public", id="member-rejected"),
        pytest.param("member", "member_status=all", "own pending accepted rejected public", id="member-all"),
        pytest.param("member", "visibility=shared", "own accepted", id="member-shared"),
        pytest.param("member", "visibility=shared&member_status=pending", "own pending", id="member-shared-pending"),
        pytest.param("member", "visibility=community", "community", id="member-community"),
        pytest.param(
            "member", "visibility=community&member_status=pending", "community", id="member-community-pending"
        ),
        pytest.param("member", "visibility=public", "public", id="member-public"),
        pytest.param("member", "visibility=private", "", id="member-private"),
        pytest.param("member", "visibility=all", "own accepted public community", id="member-everything"),
        pytest.param(
            "member",
            "visibility=all&member_status=all",
            "own pending accepted rejected public community",
            id="member-everything-of-any-status",
        ),
        pytest.param("member", "os_hidden=true", "hidden", id="member-hidden"),
        pytest.param("member", "owner={owner}", "accepted", id="member-by-owner"),
        pytest.param(
            "member", "owner={owner}&member_status=all", "pending accepted rejected", id="by-owner-any-status"
        ),
        pytest.param("member", "owner={owner}&visibility=community", "community", id="member-community-by-owner"),
        pytest.param("member", "owner={owner}&visibility=private", "", id="member-private-by-owner"),
        pytest.param("outsider", "", "public", id="outsider"),
        pytest.param("outsider", "member_status=all", "public", id="outsider-any-status"),
        pytest.param("outsider", "visibility=all", "public community", id="outsider-everything"),
        pytest.param("outsider", "owner={owner}", "", id="outsider-by-owner"),
        pytest.param("admin", "", f"private {ALL_SHARED} own public", id="admin-but-community"),
        pytest.param("admin", "member_status=pending", f"private {ALL_SHARED} own public", id="admin-status"),
        pytest.param("admin", "visibility=private", "private", id="admin-private"),
        pytest.param("admin", "visibility=shared", f"{ALL_SHARED} own", id="admin-shared"),
        pytest.param("admin", "visibility=community", "community", id="admin-community"),
        pytest.param("admin", "visibility=all", f"private {ALL_SHARED} own public community", id="admin-everything"),
        pytest.param("admin", "owner={owner}", f"private {ALL_SHARED}", id="admin-by-owner"),
    ],
)
def test_a_list_shows_what_concerns_the_caller(
    gallery: tuple[dict[str, Actor], dict[str, str]], who: str, query: str, labels: str
) -> None:
    callers, known = gallery
    found = callers[who].listed(f"?limit=1000&{query.format(owner=callers['owner'].project)}")
    assert {known[image_id] for image_id in found if image_id in known} == set(labels.split())


def test_a_caller_without_a_role_may_not_list(newcomer: Callable[..., Actor]) -> None:
    assert newcomer(roles="").get("/v2/images").status_code == 403


def test_a_deleted_image_is_not_listed(producer: Actor) -> None:
    image = producer.image()
    assert image["id"] in producer.listed()
    producer.delete(f"/v2/images/{image['id']}")
    assert image["id"] not in producer.listed()


@pytest.mark.parametrize("name", ['a"b', 'x"."y', "a'b", "a.b", "$", "[0]", "*", "é", "a b", "a\\b"])
def test_a_property_of_any_name_can_be_asked_for(producer: Actor, name: str) -> None:
    image = producer.image(**{name: "this"})
    producer.image(**{name: "that"})
    assert producer.listed(f"?owner={producer.project}&{quote(name)}=this") == [image["id"]]
