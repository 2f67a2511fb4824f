"""The users of a new state, as shells and clients are told of them."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
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


CLOUDS = "OS_CLIENT_CONFIG_FILE"
"""The variable that names a clouds.yaml."""
COMMON = ("OS_CLOUD", "OS_TOKEN", "OS_USER_ID", "OS_PROJECT_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID")


def foreign(present: Collection[str]) -> list[str]:
    """Return the variables that, set for another cloud, would be mixed with ours: all of those `present`, and some."""
    return sorted({*COMMON, *(name for name in present if name.startswith("OS_"))} - {CLOUDS})


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


def environment(persona: Access, present: Collection[str]) -> str:
    """Return the lines that make a shell the persona's; `present` are the variables that it has."""
    exported = (f"export {name}={shlex.quote(text)}" for name, text in variables(persona).items())
    return "\n".join([f"unset {' '.join(foreign(present))}", *exported])
