"""Who may do what with an image and its members, as the real service has it.

One table an image, one row an operation, one column a caller. Three projects are
members of every image: each of them is named after the answer that it gave.
`outsider` is no member, `reader` has but the role reader in the owner's project,
`reader+` the same in the project of the accepted member. A cell is the status of the
answer; in the row "list members" a list is shown as what is in it: "all" three rows, or
the caller's "own" one.

The rows "show", "update" and "remove" name the project whose membership is meant, so
the columns of the other members tell what one may do to another. "update" stands for
each of the three new statuses; their answers are alike.
"""

from __future__ import annotations

import re

Table = dict[str, dict[str, str]]

MEMBERS = ("accepted", "pending", "rejected")


def table(text: str) -> Table:
    """Read rows of cells under a line of column names; two spaces or more part the cells."""
    lines = [re.split(r" {2,}", line.strip()) for line in text.strip().splitlines()]
    (_, *columns), rows = lines[0], lines[1:]
    return {name: dict(zip(columns, cells, strict=True)) for name, *cells in rows}


SHARED = table("""
    operation        owner  accepted  pending  rejected  outsider  admin  reader  reader+
    list members     all    own       own      own       404       all    all     own
    show accepted    200    200       404      404       404       200    200     200
    show pending     200    404       200      404       404       200    200     404
    show rejected    200    404       404      200       404       200    200     404
    show outsider    404    404       404      404       404       404    404     404
    create           200    403       403      403       404       200    403     403
    update accepted  403    200       404      404       404       200    403     403
    update pending   403    404       200      404       404       200    403     404
    update rejected  403    404       404      200       404       200    403     404
    update outsider  404    404       404      404       404       404    404     404
    remove accepted  204    403       404      404       404       204    403     403
    remove pending   204    404       403      404       404       204    403     404
    remove rejected  204    404       404      403       404       204    403     404
    remove outsider  404    404       404      404       404       404    404     404
    GET image        200    200       200      200       404       200    200     200
    GET file         200    200       200      200       404       200    403     403
    PATCH image      200    403       403      403       404       200    403     403
    DELETE image     204    403       403      403       404       204    403     403
""")

# An image that is not shared keeps its rows, but they count for nothing: whoever sees the
# image is told 403 before anybody looks for a membership. Only "show" says 404.
PRIVATE = table("""
    operation        owner  accepted  pending  rejected  outsider  admin  reader  reader+
    list members     403    404       404      404       404       403    403     404
    show accepted    404    404       404      404       404       404    404     404
    show pending     404    404       404      404       404       404    404     404
    show rejected    404    404       404      404       404       404    404     404
    show outsider    404    404       404      404       404       404    404     404
    create           403    404       404      404       404       403    403     404
    update accepted  403    404       404      404       404       403    403     404
    update pending   403    404       404      404       404       403    403     404
    update rejected  403    404       404      404       404       403    403     404
    update outsider  403    404       404      404       404       403    403     404
    remove accepted  403    404       404      404       404       403    403     404
    remove pending   403    404       404      404       404       403    403     404
    remove rejected  403    404       404      404       404       403    403     404
    remove outsider  403    404       404      404       404       403    403     404
    GET image        200    404       404      404       404       200    200     404
    GET file         200    404       404      404       404       200    403     404
    PATCH image      200    404       404      404       404       200    403     404
    DELETE image     204    404       404      404       404       204    403     404
""")

COMMUNITY = table("""
    operation        owner  accepted  pending  rejected  outsider  admin  reader  reader+
    list members     403    403       403      403       403       403    403     403
    show accepted    404    404       404      404       404       404    404     404
    show pending     404    404       404      404       404       404    404     404
    show rejected    404    404       404      404       404       404    404     404
    show outsider    404    404       404      404       404       404    404     404
    create           403    403       403      403       403       403    403     403
    update accepted  403    403       403      403       403       403    403     403
    update pending   403    403       403      403       403       403    403     403
    update rejected  403    403       403      403       403       403    403     403
    update outsider  403    403       403      403       403       403    403     403
    remove accepted  403    403       403      403       403       403    403     403
    remove pending   403    403       403      403       403       403    403     403
    remove rejected  403    403       403      403       403       403    403     403
    remove outsider  403    403       403      403       403       403    403     403
    GET image        200    200       200      200       200       200    200     200
    GET file         200    200       200      200       200       200    403     403
    PATCH image      200    403       403      403       403       200    403     403
    DELETE image     204    403       403      403       403       204    403     403
""")

# What else befalls a shared image leaves its members alone; only the rows below differ.
DEACTIVATED = SHARED | table("""
    operation        owner  accepted  pending  rejected  outsider  admin  reader  reader+
    GET file         403    403       403      403       404       200    403     403
""")

PROTECTED = SHARED | table("""
    operation        owner  accepted  pending  rejected  outsider  admin  reader  reader+
    DELETE image     403    403       403      403       404       403    403     403
""")

QUEUED = SHARED | table("""
    operation        owner  accepted  pending  rejected  outsider  admin  reader  reader+
    GET file         204    204       204      204       404       204    403     403
""")

DELETED = {operation: dict.fromkeys(cells, "404") for operation, cells in SHARED.items()}

WHO_MAY: dict[str, Table] = {
    "shared": SHARED,
    "private": PRIVATE,
    "community": COMMUNITY,
    "public": COMMUNITY,
    "deactivated": DEACTIVATED,
    "protected": PROTECTED,
    "hidden": SHARED,
    "queued": QUEUED,
    "deleted": DELETED,
}

# Which of these images a list shows, each by its letter; "-" is none of them.
LETTERS = {
    "S": "shared",
    "V": "private",
    "C": "community",
    "P": "public",
    "D": "deactivated",
    "R": "protected",
    "H": "hidden",
    "Q": "queued",
    "X": "deleted",
}

# member_status chooses among what others share with the caller, and nothing else. OWNER is the
# owner's project, ACCEPTED that of the accepted member.
LISTED = table("""
    query                                     owner    accepted  pending  rejected  outsider  admin    reader   reader+
    (no filter)                               SVCPDRQ  SPDRQ     P        P         P         SVPDRQ   SVCPDRQ  SPDRQ
    member_status=accepted                    SVCPDRQ  SPDRQ     P        P         P         SVPDRQ   SVCPDRQ  SPDRQ
    member_status=pending                     SVCPDRQ  P         SPDRQ    P         P         SVPDRQ   SVCPDRQ  P
    member_status=rejected                    SVCPDRQ  P         P        SPDRQ     P         SVPDRQ   SVCPDRQ  P
    member_status=all                         SVCPDRQ  SPDRQ     SPDRQ    SPDRQ     P         SVPDRQ   SVCPDRQ  SPDRQ
    visibility=shared                         SDRQ     SDRQ      -        -         -         SDRQ     SDRQ     SDRQ
    visibility=shared&member_status=accepted  SDRQ     SDRQ      -        -         -         SDRQ     SDRQ     SDRQ
    visibility=shared&member_status=pending   SDRQ     -         SDRQ     -         -         SDRQ     SDRQ     -
    visibility=shared&member_status=rejected  SDRQ     -         -        SDRQ      -         SDRQ     SDRQ     -
    visibility=shared&member_status=all       SDRQ     SDRQ      SDRQ     SDRQ      -         SDRQ     SDRQ     SDRQ
    visibility=all                            SVCPDRQ  SCPDRQ    CP       CP        CP        SVCPDRQ  SVCPDRQ  SCPDRQ
    visibility=all&member_status=all          SVCPDRQ  SCPDRQ    SCPDRQ   SCPDRQ    CP        SVCPDRQ  SVCPDRQ  SCPDRQ
    visibility=private                        V        -         -        -         -         V        V        -
    visibility=private&member_status=all      V        -         -        -         -         V        V        -
    visibility=community                      C        C         C        C         C         C        C        C
    visibility=community&member_status=all    C        C         C        C         C         C        C        C
    visibility=public                         P        P         P        P         P         P        P        P
    owner=OWNER                               SVCPDRQ  SPDRQ     P        P         P         SVPDRQ   SVCPDRQ  SPDRQ
    owner=OWNER&member_status=all             SVCPDRQ  SPDRQ     SPDRQ    SPDRQ     P         SVPDRQ   SVCPDRQ  SPDRQ
    owner=OWNER&visibility=shared             SDRQ     SDRQ      -        -         -         SDRQ     SDRQ     SDRQ
    owner=OWNER&member_status=pending         SVCPDRQ  P         SPDRQ    P         P         SVPDRQ   SVCPDRQ  P
    owner=ACCEPTED&visibility=shared          -        -         -        -         -         -        -        -
    status=deactivated                        D        D         -        -         -         D        D        D
    protected=true                            R        R         -        -         -         R        R        R
    os_hidden=true                            H        H         -        -         -         H        H        H
    os_hidden=true&member_status=pending      H        -         H        -         -         H        H        -
    os_hidden=true&member_status=all          H        H         H        H         -         H        H        H
    os_hidden=true&visibility=all             H        H         -        -         -         H        H        H
    os_hidden=false                           SVCPDRQ  SPDRQ     P        P         P         SVPDRQ   SVCPDRQ  SPDRQ
""")
