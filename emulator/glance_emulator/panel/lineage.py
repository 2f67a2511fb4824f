"""The lineage image → server → snapshot, as far as the caller may see it, laid out to be drawn.

It is told by what the caller's own servers and snapshots remember, never by what has become of somebody else's image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.db.rows import Row
from glance_emulator.db.servers import Server
from glance_emulator.domain import images, listing, servers
from glance_emulator.domain.server_states import shown
from glance_emulator.domain.servers import Query
from glance_emulator.errors import Refusal
from glance_emulator.panel.frame import at
from glance_emulator.web.transaction import reader

WIDTH, HEIGHT, GAP_X, GAP_Y = 240, 56, 50, 16
LONGEST = 24
"""Letters that fit into a box."""
MOST = 50
"""Servers, and snapshots of one, that are drawn."""


@dataclass
class Node:
    """An image, a server or a snapshot."""

    kind: str
    title: str
    note: str
    href: str | None = None
    here: bool = False
    children: list[Node] = field(default_factory=list)
    x: int = 0
    y: int = 0

    @property
    def short(self) -> str:
        """The title, as far as there is room."""
        return self.title if len(self.title) <= LONGEST else f"{self.title[: LONGEST - 1]}…"


@dataclass(frozen=True)
class Drawing:
    """Boxes, and lines between them, in pixels."""

    root: Node
    nodes: Sequence[Node]
    lines: Sequence[tuple[int, int, int, int]]
    width: int
    height: int


def of_server(session: Session, caller: Caller, server: Server) -> Drawing:
    """Return where a server comes from, and its snapshots."""
    base = _base(caller, server.image_id)
    base.children = [_server(caller, server, server.id)]
    return _drawn(base)


def of_image(session: Session, caller: Caller, image: Image | Row) -> Drawing | None:
    """Return the servers that the caller has booted from an image, and what the image was made of, if anything is."""
    made_of = image.properties.get("instance_uuid")
    # The properties are anybody's to write: only of one's own images is believed what they say of servers.
    if made_of and image.properties.get("image_type") == "snapshot" and image.owner == caller.project_id:
        root = _base(caller, image.properties.get("base_image_ref", ""))
        root.children = [_made_of(session, caller, made_of, image)]
    else:
        root = _image(image, here=True)
        root.children = _servers(session, caller, image.id, "")
    return _drawn(root) if root.children else None


def _servers(session: Session, caller: Caller, image_id: str, here: str) -> list[Node]:
    try:
        found = servers.index(session, caller, Query(image=image_id, limit=MOST))
    except Refusal:
        return []
    return [_server(caller, server, here) for server in found]


def _base(caller: Caller, image_id: str) -> Node:
    """Return the image that something was booted from, by its id alone if the caller cannot see it any more."""
    try:
        with reader() as rows:
            return _image(images.read(rows, caller, image_id))
    except Refusal:
        return Node("image", image_id, "out of your sight")


def _image(image: Image | Row, here: bool = False) -> Node:
    return Node("image", image.name or image.id, f"{image.visibility}, {image.status}", at("images", image.id), here)


def _server(caller: Caller, server: Server, here: str, marked: str = "") -> Node:
    status = shown(server.status, server.task_state).lower()
    found = Node("server", server.name, status, at("servers", server.id), server.id == here)
    found.children = _snapshots(caller, server.id, marked)
    return found


def _made_of(session: Session, caller: Caller, server_id: str, image: Image | Row) -> Node:
    """Return the server that an image was made of, or that there was one."""
    try:
        return _server(caller, servers.show(session, caller, server_id), "", image.id)
    except Refusal:
        return Node("server", server_id, "deleted", children=_snapshots(caller, server_id, image.id))


def _snapshots(caller: Caller, server_id: str, here: str) -> list[Node]:
    asked = [("instance_uuid", server_id), ("image_type", "snapshot"), ("owner", caller.project_id or ""),
             ("visibility", "all"), ("limit", str(MOST)), ("sort", "created_at:asc")]  # fmt: skip
    try:
        with reader() as rows:
            found = listing.allowed(caller, listing.index(rows, caller, listing.parse(listing.Asked(asked))))
    except Refusal:
        return []
    return [
        Node("snapshot", row.name or row.id, f"{row.visibility}, {row.status}", at("images", row.id), row.id == here)
        for row in found
    ]


def _drawn(root: Node) -> Drawing:
    """Return the tree laid out from left to right, each node in the middle of what came of it."""
    nodes: list[Node] = []
    lines: list[tuple[int, int, int, int]] = []
    bottom = _place(root, 0, 0, nodes, lines)
    depth = max(node.x for node in nodes)
    return Drawing(root, nodes, lines, depth + WIDTH, bottom - GAP_Y)


def _place(node: Node, x: int, y: int, nodes: list[Node], lines: list[tuple[int, int, int, int]]) -> int:
    """Lay out a node and what came of it from `y` downwards; return where the next one begins."""
    bottom = y
    for child in node.children:
        bottom = _place(child, x + WIDTH + GAP_X, bottom, nodes, lines)
    bottom = max(bottom, y + HEIGHT + GAP_Y)
    node.x, node.y = x, (y + bottom - GAP_Y - HEIGHT) // 2
    nodes.append(node)
    middle = node.y + HEIGHT // 2
    lines.extend((x + WIDTH, middle, child.x, child.y + HEIGHT // 2) for child in node.children)
    return bottom
