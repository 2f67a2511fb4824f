"""Deactivation: the data of an image can be withheld, and given again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from glance_emulator.caller import Caller
from glance_emulator.domain import images, policy
from glance_emulator.errors import Forbidden

BECOMES = {"deactivate": "deactivated", "reactivate": "active"}


def act(session: Session, caller: Caller, image_id: str, action: str, now: datetime) -> None:
    """Deactivate or reactivate an image that has data; raise NotFound, or Forbidden in any other state."""
    image = images.get(session, caller, image_id)
    policy.enforce(caller, action, image.owner, image)
    if image.status not in BECOMES.values():
        raise Forbidden(f"The image {image_id} is {image.status}; only an image with data can be {action}d.")
    if image.status != BECOMES[action]:
        image.status, image.updated_at = BECOMES[action], now
