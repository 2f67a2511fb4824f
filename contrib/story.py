#!/usr/bin/env python3
"""The sharing story, lived through with openstacksdk and told as it happens.

    python -m contrib.story [--url URL]

URL is that of a running emulator whose personas have their first passwords; without it, one is started and stopped.
Needs the extra `clients`. Ends with 1, and a line that says what was not as it should be, if anything was not.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import openstack
from openstack import exceptions

from glance_emulator.child import emulator

DATA = bytes(range(256)) * 4096
PERSONAS = ("producer", "consumer", "outsider")
Say = Callable[[str], object]


class NotAsTold(Exception):
    """The cloud did something else than the story says."""


def main() -> int:
    """Tell the story on the command line."""
    parser = argparse.ArgumentParser(description="The sharing story, lived through with openstacksdk.")
    parser.add_argument("--url", help="a running emulator; without it, one is started and stopped")
    url = parser.parse_args().url
    # The SDK warns of what it calls within itself.
    warnings.simplefilter("ignore")
    try:
        if url:
            tell(url.rstrip("/"))
        else:
            with emulator("--ephemeral", "--port", "0") as running:
                tell(running.url)
    except (NotAsTold, exceptions.SDKException) as fault:
        print(f"Here the story ends otherwise: {fault}", file=sys.stderr)
        return 1
    return 0


def connect(url: str, persona: str) -> Any:
    """Return the persona's connection to the cloud."""
    login = {
        "auth_url": f"{url}/identity/v3", "username": persona, "password": "secret", "project_name": persona,
        "user_domain_id": "default", "project_domain_id": "default",
    }  # fmt: skip
    return openstack.connect(auth=login, load_yaml_config=False, load_envvars=False, region_name="RegionOne")


def tell(url: str, say: Say = print) -> None:
    """Live through the story in the cloud at `url`; raise NotAsTold where that does something else."""
    producer, consumer, outsider = (connect(url, persona) for persona in PERSONAS)
    mine = consumer.current_project_id

    say("The producer uploads an image. It is shared, as images are unless one says otherwise, but with nobody yet.")
    image = producer.image.create_image(
        name="golden", data=DATA, disk_format="raw", container_format="bare", os_distro="debian", allow_duplicates=True
    ).id
    hold("the consumer cannot know of it", refused(404, lambda: consumer.image.get_image(image)))

    say("The producer offers it to two projects.")
    for project in (mine, outsider.current_project_id):
        producer.image.add_member(image, member_id=project)
    hold("both offers are pending", statuses(producer, image) == ["pending", "pending"])
    hold("it is not in the consumer's list", image not in listed(consumer))

    say("The consumer accepts. Now the image stands in the consumer's list like an own one.")
    consumer.image.update_member(mine, image, status="accepted")
    hold("it is in the consumer's list", image in listed(consumer))

    say("The outsider rejects. It is not listed there, but the outsider stays a member until removed.")
    outsider.image.update_member(outsider.current_project_id, image, status="rejected")
    hold("it is not in the outsider's list", image not in listed(outsider))
    hold("the producer sees both answers", statuses(producer, image) == ["accepted", "rejected"])
    removing = refused(403, lambda: outsider.image.remove_member(outsider.current_project_id, image))
    hold("nobody removes themselves", removing)

    say("The consumer boots a server from the image, and makes a snapshot of it.")
    server = consumer.create_server("web-1", image=image, flavor="m1.tiny", wait=True, timeout=60)
    hold("the server is up", server.status == "ACTIVE")
    before = consumer.create_image_snapshot("before", server.id, wait=True, timeout=60)
    hold("the snapshot is the consumer's", (before.owner, before.visibility) == (mine, "private"))
    hold("it says where it comes from", before.properties["base_image_ref"] == image)
    hold("it has what the image had", before.os_distro == "debian")

    say("The producer takes the image back, and deletes it.")
    for member in list(producer.image.members(image)):
        producer.image.remove_member(member.id, image)
    hold("the consumer cannot see it any more", refused(404, lambda: consumer.image.get_image(image)))
    producer.delete_image(image)

    say("The consumer's server and snapshot live on, and another snapshot has every byte.")
    hold("the server is up", consumer.compute.get_server(server.id).status == "ACTIVE")
    after = consumer.create_image_snapshot("after", server.id, wait=True, timeout=60)
    for snapshot in (before, after):
        hold("every byte is there", consumer.image.download_image(snapshot.id).content == DATA)

    say("The producer sees none of it.")
    hold("no server", refused(404, lambda: producer.compute.get_server(server.id)))
    hold("no list of servers", server.id not in {one.id for one in producer.compute.servers()})
    for snapshot in (before.id, after.id):
        hold("no snapshot", refused(404, partial(producer.image.get_image, snapshot)))
        hold("no list of images", snapshot not in listed(producer))

    say("The consumer shares a snapshot on: it is an image like any other.")
    consumer.image.update_image(after.id, visibility="shared")
    consumer.image.add_member(after.id, member_id=outsider.current_project_id)
    outsider.image.update_member(outsider.current_project_id, after.id, status="accepted")
    hold("it is in the outsider's list", after.id in listed(outsider))

    say("The consumer cleans up. The snapshots outlive the server, and end when the consumer says so.")
    consumer.delete_server(server.id, wait=True)
    hold("the snapshots are there", {before.id, after.id} <= listed(consumer))
    for snapshot in (before.id, after.id):
        consumer.delete_image(snapshot)
    hold("nothing is left", not {before.id, after.id} & listed(consumer))
    say("The end.")


def hold(told: str, true: bool) -> None:
    """Raise NotAsTold unless it is as it is told."""
    if not true:
        raise NotAsTold(f"it is not so that {told}.")


def refused(status: int, act: Callable[[], object]) -> bool:
    """Say whether the cloud refuses something, and with this status."""
    try:
        act()
    except exceptions.HttpException as refusal:
        return refusal.status_code == status
    return False


def listed(cloud: Any) -> set[str]:
    """Return the ids of the images in somebody's list."""
    return {image.id for image in cloud.image.images()}


def statuses(cloud: Any, image: str) -> list[str]:
    """Return what the members have answered, in the order in which it was offered to them."""
    return [member.status for member in cloud.image.members(image)]


if __name__ == "__main__":
    sys.exit(main())
