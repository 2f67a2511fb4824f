"""Who may do what with images, whatever the image's state."""

from __future__ import annotations

import pytest

from glance_emulator.caller import Caller
from glance_emulator.domain.policy import POLICY, allows, enforce
from glance_emulator.errors import Forbidden
from tests.domain.people import member_of

READERS = {"get_images", "get_image", "get_members", "get_member"}
ADMINS = {"publicize_image", "reassign_image", "download_deactivated_image"}
ANYWHERE = READERS | {"add_image", "download_image"}
"""What is not tied to a project; whether the image is seen at all is asked before."""

HERE, ELSEWHERE = "here", "elsewhere"


def allowed(caller: Caller, project: str | None = HERE) -> set[str]:
    return {action for action in POLICY if allows(caller, action, project)}


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        pytest.param(member_of(HERE), set(POLICY) - ADMINS, id="member of the project"),
        pytest.param(member_of(ELSEWHERE), ANYWHERE, id="member of another project"),
        pytest.param(member_of(None), ANYWHERE, id="member without a project"),
        pytest.param(member_of(HERE, "reader"), READERS, id="reader of the project"),
        pytest.param(member_of(ELSEWHERE, "reader"), READERS, id="reader of another project"),
        pytest.param(member_of(HERE, "member"), set(POLICY) - ADMINS - READERS, id="role member alone"),
        pytest.param(member_of(HERE, "manager", "service"), set(), id="other roles"),
        pytest.param(Caller("user", HERE), set(), id="no role"),
        pytest.param(member_of(HERE, "admin"), set(POLICY), id="admin of the project"),
        pytest.param(member_of(ELSEWHERE, "admin"), set(POLICY), id="admin of another project"),
        pytest.param(member_of(None, "admin"), set(POLICY), id="admin without a project"),
    ],
)
def test_who_may_do_what(caller: Caller, expected: set[str]) -> None:
    assert allowed(caller) == expected


def test_nobody_but_admins_owns_what_has_no_owner() -> None:
    assert allowed(member_of(None), None) == ANYWHERE
    assert allowed(member_of(HERE), None) == ANYWHERE
    assert allowed(member_of(HERE, "admin"), None) == set(POLICY)


@pytest.mark.parametrize("action", POLICY)
def test_a_refusal_names_the_policy_and_the_role_that_is_needed(action: str) -> None:
    with pytest.raises(Forbidden, match=f"{action}.*role {POLICY[action].role}"):
        enforce(Caller("user", HERE), action, HERE)
    enforce(member_of(None, "admin"), action)
