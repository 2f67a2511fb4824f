"""What schemathesis has to be told: who calls, and how a list of changes is sent."""

from __future__ import annotations

import json
import os
from typing import Any

import requests
import schemathesis

MEDIA_TYPES = [f"application/openstack-images-v2.{minor}-json-patch" for minor in (0, 1)]


@schemathesis.auth(refresh_interval=5)  # what is asked for may be the end of a token, or of a user's roles
class Login:
    """A caller with the roles that FUZZ_PERSONA has; nobody, if that is empty."""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str | None:
        """Return a token."""
        persona = os.environ["FUZZ_PERSONA"]
        if not persona:
            return None
        domain = {"domain": {"id": "default"}}
        user = {"name": persona, "password": "secret", **domain}
        body = {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": {"name": persona, **domain}},
            }
        }
        answer = requests.post(f"{os.environ['FUZZ_URL']}/identity/v3/auth/tokens", json=body, timeout=60)
        return answer.headers.get("X-Subject-Token")

    def set(self, case: schemathesis.Case, data: str | None, context: schemathesis.AuthContext) -> None:
        """Let the request carry the token."""
        if data is not None:
            case.headers["X-Auth-Token"] = data


@schemathesis.serializer(*MEDIA_TYPES)
def changes(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Write changes of an image as JSON."""
    return json.dumps(value).encode()
