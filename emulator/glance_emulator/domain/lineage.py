"""What came of what: image → server → snapshot, as far as the caller may see it.

It is told by what the caller's own servers and snapshots remember, never by what has become of somebody else's image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Reader, Row
from glance_emulator.db.servers import Server
from glance_emulator.domain import images, listing, servers
from glance_emulator.domain.server_states import shown
from glance_emulator.domain.servers import Query
from glance_emulator.errors import Refusal

MOST = 50
"""Servers, and snapshots of one, that are told."""


@dataclass(frozen=True)
class Node:
    """An image, a server or a snapshot."""

    kind: str
    id: str
    title: str
    note: str
    visible: bool = True
    here: bool = False
    """Whether it is what was asked about."""
    children: Sequence[Node] = ()


@dataclass(frozen=True)
class Lineage:
    """Who asks about the lineage of what; `session` and `reader` see the same world."""

    session: Session
    reader: Reader
    caller: Caller
    about: str

    def of_server(self, server: Server) -> Node:
        """Return where a server comes from, and its snapshots."""
        return replace(self._base(server.image_id), children=[self._server(server)])

    def of_image(self, image: Image | Row) -> Node | None:
        """Return the servers that the caller has booted from an image, and what it was made of, if anything is."""
        made_of = image.properties.get("instance_uuid")
        # The properties are anybody's to write: only of one's own images is believed what they say of servers.
        if made_of and image.properties.get("image_type") == "snapshot" and image.owner == self.caller.project_id:
            return replace(self._base(image.properties.get("base_image_ref", "")), children=[self._made_of(made_of)])
        booted = self._servers()
        return replace(self._image("image", image), children=booted) if booted else None

    def _servers(self) -> list[Node]:
        try:
            found = servers.index(self.session, self.caller, Query(image=self.about, limit=MOST))
        except Refusal:
            return []
        return [self._server(server) for server in found]

    def _base(self, image_id: str) -> Node:
        """Return the image that something was booted from, by its id alone if the caller cannot see it any more."""
        try:
            return self._image("image", images.read(self.reader, self.caller, image_id))
        except Refusal:
            return Node("image", image_id, image_id, "out of your sight", visible=False)

    def _image(self, kind: str, image: Image | Row) -> Node:
        note = f"{image.visibility}, {image.status}"
        return Node(kind, image.id, image.name or image.id, note, here=image.id == self.about)

    def _server(self, server: Server) -> Node:
        status = shown(server.status, server.task_state).lower()
        here = server.id == self.about
        return Node("server", server.id, server.name, status, here=here, children=self._snapshots(server.id))

    def _made_of(self, server_id: str) -> Node:
        """Return the server that an image was made of, or that there was one."""
        try:
            return self._server(servers.show(self.session, self.caller, server_id))
        except Refusal:
            return Node("server", server_id, server_id, "deleted", visible=False, children=self._snapshots(server_id))

    def _snapshots(self, server_id: str) -> list[Node]:
        asked = [("instance_uuid", server_id), ("image_type", "snapshot"), ("owner", self.caller.project_id or ""),
                 ("visibility", "all"), ("limit", str(MOST)), ("sort", "created_at:asc")]  # fmt: skip
        query = listing.parse(listing.Asked(asked))
        try:
            found = listing.allowed(self.caller, listing.index(self.reader, self.caller, query))
        except Refusal:
            return []
        return [self._image("snapshot", row) for row in found]
