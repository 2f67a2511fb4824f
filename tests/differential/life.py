"""A random life, lived on both services at once: how its requests are sent, and its traces removed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from hashlib import md5

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, multiple

from tests.differential import images
from tests.differential.pair import Pair
from tests.differential.people import ADMIN, CASTING, PEOPLE
from tests.differential.wire import Answer, Request

people = st.sampled_from(CASTING)
IN_BACKGROUND = ("/import", "/locations")
"""Ends of the paths whose requests are worked on after the answer."""


class Life(RuleBasedStateMachine):
    """Each rule is a request, or a few, that both services must answer alike."""

    pair: Pair  # given by the test
    image = Bundle("image")

    def __init__(self) -> None:
        """Begin with projects and ids that neither service has seen."""
        super().__init__()
        self.prefix = uuid.uuid4().hex[:8]
        self.ids = [images.GIVEN_ID]
        self.namespaces: set[str] = set()

    def teardown(self) -> None:
        """Leave nothing that the next life could see."""
        for image_id in self.ids:
            self.pair.give_up(self._fill(image_id))
        for namespace in sorted(self.namespaces):
            self.pair.forget(self._fill(namespace))

    def ask(
        self,
        person: str,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        chunked: bool = False,
    ) -> Answer:
        """Send a request to both, compare, and compare what it did to the image that it is about."""
        told = {**PEOPLE[person], **(headers or {})}
        told = {name: self._fill(value) for name, value in told.items()}
        if body is not None:
            body = body.replace(b"PREFIX", self.prefix.encode()).replace(b"http://WEB", self.pair.web.encode())
        answer, agreed = self.pair.ask(Request(method, self._fill(target), told, body, chunked))
        about = next((image_id for image_id in self.ids if image_id in target), None)
        if about and answer.status == 202 and target.endswith(IN_BACKGROUND):
            self.pair.settle(self._fill(about))
        if about and agreed and method not in ("GET", "HEAD"):
            agreed = self._check(about, with_members="/members" in target)
        if about and not agreed:
            self.pair.give_up(self._fill(about))
        return answer

    def _check(self, image_id: str, with_members: bool) -> bool:
        """Compare how the image stands now."""
        path = f"/v2/images/{self._fill(image_id)}"
        _, agreed = self.pair.ask(Request("GET", path, ADMIN))
        if with_members:
            self.pair.ask(Request("GET", f"{path}/members", ADMIN))
        return agreed

    def _fill(self, text: str) -> str:
        return text.replace("PREFIX", self.prefix)

    def _new_id(self) -> str:
        """Return an id that sorts anywhere, and as it did when the run is repeated."""
        digest = md5(str(len(self.ids)).encode()).hexdigest()
        self.ids.append(f"PREFIX-{digest[:4]}-4{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}")
        return self.ids[-1]

    def create_image(
        self, person: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> str | MultipleResults[str]:
        """Let both create an image with the same id; return that, or nothing where none came of it."""
        image_id = self._new_id()
        answer = self.ask(person, "POST", "/v2/images", headers, body.replace(b"NEW", image_id.encode()))
        if not self._check(image_id, with_members=False):
            self.pair.give_up(self._fill(image_id))
        return image_id if answer.status == 201 else multiple()
