"""How scenarios speak to an Identity service that has the users admin, producer and consumer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

DEFAULT = {"id": "default"}
SYSTEM = {"system": {"all": True}}


def project(name: str) -> dict[str, Any]:
    """Return the scope of a project of the default domain."""
    return {"project": {"name": name, "domain": DEFAULT}}


def by_password(name: str, password: str = "secret", **more: Any) -> dict[str, Any]:
    """Return the `identity` of a user of the default domain."""
    user = {"name": name, "domain": DEFAULT, "password": password, **more}
    return {"methods": ["password"], "password": {"user": user}}


def by_token(token: str) -> dict[str, Any]:
    return {"methods": ["token"], "token": {"id": token}}


@dataclass
class Cloud:
    """The service whose version 3 is at `url`."""

    url: str
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def __call__(
        self, method: str, path: str, json: Any = None, token: str | None = None, **headers: str
    ) -> requests.Response:
        """Send one request; `headers` are named with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["X-Auth-Token"] = token
        return self.session.request(method, self.url + path, json=json, headers=sent, allow_redirects=False, timeout=60)

    def admin(self, method: str, path: str, json: Any = None) -> requests.Response:
        """Send one request as admin; it must be answered well."""
        answer = self(method, path, json, self.token("admin", project("admin")))
        assert answer.ok, answer.text
        return answer

    def ask(self, identity: Any, scope: Any = None, query: str = "?nocatalog") -> requests.Response:
        """Ask for a token."""
        auth = {"identity": identity} if scope is None else {"identity": identity, "scope": scope}
        return self("POST", f"/auth/tokens{query}", {"auth": auth})

    def token(self, name: str, scope: Any = None) -> str:
        return issued(self.ask(by_password(name), scope))

    def check(
        self, token: str, of: str | None = None, method: str = "GET", query: str = "?nocatalog"
    ) -> requests.Response:
        """Show (or, by `method`, revoke) the token `of`, or the token itself."""
        return self(method, f"/auth/tokens{query}", token=token, X_Subject_Token=of or token)

    def refuses(self, token: str) -> bool:
        """Say whether the token is not valid, by asking as admin: what a caller's own token is worth may be cached."""
        return self.check(self.token("admin", project("admin")), token).status_code == 404


def issued(answer: requests.Response) -> str:
    """Return the token of an answer."""
    assert answer.status_code == 201, answer.text
    return answer.headers["X-Subject-Token"]


@dataclass
class Newcomer:
    """A user, and a project of the same name."""

    cloud: Cloud
    name: str
    user_id: str
    project_id: str

    def token(self, scope: Any = None) -> str:
        return self.cloud.token(self.name, scope or project(self.name))

    def gets(self, role: str) -> None:
        self._assign("PUT", role)

    def loses(self, role: str) -> None:
        self._assign("DELETE", role)

    def _assign(self, method: str, role: str) -> None:
        role_id = self.cloud.admin("GET", f"/roles?name={role}").json()["roles"][0]["id"]
        self.cloud.admin(method, f"/projects/{self.project_id}/users/{self.user_id}/roles/{role_id}")

    def becomes(self, **changes: Any) -> None:
        self.cloud.admin("PATCH", f"/users/{self.user_id}", {"user": changes})

    def project_becomes(self, **changes: Any) -> None:
        self.cloud.admin("PATCH", f"/projects/{self.project_id}", {"project": changes})
