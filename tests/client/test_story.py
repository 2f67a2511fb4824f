"""The sharing of an image from its making to its end, as the users of each of the four official clients live it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.client.cloud import Cloud, Refused
from tests.client.drivers import DRIVERS, Driver

# The SDK warns of what it calls within itself.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning:openstack")


@dataclass(frozen=True)
class Story:
    """The people, each with the client at hand, and the ids of the two projects that are offered the image."""

    producer: Driver
    consumer: Driver
    outsider: Driver
    reader: Driver
    first: str
    second: str


@pytest.fixture(params=DRIVERS)
def story(request: pytest.FixtureRequest, cloud: Cloud) -> Story:
    drive: Callable[[Cloud, str], Driver] = DRIVERS[request.param]
    people = {name: drive(cloud, name) for name in ("producer", "consumer", "outsider", "reader")}
    return Story(**people, first=cloud.projects["consumer"], second=cloud.projects["outsider"])


@contextmanager
def refused(status: int) -> Iterator[None]:
    """Ascertain that what stands here is refused with this status."""
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.status == status, refusal.value.words


def test_sharing_an_image_from_its_making_to_its_end(story: Story, small: Path, tmp_path: Path) -> None:
    image = story.producer.create("the-image", small)
    seen = story.producer.show(image)
    assert (seen.status, seen.visibility, seen.size) == ("active", "shared", small.stat().st_size)

    nobody_else_knows_it(story, image)
    offered_it_is_seen_by_who_knows_its_id(story, image)
    one_accepts_and_one_rejects(story, image)
    the_member_gets_every_byte(story, image, small, tmp_path)
    each_may_do_their_own_part_only(story, image)
    deactivated_it_is_not_given_out(story, image, small, tmp_path)
    its_owner_describes_it(story, image)
    taken_back_it_is_gone_and_offered_again_it_is_pending(story, image)
    deleted_it_is_gone_for_all(story, image)


def nobody_else_knows_it(story: Story, image: str) -> None:
    assert image in story.producer.images()
    assert image not in story.consumer.images()
    with refused(404):
        story.consumer.show(image)


def offered_it_is_seen_by_who_knows_its_id(story: Story, image: str) -> None:
    assert story.producer.offer(image, story.first) == "pending"
    assert story.producer.offer(image, story.second) == "pending"
    with refused(409):
        story.producer.offer(image, story.first)
    assert story.consumer.show(image).name == "the-image"
    assert image not in story.consumer.images()
    assert image in story.consumer.images(member_status="pending")


def one_accepts_and_one_rejects(story: Story, image: str) -> None:
    story.consumer.answer(image, story.first, "accepted")
    story.outsider.answer(image, story.second, "rejected")
    assert story.producer.members(image) == {story.first: "accepted", story.second: "rejected"}
    assert story.consumer.members(image) == {story.first: "accepted"}
    assert image in story.consumer.images()
    assert image not in story.consumer.images(member_status="pending")
    assert image not in story.outsider.images()
    assert image in story.outsider.images(member_status="rejected")


def the_member_gets_every_byte(story: Story, image: str, small: Path, tmp_path: Path) -> None:
    story.consumer.download(image, tmp_path / "consumer")
    assert (tmp_path / "consumer").read_bytes() == small.read_bytes()


def each_may_do_their_own_part_only(story: Story, image: str) -> None:
    with refused(403):
        story.consumer.update(image, name="stolen")
    with refused(403):
        story.consumer.offer(image, "somebody-else")
    with refused(403):
        story.producer.answer(image, story.second, "accepted")
    assert story.reader.show(image).name == "the-image"
    with refused(403):
        story.reader.tag(image, "touched")
    with refused(403):
        story.reader.withdraw(image, story.first)


def deactivated_it_is_not_given_out(story: Story, image: str, small: Path, tmp_path: Path) -> None:
    story.producer.deactivate(image)
    with refused(403):
        story.consumer.download(image, tmp_path / "deactivated")
    story.producer.reactivate(image)
    story.consumer.download(image, tmp_path / "reactivated")
    assert (tmp_path / "reactivated").read_bytes() == small.read_bytes()


def its_owner_describes_it(story: Story, image: str) -> None:
    story.producer.tag(image, "gold")
    story.producer.update(image, name="renamed", colour="blue", protected=True)
    seen = story.consumer.show(image)
    assert (seen.name, seen.tags, seen.colour, seen.protected) == ("renamed", frozenset({"gold"}), "blue", True)
    with refused(403):
        story.producer.delete(image)
    story.producer.update(image, protected=False, visibility="private")
    with refused(404):
        story.consumer.show(image)
    story.producer.update(image, visibility="shared")
    assert image in story.consumer.images()


def taken_back_it_is_gone_and_offered_again_it_is_pending(story: Story, image: str) -> None:
    story.producer.withdraw(image, story.first)
    assert image not in story.consumer.images()
    with refused(404):
        story.consumer.show(image)
    assert story.producer.offer(image, story.first) == "pending"
    assert image not in story.consumer.images()
    assert story.producer.members(image) == {story.first: "pending", story.second: "rejected"}


def deleted_it_is_gone_for_all(story: Story, image: str) -> None:
    story.producer.delete(image)
    for person in (story.producer, story.consumer):
        with refused(404):
            person.show(image)
    assert image not in story.producer.images()
