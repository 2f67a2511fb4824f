"""The document of the emulator's own API, at /_emulator."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from contrib.openapi.document import FILE as IMAGES
from glance_emulator import __version__
from glance_schemas import control
from glance_schemas.seeds import Seed

Json = dict[str, Any]
FILE = IMAGES.with_name("control-openapi.json")
DESCRIPTION = """\
What testers do to a world: worlds and snapshots, what is in them, the clock, ids, how work moves on, what goes wrong,
and what was asked and why it was answered so. Each path stands at the root, where it is about the default world, and
below `/w/{name}`, where it is about that one; only worlds themselves are made and deleted at the root alone.

It is for callers on the machine where the emulator runs, and for admins (`X-Auth-Token`) from elsewhere.
"""
REFUSALS = {
    400: "What was sent is not valid.",
    401: "It is not known who calls, and it is not somebody on this machine.",
    403: "Who calls is no admin, and not on this machine.",
    404: "There is no such thing, or no such world.",
    409: "It is there already, or not possible as things stand.",
    413: "The body is too large.",
}
ALWAYS = {400, 401, 403, 404}
"""What any operation may answer."""
TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}
MOMENT: Json = {"type": "string", "format": "date-time"}
ANY: Json = {"type": "object"}


def thing(**properties: Json) -> Json:
    """Return the schema of an object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def maybe(shape: Json) -> Json:
    """Return the schema of what may be null."""
    return {"anyOf": [shape, {"type": "null"}]}


def many(name: str, shape: Json) -> Json:
    """Return the schema of a list under its name."""
    return thing(**{name: {"type": "array", "items": shape}})


WORLD = thing(name=TEXT, url=TEXT, auth_url=TEXT)
SNAPSHOT = thing(name=TEXT, created_at=MOMENT)
CLOCK = thing(now=MOMENT, frozen=FLAG, real=FLAG)
WORK = {"type": "object", "properties": {"kind": TEXT, "running": FLAG, "by_hand": FLAG, "polls": maybe(WHOLE),
        "due": maybe(MOMENT)}, "required": ["kind", "running"]}  # fmt: skip
FAULT = {"type": "object", "properties": {"id": TEXT, "fitted": WHOLE, "struck": WHOLE, "effect": ANY},
         "required": ["id", "fitted", "struck", "effect"]}  # fmt: skip
OPERATION = thing(operation=TEXT, service=TEXT, methods={"type": "array", "items": TEXT}, path=TEXT)
FACTS = {"type": "object", "properties": {"kind": TEXT}, "required": ["kind"]}
REQUEST = thing(
    id=TEXT, time=MOMENT, service=TEXT, operation=maybe(TEXT), method=TEXT, path=TEXT, query=TEXT, status=WHOLE,
    milliseconds={"type": "number"}, bytes_received=WHOLE, bytes_sent=WHOLE, request_id=TEXT,
    caller=thing(user_id=maybe(TEXT), user_name=maybe(TEXT), project_id=maybe(TEXT), project_name=maybe(TEXT),
                 roles={"type": "array", "items": TEXT}),
    message=maybe(TEXT), why=maybe(TEXT),
)  # fmt: skip
REQUESTS = thing(requests={"type": "array", "items": REQUEST}, newest=TEXT)
REASON = thing(words=TEXT, facts=FACTS)
TAR = "application/x-tar"


@dataclass(frozen=True)
class Operation:
    """What can be asked of a path."""

    method: str
    path: str
    name: str
    summary: str
    answers: Mapping[int, Json | None]
    body: type[Schema] | None = None
    media: Mapping[str, str] = field(default_factory=dict)
    """Media types of `body` and `answer`, where they are not JSON."""
    queries: Mapping[str, str] = field(default_factory=dict)
    refuses: tuple[int, ...] = ()
    """Refusals besides those that are always possible, and 413 for too much JSON."""


LISTED = {"method": "Only this method.", "outcome": "Only this status, or those that begin with this digit.",
          "service": "Only this service.", "operation": "Only operations that this pattern fits, as images.*",
          "project": "Only what this project asked for, by name or id.",
          "text": "Only what has this text in the path, the refusal, why it came, the request's id, …",
          "after": "Only what came after the request with this id.", "limit": "How many at the most."}  # fmt: skip
OPERATIONS = (
    Operation("GET", "/worlds", "list_worlds", "List the worlds", {200: many("worlds", WORLD)}),
    Operation("POST", "/worlds", "create_world", "Make a world", {201: WORLD}, control.WorldCreate,
              refuses=(409,)),
    Operation("GET", "/worlds/{name}", "show_world", "Show where a world is", {200: WORLD}),
    Operation("DELETE", "/worlds/{name}", "delete_world", "Delete a world", {204: None}, refuses=(409,)),
    Operation("POST", "/reset", "reset", "Let the world be as a new one is", {204: None}, refuses=(409,)),
    Operation("POST", "/seed", "seed", "Make what a seed file says", {201: ANY}, Seed,
              {"body": "application/yaml"}, {"base": "Folder from which it names files, for callers on this machine.",
                                             "name": "What the file is called in faults."}),
    Operation("GET", "/snapshots", "list_snapshots", "List the snapshots", {200: many("snapshots", SNAPSHOT)}),
    Operation("POST", "/snapshots", "save_snapshot", "Save the world", {201: SNAPSHOT}, control.SnapshotCreate,
              refuses=(409,)),
    Operation("GET", "/snapshots/{name}", "show_snapshot", "Show a snapshot", {200: SNAPSHOT}),
    Operation("DELETE", "/snapshots/{name}", "delete_snapshot", "Forget a snapshot", {204: None}),
    Operation("POST", "/snapshots/{name}/restore", "restore_snapshot", "Let the world be again as it was",
              {204: None}, refuses=(409,)),
    Operation("GET", "/snapshots/{name}/file", "export_snapshot", "Send a snapshot as one file", {200: TEXT},
              media={"answer": TAR}),
    Operation("PUT", "/snapshots/{name}/file", "import_snapshot", "Take a snapshot that was exported",
              {201: SNAPSHOT}, media={"body": TAR}, refuses=(409,)),
    Operation("GET", "/clock", "show_clock", "Show the world's time", {200: CLOCK}),
    Operation("PUT", "/clock", "set_clock", "Set the clock, and let it stand still or run on", {200: CLOCK},
              control.ClockUpdate),
    Operation("POST", "/clock/advance", "advance_clock", "Put the clock forward; do what is due by then",
              {200: CLOCK}, control.ClockAdvance),
    Operation("DELETE", "/clock", "reset_clock", "Show the real time again", {200: CLOCK}),
    Operation("GET", "/ids", "show_ids", "Show the seed of the ids", {200: thing(seed=maybe(WHOLE))}),
    Operation("PUT", "/ids", "seed_ids", "Make ids and generated data follow from a seed, from its beginning on",
              {200: thing(seed=maybe(WHOLE))}, control.IdsUpdate),
    Operation("DELETE", "/ids", "free_ids", "Let ids be random again", {204: None}),
    Operation("GET", "/transitions", "show_transitions", "Show how work moves on", {200: thing(transitions=ANY)}),
    Operation("PUT", "/transitions", "set_transitions", "Say how work moves on that is submitted from now on",
              {200: thing(transitions=ANY)}, control.Transitions),
    Operation("DELETE", "/transitions", "clear_transitions", "Let all work be done at once", {204: None}),
    Operation("GET", "/work", "list_work", "List the work that is not done yet", {200: many("work", WORK)}),
    Operation("POST", "/advance", "advance_work", "Let work that waits be done", {200: many("advanced", WORK)},
              control.Advance),
    Operation("GET", "/faults", "list_faults", "List the faults", {200: many("faults", FAULT)}),
    Operation("POST", "/faults", "add_fault", "Set a fault", {201: FAULT}, control.FaultCreate),
    Operation("DELETE", "/faults", "clear_faults", "Take all faults away", {204: None}),
    Operation("GET", "/faults/{fault_id}", "show_fault", "Show a fault", {200: FAULT}),
    Operation("DELETE", "/faults/{fault_id}", "remove_fault", "Take a fault away", {204: None}),
    Operation("GET", "/operations", "list_operations", "List the operations that faults and requests name",
              {200: many("operations", OPERATION)}),
    Operation("GET", "/requests", "list_requests", "List the latest requests", {200: REQUESTS},
              queries=LISTED),
    Operation("DELETE", "/requests", "clear_requests", "Forget all requests", {204: None}),
    Operation("GET", "/requests.har", "export_requests", "Send all requests, or the latest up to a limit, as HAR",
              {200: thing(log=ANY)}, queries=LISTED),
    Operation("GET", "/requests/{name}", "show_request", "Show a request", {200: REQUEST}),
    Operation("GET", "/requests/{name}/explain", "explain_request", "Say why a request was answered as it was",
              {200: thing(request=REQUEST, words=TEXT, facts=maybe(FACTS))},
              queries={"image": "The image that a list has or has not."}),
    Operation("GET", "/explain", "explain_access", "Say what a project may do with an image",
              {200: thing(read={**REASON}, list={**REASON})},
              queries={"project": "The project, by name or id.", "image": "The image's id.",
                       "user": "The user's id.",
                       "roles": "Its roles, with commas; member and reader where it is not given."}),
    Operation("GET", "/openapi.json", "show_openapi", "Show this document", {200: ANY, 304: None}),
)  # fmt: skip


def text() -> str:
    """Return the document as its file has it."""
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


def build() -> Json:
    """Return the document."""
    spec = APISpec(
        title="The emulator's own API",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        info={"description": DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        servers=[
            {"url": "/_emulator"},
            {"url": "/w/{world}/_emulator", "variables": {"world": {"default": "default"}}},
        ],
    )
    spec.components.schema("Refusal", thing(error=thing(code=WHOLE, message=TEXT)))
    for code, description in REFUSALS.items():
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        spec.components.response(f"Refused{code}", {"description": description, "content": content})
    for operation in OPERATIONS:
        spec.path(operation.path, operations={operation.method.lower(): _shown(operation)})
    found: Json = json.loads(json.dumps(spec.to_dict()))
    return found


def _shown(operation: Operation) -> Json:
    names = re.findall(r"{(\w+)}", operation.path)
    parameters: list[Json] = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]
    for name, description in operation.queries.items():
        parameters.append({"name": name, "in": "query", "description": description, "schema": TEXT})
    responses: Json = {str(code): _answer(code, shape, operation) for code, shape in operation.answers.items()}
    media = operation.media.get("body", "application/json")
    refuses = {*ALWAYS, *operation.refuses}
    if operation.body is not None and media == "application/json":
        refuses.add(413)
    responses |= {str(code): f"Refused{code}" for code in sorted(refuses)}
    shown: Json = {"operationId": operation.name, "summary": operation.summary, "responses": responses}
    if parameters:
        shown["parameters"] = parameters
    if operation.body is not None:
        shown["requestBody"] = {"content": {media: {"schema": operation.body}}}
    elif "body" in operation.media:
        shown["requestBody"] = {"required": True, "content": {media: {}}}
    return shown


def _answer(code: int, shape: Json | None, operation: Operation) -> Json:
    unchanged = "It is what If-None-Match named."
    found: Json = {"description": unchanged if code == 304 else "Done." if shape is None else "It, or they."}
    if shape is not None:
        found["content"] = {operation.media.get("answer", "application/json"): {"schema": shape}}
    return found
