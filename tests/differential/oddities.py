"""Requests that no client would send on purpose: wrong methods, paths, bodies and headers."""

from __future__ import annotations

from hypothesis import strategies as st

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO")
SCHEMAS = (
    "image", "images", "member", "members", "task", "tasks", "zz", "", "metadefs/namespace", "metadefs/namespaces",
    "metadefs/resource_type", "metadefs/resource_types", "metadefs/property", "metadefs/properties",
    "metadefs/object", "metadefs/objects", "metadefs/tag", "metadefs/tags", "metadefs",
)  # fmt: skip
# ID stands for an image's id, MEMBER for a project's.
PATHS = (
    "/", "/versions", "/versions/", "/versions/x", "/healthcheck", "/healthcheck/", "/v1", "/v1/images", "/v2",
    "/v2/", "/v3", "/V2/images", "/foo", "/foo/bar", "/images", "/v2.0/images", "/v2.7/images", "/v2.14/images",
    "/v2.17/images", "/v2.18/images", "/v2.99/images", "/v2.2/images/ID", "//v2/images", "/v2//images/ID",
    "/v2/images//ID", "/v2/images", "/v2/images/", "/v2/images/ID", "/v2/images/ID/", "/v2/images/ID/zz",
    "/v2/images/ID/file", "/v2/images/ID/file/", "/v2/images/ID/members", "/v2/images/ID/members/",
    "/v2/images/ID/members/MEMBER", "/v2/images/ID/members/MEMBER/x", "/v2/images/ID/tags", "/v2/images/ID/tags/",
    "/v2/images/ID/tags/a", "/v2/images/ID/tags/a/b", "/v2/images/%2e%2e", "/v2/images/ID/actions/deactivate",
    "/v2/images/ID/actions/reactivate", "/v2/images/ID/actions/zz", "/v2/zz", "/v2/images/ID/actions",
    "/v2/images/%49D", "/v2/images/ID%20", "/v2/images/ID?x=1", "/v2/images/nonsense", "/v2/schemas",
    "/v2/schemas/image", "/v2/schemas/zz", "/v2/info", "/v2/tasks/", "/v2/tasks/nonsense", "/v2/images/ID/locations",
    "/v2/images/ID.json", "/v2/images/nonsense/members",
    "/v2/images/nonsense/file", "/v2/images/nonsense/members/x", "/v2/images/nonsense/tags/x", "/v2/images/%00",
    "/v2/images/nonsense/actions/deactivate", "/v2/images/%E2%98%83", "/v2/images/ID/members/%E2%98%83",
)  # fmt: skip
TARGETS = (*PATHS, *(f"/v2/schemas/{name}" for name in SCHEMAS))
ACCEPTS = (
    "", "*/*", "text/html", "text/*", "application/json", "Application/JSON", "application/*", "text/plain",
    "nonsense", "text/plain, application/json", "text/plain;q=0.5, application/json;q=0.4", "application/json, */*",
    "image/png", "application/json;q=0.5, text/html", "*/*;q=0.1, application/json",
    "text/html;q=0.1, application/json", ",", ";q=", "text/html;q=0.5,text/plain;q=0.9",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "a/b;q=2", "application/json; charset=utf-8",
    "application/json;q=0", "application/vnd.openstack.images-v2", "application/xml",
    "application/vnd.openstack.images-v2.3", "application/vnd.openstack.images-v3",
    "application/vnd.openstack.images-v1",
)  # fmt: skip
accepts = st.sampled_from([{}, *({"Accept": text} for text in (*("application/json", "*/*") * 12, *ACCEPTS))])
headers = st.sampled_from([
    *[{}] * 6, {"X-Openstack-Request-Id": "req-mine"}, {"X-Openstack-Request-Id": "mine"},
    {"X-Openstack-Request-Id": ""},
    {"X-Openstack-Request-Id": "r" * 64}, {"X-Openstack-Request-Id": "r" * 60}, {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": "elsewhere"}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"},
    {"Content-Type": "application/octet-stream"}, {"Accept-Language": "fr"}, {"X-Roles": "admin"}, {"X-Role": "admin"},
    {"X-Tenant-Id": "producer-PREFIX"}, {"Cookie": "a=b"}, {"X-Http-Method-Override": "DELETE"}, {"Expect": ""},
])  # fmt: skip
bodies = st.sampled_from([*[None] * 40, b"", b"x", b"{}", b"[]", b"null", b'{"a": 1}', b"\xff"])
methods = st.sampled_from(METHODS)
targets = st.sampled_from(TARGETS)
# What an id in a path becomes.
spellings = st.sampled_from([
    *[str] * 12, str.upper, lambda text: text.replace("-", ""), lambda text: text.replace("-", "%2D"),
    lambda text: f"{text}x", lambda _: "nonsense", lambda _: "x" * 300,
])  # fmt: skip
tags = st.sampled_from([
    *("a", "b") * 4, "a%20b", "%20", "a,b", "a%0Ab", "a%3Fb", "a%2541", "a.b", "x" * 255, "x" * 256, "x?y=1", "%C3%A9",
    "a%2Fb", "a/b", "..", "", "A", "%00",
])  # fmt: skip
