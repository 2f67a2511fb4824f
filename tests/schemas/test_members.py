"""Members on the wire."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import validate
from marshmallow import ValidationError

from glance_schemas.documents import DOCUMENTS
from glance_schemas.members import Member, MemberCreate, Members, MemberUpdate, member_fault, status_fault

IMAGE_ID = "11111111-1111-4111-8111-111111111111"
NOW = datetime.fromisoformat("2026-01-31T12:00:00.5")
ROW = SimpleNamespace(
    member_id="p", image_id=IMAGE_ID, status="pending", created_at=NOW, updated_at=NOW, deleted_at=None
)
SHOWN = {
    "member_id": "p",
    "image_id": IMAGE_ID,
    "status": "pending",
    "created_at": "2026-01-31T12:00:00Z",
    "updated_at": "2026-01-31T12:00:00Z",
    "schema": "/v2/schemas/member",
}


def test_a_membership_is_shown_with_these_keys() -> None:
    assert Member().dump(ROW) == SHOWN
    validate(SHOWN, DOCUMENTS["member"])


def test_members_are_shown_in_a_list() -> None:
    shown = Members().dump({"members": [ROW, ROW]})
    assert shown == {"members": [SHOWN, SHOWN], "schema": "/v2/schemas/members"}
    validate(shown, DOCUMENTS["members"])


@pytest.mark.parametrize(
    ("sent", "member"),
    [
        pytest.param("p", "p", id="text"),
        pytest.param(5, "5", id="number"),
        pytest.param(1.5, "1.5", id="fraction"),
        pytest.param(" ", " ", id="space"),
    ],
)
def test_who_may_be_offered_an_image(sent: Any, member: str) -> None:
    assert MemberCreate().load({"member": sent, "status": "accepted"}) == {"member": member}
    assert member_fault(member) is None


@pytest.mark.parametrize(
    "sent",
    [{}, {"member": ""}, {"member": None}, {"member": 0}, {"member": []}, {"member": {}}, {"member": False}],
    ids=ascii,
)
def test_who_may_not(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="member"):
        MemberCreate().load(sent)


@pytest.mark.parametrize("member", [["p"], {"p": 1}, "\U0001f600", "\ud800"], ids=ascii)
def test_who_turns_out_to_be_nobody(member: Any) -> None:
    assert MemberCreate().load({"member": member}) == {"member": member}  # judged last of all
    assert member_fault(member)


@pytest.mark.parametrize("status", ["pending", "accepted", "rejected"])
def test_there_are_three_answers(status: str) -> None:
    assert MemberUpdate().load({"status": status, "member_id": "p"}) == {"status": status}
    assert status_fault(status) is None


@pytest.mark.parametrize("status", ["", "maybe", "Accepted", None, 5, ["accepted"], {}, "deleted"], ids=ascii)
def test_and_no_others(status: Any) -> None:
    assert MemberUpdate().load({"status": status}) == {"status": status}  # judged last of all
    assert status_fault(status)


def test_an_answer_has_a_status() -> None:
    with pytest.raises(ValidationError, match="status"):
        MemberUpdate().load({})
