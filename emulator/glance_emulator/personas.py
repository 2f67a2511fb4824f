"""The users of a new state, as shells and clients are told of them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from glance_emulator.domain.seed import PASSWORD, PERSONAS, REGION
from glance_emulator.errors import SetupError


@dataclass(frozen=True)
class Access:
    """How a persona gets in."""

    auth_url: str
    username: str
    password: str
    project_name: str
    ca_file: str | None = None


def access(persona: str, url: str, ca_file: str | None = None, admin_password: str | None = None) -> Access:
    """Return how the persona gets into the emulator at `url`; raise SetupError if there is no such persona."""
    if persona not in PERSONAS:
        raise SetupError(f"there is no persona {persona}; there are: {', '.join(PERSONAS)}")
    password = admin_password or PASSWORD if persona == "admin" else PASSWORD
    return Access(f"{url}/identity/v3", persona, password, PERSONAS[persona][0], ca_file)


OTHERS = (
    "OS_CLOUD", "OS_TOKEN", "OS_USER_ID", "OS_PROJECT_ID", "OS_DOMAIN_ID", "OS_DOMAIN_NAME", "OS_SYSTEM_SCOPE",
    "OS_ENDPOINT",
)  # fmt: skip
"""Variables that, set for another cloud, would be mixed with those of this one."""


def variables(persona: Access) -> Mapping[str, str]:
    """Return the variables by which clients are the persona."""
    found: Mapping[str, str | None] = {
        "OS_AUTH_TYPE": "password",
        "OS_AUTH_URL": persona.auth_url,
        "OS_USERNAME": persona.username,
        "OS_PASSWORD": persona.password,
        "OS_PROJECT_NAME": persona.project_name,
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_REGION_NAME": REGION,
        "OS_IDENTITY_API_VERSION": "3",
        "OS_CACERT": persona.ca_file,
    }
    return {name: text for name, text in found.items() if text}


def environment(persona: Access) -> str:
    """Return the lines that make a shell the persona's."""
    exported = (f"export {name}={shlex.quote(text)}" for name, text in variables(persona).items())
    return "\n".join([f"unset {' '.join(OTHERS)}", *exported])
