"""Flavors: the sizes that servers come in; the same in every world."""

from __future__ import annotations

from dataclasses import dataclass

from glance_emulator.errors import NotFound


@dataclass(frozen=True)
class Flavor:
    """A size: memory in MiB, disk in GiB (0: as large as the image)."""

    id: str
    name: str
    vcpus: int
    ram: int
    disk: int


FLAVORS = {
    flavor.id: flavor
    for flavor in (
        Flavor("1", "m1.tiny", 1, 512, 1),
        Flavor("2", "m1.small", 1, 2048, 20),
        Flavor("3", "m1.medium", 2, 4096, 40),
        Flavor("4", "m1.large", 4, 8192, 80),
        Flavor("5", "m1.xlarge", 8, 16384, 160),
        Flavor("6", "m1.nano", 1, 128, 0),
    )
}
"""By id; the first five are those that every OpenStack cloud once began with."""


def get(flavor_id: str) -> Flavor:
    """Return a flavor; raise NotFound."""
    if flavor_id not in FLAVORS:
        raise NotFound(f"There is no flavor {flavor_id}.")
    return FLAVORS[flavor_id]
