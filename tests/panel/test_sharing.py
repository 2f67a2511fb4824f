"""Sharing by hand: offered, answered and taken back, several at once."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.panel.visitor import Visitor, project, words


def offered(producer: Visitor, *projects: str, name: str = "golden") -> str:
    image_id = producer.image(name)
    answer = producer.post("share", {"image": image_id, "projects": ",".join(projects)})
    assert answer.status_code in (200, 303), words(answer)
    return image_id


def test_an_image_is_offered_by_the_name_of_a_project(producer: Visitor) -> None:
    image_id = producer.image("golden")
    told = producer.follow(producer.post("share", {"image": image_id, "projects": "consumer"}))
    assert "offered; the answer is pending" in told
    assert f"consumer {project('consumer')} pending" in told


def test_several_images_are_offered_to_several_projects(producer: Visitor) -> None:
    images = [producer.image(name) for name in ("first", "second")]
    form = {"image": images, "projects": f"consumer, {project('outsider')}\r\nadmin consumer"}
    form |= {f"name-{images[0]}": "first", f"name-{images[1]}": "second"}
    told = words(producer.post("share", form))
    assert "6 of 6 done" in told
    assert "second to admin: offered" in told
    for image_id in images:
        assert producer.read(f"images/{image_id}").count("pending") == 3


def test_what_is_refused_keeps_nothing_else_from_being_done(producer: Visitor) -> None:
    image_id = offered(producer, "consumer")
    private = producer.image("private", visibility="private")
    answer = producer.post("share", {"image": [image_id, private], "projects": "consumer, outsider"})
    told = words(answer)
    assert "1 of 4 done" in told
    assert "is a member of image" in told
    assert "only shared images have members" in told
    assert producer.read(f"images/{image_id}").count("pending") == 2


@pytest.mark.parametrize("form", [{"projects": "consumer"}, {"image": "x", "projects": " , "}, {}])
def test_nothing_to_offer_is_said_so(producer: Visitor, form: dict[str, str]) -> None:
    assert producer.post("share", form).status_code == 400


def test_offers_wait_behind_a_badge(producer: Visitor, consumer: Visitor) -> None:
    assert "waiting" not in consumer.read("images")
    offered(producer, "consumer", name="one")
    offered(producer, "consumer", name="two")
    assert "Offers 2 waiting" in consumer.read("servers")
    told = consumer.read("images?tab=pending")
    assert "one producer active" in told
    assert "one" not in consumer.read("images?tab=accepted")


@pytest.mark.parametrize("status", ["accepted", "rejected"])
def test_offers_are_answered_several_at_once_and_put_back(producer: Visitor, consumer: Visitor, status: str) -> None:
    images = [offered(producer, "consumer", name=name) for name in ("one", "two")]
    told = words(consumer.post(f"answers/{status}", {"image": images}))
    assert "2 of 2 done" in told
    for name in ("one", "two"):
        assert name in consumer.read(f"images?tab={status}")
    assert status in producer.read(f"images/{images[0]}")
    told = consumer.follow(consumer.post("answers/pending", {"image": images[0]}))
    assert "put back to pending" in told
    assert "one" in told
    assert "pending" in producer.read(f"images/{images[0]}")


def test_an_offer_is_answered_on_its_own_page(producer: Visitor, consumer: Visitor) -> None:
    image_id = offered(producer, "consumer")
    told = consumer.read(f"images/{image_id}")
    assert "Offered to your project: pending" in told
    assert "Accept Reject" in told
    assert "Remove all" not in told


def test_only_the_member_answers(producer: Visitor, consumer: Visitor, application: Flask) -> None:
    image_id = offered(producer, "consumer")
    for somebody in (producer, Visitor(application, "outsider")):
        assert somebody.post("answers/accepted", {"image": image_id}).status_code == 409
    assert "pending" in consumer.read(f"images/{image_id}")


def test_an_answer_that_there_is_not(consumer: Visitor) -> None:
    assert consumer.post("answers/perhaps", {"image": "x"}).status_code == 404
    assert consumer.post("answers/accepted").status_code == 400


def test_members_are_removed_some_or_all(producer: Visitor, consumer: Visitor) -> None:
    image_id = offered(producer, "consumer", "outsider", "admin")
    chosen = {"member": [project("consumer"), project("admin")]}
    assert "2 of 2 done" in words(producer.post(f"images/{image_id}/members", chosen))
    assert "outsider" in producer.read(f"images/{image_id}")
    assert consumer.get(f"images/{image_id}").status_code == 404
    assert "outsider: removed." in producer.follow(producer.post(f"images/{image_id}/members", {"all": "1"}))
    assert "Nobody else can see this image" in producer.read(f"images/{image_id}")
    assert producer.post(f"images/{image_id}/members", {"all": "1"}).status_code == 400


def test_an_admin_who_was_offered_an_image_sees_all_its_members(producer: Visitor, application: Flask) -> None:
    image_id = offered(producer, "admin", "consumer")
    told = Visitor(application, "admin").read(f"images/{image_id}")
    assert "Offered to your project: pending" in told
    assert f"consumer {project('consumer')} pending" in told


def test_a_consumer_removes_nobody_and_offers_nothing_on(producer: Visitor, consumer: Visitor) -> None:
    image_id = offered(producer, "consumer", "outsider")
    assert consumer.post(f"images/{image_id}/members", {"member": project("consumer")}).status_code == 409
    assert consumer.post("share", {"image": image_id, "projects": "admin"}).status_code == 409
    told = producer.read(f"images/{image_id}")
    assert "consumer" in told
    assert "outsider" in told
    assert "admin" not in told


def test_a_consumer_sees_no_other_member(producer: Visitor, consumer: Visitor) -> None:
    image_id = offered(producer, "consumer", "outsider")
    page = consumer.get(f"images/{image_id}").text
    assert project("outsider") not in page
    assert "outsider" not in page


def test_a_project_without_a_name_that_one_knows_is_its_id(producer: Visitor) -> None:
    image_id = offered(producer, "some-project-of-another-cloud")
    assert "some-project-of-another-cloud pending" in producer.read(f"images/{image_id}")
