"""The lineage of an image or a server, laid out to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session

from glance_emulator.db.images import Image
from glance_emulator.db.rows import Row
from glance_emulator.db.servers import Server
from glance_emulator.domain.lineage import Lineage, Node
from glance_emulator.panel.frame import at
from glance_emulator.web.transaction import reader

WIDTH, HEIGHT, GAP_X, GAP_Y = 240, 56, 50, 16
LONGEST = 24
"""Letters that fit into a box."""
PAGES = {"image": "images", "snapshot": "images", "server": "servers"}
"""Where the kinds have their pages."""


@dataclass(frozen=True)
class Box:
    """A node, and where its box begins, in pixels."""

    node: Node
    x: int
    y: int

    @property
    def short(self) -> str:
        """The title, as far as there is room."""
        title = self.node.title
        return title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"


@dataclass(frozen=True)
class Drawing:
    """Boxes, and lines between them, in pixels."""

    root: Node
    boxes: Sequence[Box]
    lines: Sequence[tuple[int, int, int, int]]
    width: int
    height: int

    @staticmethod
    def href(node: Node) -> str:
        """Return the address of the page of what a node stands for."""
        return at(PAGES[node.kind], node.id)


def of_server(session: Session, server: Server) -> Drawing:
    """Return where a server comes from, and its snapshots."""
    with reader() as rows:
        return _drawn(Lineage(session, rows, g.caller, server.id).of_server(server))


def of_image(session: Session, image: Image | Row) -> Drawing | None:
    """Return what was booted from an image, and what it was made of, if anything is."""
    with reader() as rows:
        root = Lineage(session, rows, g.caller, image.id).of_image(image)
    return _drawn(root) if root else None


def _drawn(root: Node) -> Drawing:
    """Return the tree laid out from left to right, each node in the middle of what came of it."""
    boxes: list[Box] = []
    lines: list[tuple[int, int, int, int]] = []
    bottom, _ = _place(root, 0, 0, boxes, lines)
    return Drawing(root, boxes, lines, max(box.x for box in boxes) + WIDTH, bottom - GAP_Y)


def _place(node: Node, x: int, y: int, boxes: list[Box], lines: list[tuple[int, int, int, int]]) -> tuple[int, Box]:
    """Lay out a node and what came of it from `y` downwards; return where the next one begins, and the node's box."""
    bottom, children = y, []
    for child in node.children:
        bottom, box = _place(child, x + WIDTH + GAP_X, bottom, boxes, lines)
        children.append(box)
    bottom = max(bottom, y + HEIGHT + GAP_Y)
    own = Box(node, x, (y + bottom - GAP_Y - HEIGHT) // 2)
    boxes.append(own)
    middle = own.y + HEIGHT // 2
    lines.extend((x + WIDTH, middle, child.x, child.y + HEIGHT // 2) for child in children)
    return bottom, own
