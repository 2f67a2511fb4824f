"""Random lives of images: as records, in lists, offered, tagged, with data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, initialize, rule

from tests.differential import data, images, lists, oddities
from tests.differential.life import Life, people
from tests.differential.people import PROJECTS, project

owners = st.sampled_from(["producer", "producer", "producer", "consumer", *PROJECTS])
invited = st.sampled_from([project(name) for name in ("consumer", "consumer", "customer", "producer", "outsider")])
strangers = st.sampled_from(["a", "%20", "a%2Fb", "x" * 300, "%C3%A9", "a%3Fb", ""])
statuses: st.SearchStrategy[Any] = st.sampled_from(
    [*("accepted", "rejected", "pending") * 3, "", "ACCEPTED", None, 1, [], {}, True]
)


class ImageLives(Life):
    """What happens to images."""

    # Images

    @initialize(target=Life.image, visibility=st.sampled_from(["shared", "community", "private"]))
    def begin(self, visibility: str) -> str | MultipleResults[str]:
        return self.create_image("producer", images.as_json({"id": "NEW", **images.READY, "visibility": visibility}))

    @rule(target=Life.image, person=owners, attributes=images.new_images, accept=oddities.accepts)
    def create(self, person: str, attributes: dict[str, Any], accept: Mapping[str, str]) -> str | MultipleResults[str]:
        return self.create_image(person, images.as_json({"id": "NEW", **attributes}), accept)

    @rule(person=people, body=st.sampled_from(images.ODD_BODIES), accept=oddities.accepts)
    def create_oddly(self, person: str, body: bytes, accept: Mapping[str, str]) -> None:
        self.create_image(person, body, accept)

    @rule(person=people, image=Life.image)
    def create_again(self, person: str, image: str) -> None:
        self.ask(person, "POST", "/v2/images", body=images.as_json({"id": image}))

    @rule(person=people, image=Life.image, spelling=oddities.spellings, accept=oddities.accepts)
    def show(self, person: str, image: str, spelling: Any, accept: Mapping[str, str]) -> None:
        self.ask(person, "GET", f"/v2/images/{spelling(image)}", accept)

    @rule(
        person=people, image=Life.image, changes=images.changes, media_type=images.patch_types, accept=oddities.accepts
    )
    def change(
        self, person: str, image: str, changes: list[Any], media_type: str | None, accept: Mapping[str, str]
    ) -> None:
        if media_type and media_type.startswith(images.OLD):
            changes = images.in_old_words(changes)
        headers = {**accept, **({} if media_type is None else {"Content-Type": media_type})}
        self.ask(person, "PATCH", f"/v2/images/{image}", headers, images.as_json(changes))

    @rule(person=people, image=Life.image, body=st.sampled_from(images.ODD_BODIES))
    def change_oddly(self, person: str, image: str, body: bytes) -> None:
        self.ask(person, "PATCH", f"/v2/images/{image}", {"Content-Type": images.MODERN}, body)

    @rule(image=Life.image, change=images.usual_change)
    def change_well(self, image: str, change: dict[str, Any]) -> None:
        self.ask("admin", "PATCH", f"/v2/images/{image}", {"Content-Type": images.MODERN}, images.as_json([change]))

    @rule(image=Life.image, visibility=st.sampled_from(["public", "community", "shared", "shared", "private"]))
    def move(self, image: str, visibility: str) -> None:
        body = images.as_json([images.change("replace", "/visibility", visibility)])
        self.ask("admin", "PATCH", f"/v2/images/{image}", {"Content-Type": images.MODERN}, body)

    @rule(person=people, image=Life.image, body=oddities.bodies)
    def delete(self, person: str, image: str, body: bytes | None) -> None:
        assume(len(self.ids) > 2)
        self.ask(person, "DELETE", f"/v2/images/{image}", body=body)

    @rule(person=people, image=Life.image, action=st.sampled_from(["deactivate", "reactivate"]), body=oddities.bodies)
    def act(self, person: str, image: str, action: str, body: bytes | None) -> None:
        self.ask(person, "POST", f"/v2/images/{image}/actions/{action}", body=body)

    # Lists

    @rule(person=people, query=lists.queries, accept=oddities.accepts)
    def list_images(self, person: str, query: str, accept: Mapping[str, str]) -> None:
        self.ask(person, "GET", f"/v2/images?{query}" if query else "/v2/images", accept)

    @rule(person=people, query=lists.queries, image=Life.image, name=st.sampled_from(["marker", "marker", "id"]))
    def list_from(self, person: str, query: str, image: str, name: str) -> None:
        self.ask(person, "GET", f"/v2/images?{query}&{name}={image}")

    @rule(person=people, query=lists.walks, limit=st.integers(1, 3))
    def walk(self, person: str, query: str, limit: int) -> None:
        target = f"/v2/images?limit={limit}&{query}"
        for _ in range(6):
            answer = self.ask(person, "GET", target)
            page = json.loads(answer.body) if answer.status == 200 else {}
            if "next" not in page:
                return
            target = page["next"]

    # Members

    @rule(image=Life.image, who=st.sampled_from(["consumer", "customer"]), status=statuses)
    def offer(self, image: str, who: str, status: Any) -> None:
        path, member = f"/v2/images/{image}/members", project(who)
        self.ask("producer", "POST", path, body=images.as_json({"member": member}))
        self.ask(who, "PUT", f"{path}/{member}", body=images.as_json({"status": status}))

    @rule(
        person=people,
        image=Life.image,
        body=st.one_of(
            invited.map(lambda member: {"member": member}),
            st.sampled_from([
                {}, [], None, 1, {"member": ""}, {"member": None}, {"member": 0}, {"member_id": "a"}, {"member": "a/b"},
                {"member": "x" * 300}, {"member": "é"}, {"member": "a\U0001f600"}, {"member": 1}, {"member": []},
                {"member": "a", "status": "accepted"}, {"member": {}}, {"member": "a?b"}, {"member": " "}, "member",
                {"member": ["a"]},
            ]),
        ),
    )  # fmt: skip
    def add_member(self, person: str, image: str, body: Any) -> None:
        self.ask(person, "POST", f"/v2/images/{image}/members", body=images.as_json(body))

    @rule(
        person=people, image=Life.image, member=st.one_of(invited, invited, strangers), status=statuses,
        odd=st.sampled_from([*[None] * 8, b"", b"{}", b"[]", b"nonsense", b'{"status": "accepted", "x": 1}', b"null"]),
    )  # fmt: skip
    def answer(self, person: str, image: str, member: str, status: Any, odd: bytes | None) -> None:
        body = images.as_json({"status": status}) if odd is None else odd
        self.ask(person, "PUT", f"/v2/images/{image}/members/{member}", body=body)

    @rule(person=people, image=Life.image, member=st.one_of(invited, invited, strangers), body=oddities.bodies)
    def revoke(self, person: str, image: str, member: str, body: bytes | None) -> None:
        self.ask(person, "DELETE", f"/v2/images/{image}/members/{member}", body=body)

    @rule(person=people, image=Life.image, member=st.one_of(invited, strangers), accept=oddities.accepts)
    def show_member(self, person: str, image: str, member: str, accept: Mapping[str, str]) -> None:
        self.ask(person, "GET", f"/v2/images/{image}/members/{member}", accept)

    @rule(person=people, image=Life.image, accept=oddities.accepts)
    def list_members(self, person: str, image: str, accept: Mapping[str, str]) -> None:
        self.ask(person, "GET", f"/v2/images/{image}/members", accept)

    # Tags

    @rule(
        person=people, image=Life.image, tag=oddities.tags, method=st.sampled_from(["PUT", "DELETE"]),
        body=oddities.bodies
    )  # fmt: skip
    def tag(self, person: str, image: str, tag: str, method: str, body: bytes | None) -> None:
        self.ask(person, method, f"/v2/images/{image}/tags/{tag}", body=body)

    # Data

    @rule(
        target=Life.image, person=owners, content=st.sampled_from(sorted(data.FITTING)), visibility=images.visibilities
    )
    def create_active(self, person: str, content: str, visibility: str) -> str | MultipleResults[str]:
        attributes = {**images.READY, "disk_format": data.FITTING[content], "visibility": visibility}
        image = self.create_image(person, images.as_json({"id": "NEW", **attributes}))
        if isinstance(image, str):
            self.ask(person, "PUT", f"/v2/images/{image}/file", data.OCTETS, data.CONTENTS[content])
        return image

    @rule(
        person=people, image=Life.image, content=data.contents, headers=data.upload_headers, chunked=st.booleans(),
        size=data.sizes, store=data.stores,
    )  # fmt: skip
    def upload(
        self, person: str, image: str, content: str, headers: Mapping[str, str], chunked: bool,
        size: str | None, store: str | None,
    ) -> None:  # fmt: skip
        body = data.CONTENTS[content]
        told = {**headers, **data.announced(size, body), **({} if store is None else {"x-image-meta-store": store})}
        self.ask(person, "PUT", f"/v2/images/{image}/file", told, body, chunked)

    @rule(person=people, image=Life.image, headers=data.download_headers)
    def download(self, person: str, image: str, headers: Mapping[str, str]) -> None:
        self.ask(person, "GET", f"/v2/images/{image}/file", headers)

    # Anything

    @rule(
        person=people, image=Life.image, method=oddities.methods, path=oddities.targets, accept=oddities.accepts,
        headers=oddities.headers, body=oddities.bodies, member=invited,
    )  # fmt: skip
    def odd(
        self, person: str, image: str, method: str, path: str, accept: Mapping[str, str],
        headers: Mapping[str, str], body: bytes | None, member: str,
    ) -> None:  # fmt: skip
        path = path.replace("ID", image).replace("MEMBER", member)
        self.ask(person, method, path, {**accept, **headers}, body)

    @rule(person=people, path=oddities.targets, image=Life.image, accept=oddities.accepts, headers=oddities.headers)
    def get(self, person: str, path: str, image: str, accept: Mapping[str, str], headers: Mapping[str, str]) -> None:
        self.ask(person, "GET", path.replace("ID", image), {**accept, **headers})
