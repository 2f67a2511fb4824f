"""Who may do what by default, whatever the state of the thing."""

from __future__ import annotations

import pytest

from glance_emulator.caller import Caller
from glance_emulator.db.images import Image
from glance_emulator.domain.policy import POLICY, Relation, allows, enforce
from glance_emulator.errors import Forbidden, NotFound
from tests.domain.people import member_of

HERE, ELSEWHERE = "here", "elsewhere"


def needing(role: str, *relations: Relation) -> set[str]:
    return {
        action for action, rule in POLICY.items() if rule.role == role and (not relations or rule.relation in relations)
    }


EVERYBODY = needing("anybody")
READING = needing("reader") - {"get_image_location"} | EVERYBODY
"""What is not tied to a project; whether the thing is seen at all is asked before."""
TIED: tuple[Relation, ...] = ("author", "maker", "owner", "member")
HERE_MEMBER = needing("member")
ANYWHERE_MEMBER = HERE_MEMBER - needing("member", *TIED)
SERVICE = needing("service") | {"add_image_location"}


def allowed(caller: Caller, project: str | None = HERE) -> set[str]:
    return {action for action in POLICY if allows(caller, action, project)}


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        pytest.param(member_of(HERE), HERE_MEMBER | READING | {"get_image_location"}, id="member of the project"),
        pytest.param(member_of(ELSEWHERE), ANYWHERE_MEMBER | READING, id="member of another project"),
        pytest.param(member_of(None), ANYWHERE_MEMBER | READING, id="member without a project"),
        pytest.param(member_of(HERE, "reader"), READING | {"get_image_location"}, id="reader of the project"),
        pytest.param(member_of(ELSEWHERE, "reader"), READING, id="reader of another project"),
        pytest.param(member_of(HERE, "member"), HERE_MEMBER | EVERYBODY, id="role member alone"),
        pytest.param(member_of(HERE, "service"), SERVICE | EVERYBODY, id="service of the project"),
        pytest.param(member_of(ELSEWHERE, "service"), SERVICE | EVERYBODY, id="service of another project"),
        pytest.param(member_of(HERE, "manager"), EVERYBODY, id="other roles"),
        pytest.param(Caller("user", HERE), EVERYBODY, id="no role"),
        pytest.param(member_of(HERE, "admin"), set(POLICY), id="admin of the project"),
        pytest.param(member_of(ELSEWHERE, "admin"), set(POLICY), id="admin of another project"),
        pytest.param(member_of(None, "admin"), set(POLICY), id="admin without a project"),
    ],
)
def test_who_may_do_what(caller: Caller, expected: set[str]) -> None:
    assert allowed(caller) == expected


def test_nobody_but_admins_owns_what_has_no_owner() -> None:
    assert allowed(member_of(None), None) == ANYWHERE_MEMBER | READING | needing("member", "author", "maker")
    assert allowed(member_of(HERE), None) == ANYWHERE_MEMBER | READING
    assert allowed(member_of(HERE, "admin"), None) == set(POLICY)


@pytest.mark.parametrize("action", sorted(POLICY.keys() - EVERYBODY))
def test_a_refusal_names_the_policy_and_the_role_that_is_needed(action: str) -> None:
    with pytest.raises(Forbidden, match=f"{action}.*role {POLICY[action].role}"):
        enforce(Caller("user", HERE), action, HERE)
    enforce(member_of(None, "admin"), action)


def test_who_may_not_even_read_the_thing_is_told_that_it_is_not_there() -> None:
    image = Image(owner=HERE)
    with pytest.raises(NotFound):
        enforce(Caller("user", HERE), "delete_image", image.owner, image)
    with pytest.raises(Forbidden):
        enforce(member_of(HERE, "reader"), "delete_image", image.owner, image)


@pytest.mark.parametrize(
    ("action", "text"),
    [
        pytest.param("publicize_image", "rule:context_is_admin", id="admin"),
        pytest.param("fetch_image_location", "rule:service_api", id="service"),
        pytest.param("get_tasks", "rule:default", id="anybody"),
        pytest.param(
            "modify_member", "rule:context_is_admin or (role:member and project_id:%(member_id)s)", id="related"
        ),
        pytest.param(
            "add_image_location",
            "rule:service_api or (role:member and project_id:%(project_id)s and project_id:%(owner)s)",
            id="service or related",
        ),
    ],
)
def test_a_rule_says_itself_in_the_language_of_policy_files(action: str, text: str) -> None:
    assert str(POLICY[action]) == text
