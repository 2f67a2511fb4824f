"""Images by hand: made, found, looked at, changed, deleted, and their data up and down."""

from __future__ import annotations

import hashlib
import html
import io
import re
from typing import Any

import pytest
from flask import Flask

from tests.api.compute.cloud import bytes_kept
from tests.panel.visitor import Visitor, project, words

EVIL = "<script>alert(1)</script>\"'&"


def form_of(page: str) -> dict[str, Any]:
    """Return the fields of the form that changes an image, as a browser would send them."""
    form: dict[str, Any] = {}
    for name, value in re.findall(r'<input(?: id="\w+")? ?(?:type="hidden" )?name="(\w+)"[^>]*?value="([^"]*)"', page):
        form.setdefault(name, []).append(html.unescape(value))
    form |= {name: re.findall(rf'name="{name}"[^>]*?value="([^"]*)"', page) for name in ("old",)}
    form["property"] = [
        html.unescape(name) for name in re.findall(r'<input name="property"(?: value="([^"]*)")?', page)
    ]
    form["value"] = [html.unescape(text) for text in re.findall(r'name="value"[^>]*>\n?([^<]*)</textarea>', page)]
    form["tags"] = html.unescape(re.findall(r'<textarea id="tags"[^>]*>([^<]*)<', page)[0])
    form["visibility"] = re.findall(r"<option selected>(\w+)", page)[0]
    form |= dict.fromkeys(re.findall(r'type="checkbox" id="\w+" name="(\w+)" checked', page), "on")
    return form


def test_a_list_without_images_says_what_to_do(producer: Visitor) -> None:
    assert "Upload the first one" in producer.read("images")


@pytest.mark.parametrize("tab", ["accepted", "pending", "rejected", "public", "community"])
def test_every_empty_list_says_something(producer: Visitor, tab: str) -> None:
    assert re.search(
        r"No offer waits|not accepted any|not rejected any|No image is", producer.read(f"images?tab={tab}")
    )


def test_an_image_is_made_with_its_data(producer: Visitor) -> None:
    data = b"0123456789" * 1000
    image_id = producer.image("golden", data, tags="linux debian", min_disk="2", min_ram="64")
    told = producer.read(f"images/{image_id}")
    for text in ("golden", "active", "9.8 KiB (10,000 bytes)", hashlib.md5(data).hexdigest(), "debian linux",
                 "2 GiB of disk, 64 MiB of memory", hashlib.sha512(data).hexdigest()):  # fmt: skip
        assert text in told
    assert "golden" in producer.read("images")


def test_an_image_without_data_waits_for_them(producer: Visitor) -> None:
    image_id = producer.image(data=None)
    assert "Upload the data" in producer.read(f"images/{image_id}")
    answer = producer.post(f"images/{image_id}/file", {"file": (io.BytesIO(b"late"), "x")})
    assert "4 bytes" in producer.follow(answer)


def test_the_script_sends_data_as_they_are(producer: Visitor) -> None:
    image_id = producer.image(data=None)
    address = f"/panel/images/{image_id}/file"
    assert producer.client.put(address, data=b"bytes").status_code == 403
    answer = producer.client.put(address, data=b"bytes", headers={"X-CSRF-Token": producer.proof()})
    assert answer.status_code == 204
    assert "5 bytes" in producer.read(f"images/{image_id}")
    again = producer.client.put(address, data=b"bytes", headers={"X-CSRF-Token": producer.proof()})
    assert (again.status_code, again.mimetype) == (409, "text/plain")
    assert "only a queued image" in again.text


def test_data_that_are_refused_leave_the_image_waiting(producer: Visitor) -> None:
    image_id = producer.image(data=b"no qcow2 at all", disk_format="qcow2")
    told = producer.read(f"images/{image_id}")
    assert "its data were refused" in told
    assert "Upload the data" in told


def test_data_come_down_as_they_went_up(producer: Visitor) -> None:
    image_id = producer.image("a/b ü", b"some bytes")
    answer = producer.get(f"images/{image_id}/file")
    assert answer.data == b"some bytes"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a_b%20%C3%BC.raw"


@pytest.mark.parametrize(
    "fields", [{"disk_format": "floppy"}, {"visibility": "secret"}, {"name": "x" * 256}, {"min_ram": "much"}]
)
def test_what_no_image_may_have_is_refused(producer: Visitor, fields: dict[str, str]) -> None:
    form = {"name": "x", "disk_format": "raw", "container_format": "bare", "visibility": "shared", **fields}
    answer = producer.post("images/new", form)
    assert answer.status_code == 400
    assert next(iter(fields)) in words(answer)
    assert "no images yet" in producer.read("images")


def test_names_are_text_whatever_they_look_like(producer: Visitor) -> None:
    image_id = producer.image(EVIL, tags=EVIL.replace(" ", ""))
    page = producer.get(f"images/{image_id}/edit").text
    form = form_of(page)
    form["property"][0], form["value"][0] = EVIL, f"</textarea>{EVIL}"
    producer.post(f"images/{image_id}/edit", form)
    for path in ("images", f"images/{image_id}", f"images/{image_id}/edit", f"images/{image_id}/delete"):
        page = producer.get(path).text
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "</textarea><script" not in page


def test_an_image_is_changed(producer: Visitor) -> None:
    image_id = producer.image("old", tags="one two")
    form = form_of(producer.get(f"images/{image_id}/edit").text)
    form |= {"name": "new", "visibility": "private", "tags": "two\r\nthree words", "protected": "on", "min_ram": "9"}
    form["property"][:2], form["value"][:2] = ["os_distro", "a/b~c"], ["debian", "two\r\nlines"]
    told = producer.follow(producer.post(f"images/{image_id}/edit", form))
    for text in ("Your changes are saved.", "new", "private", "three words", "two", "os_distro debian", "9 MiB",
                 "a/b~c two lines", "Protected yes"):  # fmt: skip
        assert text in told
    form = form_of(producer.get(f"images/{image_id}/edit").text)
    assert form["property"][:2] == ["a/b~c", "os_distro"]
    assert "Nothing was different." in producer.follow(producer.post(f"images/{image_id}/edit", form))
    form["property"][1] = ""
    del form["protected"]
    told = producer.follow(producer.post(f"images/{image_id}/edit", form))
    assert "os_distro" not in told
    assert "Protected no" in told


def test_changes_of_two_people_do_not_undo_each_other(producer: Visitor, application: Flask) -> None:
    image_id = producer.image("old")
    late = form_of(producer.get(f"images/{image_id}/edit").text)
    colleague = Visitor(application, "producer")
    form = form_of(colleague.get(f"images/{image_id}/edit").text)
    colleague.post(f"images/{image_id}/edit", {**form, "name": "theirs"})
    answer = producer.post(f"images/{image_id}/edit", {**late, "name": "mine"})
    assert answer.status_code == 409
    assert "theirs" in producer.read(f"images/{image_id}")


def test_a_change_that_is_refused_changes_nothing(producer: Visitor) -> None:
    image_id = producer.image("old")
    form = form_of(producer.get(f"images/{image_id}/edit").text)
    answer = producer.post(f"images/{image_id}/edit", {**form, "name": "new", "visibility": "public"})
    assert answer.status_code == 403
    assert "publicize_image" in words(answer)
    assert "old" in producer.read(f"images/{image_id}")
    for number in ("much", "-1", "9" * 5000):
        assert producer.post(f"images/{image_id}/edit", {**form, "min_disk": number}).status_code == 400


def test_a_hidden_image_is_found_again(producer: Visitor) -> None:
    image_id = producer.image("golden")
    assert "hides no image" in producer.read("images?tab=hidden")
    form = form_of(producer.get(f"images/{image_id}/edit").text)
    producer.post(f"images/{image_id}/edit", {**form, "os_hidden": "on"})
    assert "golden" not in producer.read("images")
    assert "golden" in producer.read("images?tab=hidden")


def test_an_image_is_deleted_with_its_data_after_a_question(producer: Visitor, application: Flask) -> None:
    image_id = producer.image()
    assert "Delete this image?" in producer.read(f"images/{image_id}/delete")
    assert bytes_kept(application) == 1
    assert "The image is deleted." in producer.follow(producer.post(f"images/{image_id}/delete"))
    assert bytes_kept(application) == 0
    assert producer.get(f"images/{image_id}").status_code == 404


def test_a_protected_image_stays(producer: Visitor) -> None:
    image_id = producer.image()
    form = form_of(producer.get(f"images/{image_id}/edit").text)
    producer.post(f"images/{image_id}/edit", {**form, "protected": "on"})
    assert "Protected: edit it" in producer.read(f"images/{image_id}")
    assert producer.post(f"images/{image_id}/delete").status_code == 403


def test_data_are_withheld_and_given_again(producer: Visitor) -> None:
    image_id = producer.image()
    assert "deactivated" in producer.follow(producer.post(f"images/{image_id}/actions/deactivate"))
    assert producer.get(f"images/{image_id}/file").status_code == 403
    assert "active again" in producer.follow(producer.post(f"images/{image_id}/actions/reactivate"))
    assert producer.post(f"images/{image_id}/actions/explode").status_code == 404


def test_a_notice_is_told_once(producer: Visitor) -> None:
    image_id = producer.image()
    assert "are there." in producer.read(f"images/{image_id}")
    assert "are there." not in producer.read(f"images/{image_id}")


def test_images_are_found_by_a_part_of_their_name(producer: Visitor) -> None:
    for name in ("Debian 13", "Ubuntu 26.04", "100% pure_debian"):
        producer.image(name)
    told = producer.read("images?name=DEBIAN")
    assert "Debian 13" in told
    assert "pure_debian" in told
    assert "Ubuntu" not in told
    assert "Debian 13" not in producer.read("images?name=%25")
    assert "No image here has “none”" in producer.read("images?name=none")


def test_long_lists_come_in_pages(producer: Visitor) -> None:
    for number in range(30):
        producer.image(f"number {number:02}", None)
    first = producer.get("images")
    following = html.unescape(re.findall(r'rel="next" href="/panel/([^"]*)"', first.text)[0])
    second = producer.read(following)
    seen = re.findall(r"number (\d\d)", words(first)) + re.findall(r"number (\d\d)", second)
    assert sorted(set(seen)) == [f"{number:02}" for number in range(30)]
    assert "Next page" not in second


def test_lists_hold_what_their_name_says(producer: Visitor, consumer: Visitor, application: Flask) -> None:
    admin = Visitor(application, "admin")
    for visibility in ("private", "shared", "community", "public"):
        admin.image(f"the-{visibility}-one", None, visibility=visibility)
    assert "the-private-one" in admin.read("images")
    for tab, there in (("mine", set()), ("public", {"the-public-one"}), ("community", {"the-community-one"})):
        assert set(re.findall(r"the-\w+-one", consumer.read(f"images?tab={tab}"))) == there
    assert project("consumer") in consumer.read("images?tab=pending")


@pytest.mark.parametrize("change", ["edit", "delete", "file", "actions/deactivate", "members"])
def test_what_a_reader_may_not_do_is_neither_shown_nor_done(producer: Visitor, reader: Visitor, change: str) -> None:
    image_id = producer.image("golden", None if change == "file" else b"x")
    page = reader.get(f"images/{image_id}").text
    assert "golden" in page
    assert f"/{change}" not in page
    form = form_of(producer.get(f"images/{image_id}/edit").text) if change == "edit" else {}
    form |= {"name": "mine", "file": (io.BytesIO(b"x"), "x"), "member": "nobody", "csrf": reader.proof()}
    assert reader.post(f"images/{image_id}/{change}", form).status_code in (403, 409)
    if change in ("edit", "delete"):
        assert reader.get(f"images/{image_id}/{change}").status_code == 403
    assert "golden" in producer.read(f"images/{image_id}")


def test_a_reader_makes_no_images(reader: Visitor) -> None:
    assert "New image" not in reader.read("images")
    assert reader.get("images/new").status_code == 403
    form = {"name": "x", "disk_format": "raw", "container_format": "bare", "visibility": "shared"}
    assert reader.post("images/new", form, page="activity").status_code == 403


@pytest.mark.parametrize("change", ["edit", "delete", "file", "actions/deactivate", "members"])
def test_what_is_not_there_for_somebody_cannot_be_changed(producer: Visitor, consumer: Visitor, change: str) -> None:
    image_id = producer.image("golden")
    assert consumer.get(f"images/{image_id}").status_code == 404
    form = {"file": (io.BytesIO(b"x"), "x"), "member": "nobody"}
    answer = consumer.post(f"images/{image_id}/{change}", form)
    # An offer that cannot be taken back is told line by line, as one of several.
    assert answer.status_code == (409 if change == "members" else 404)
    assert "golden" not in words(answer)
