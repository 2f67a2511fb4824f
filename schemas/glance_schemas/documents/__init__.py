"""The JSON Schema documents of /v2/schemas, by the path below it.

Structure, names and order are the real service's; the descriptions are worded here.
"""

from __future__ import annotations

from glance_schemas.documents import images, metadefs, tasks
from glance_schemas.documents.parts import Document

DOCUMENTS: dict[str, Document] = {
    "image": images.IMAGE,
    "images": images.IMAGES,
    "member": images.MEMBER,
    "members": images.MEMBERS,
    "task": tasks.TASK,
    "tasks": tasks.TASKS,
    "metadefs/namespace": metadefs.NAMESPACE,
    "metadefs/namespaces": metadefs.NAMESPACES,
    "metadefs/resource_type": metadefs.RESOURCE_TYPE,
    "metadefs/resource_types": metadefs.RESOURCE_TYPES,
    "metadefs/property": metadefs.PROPERTY,
    "metadefs/properties": metadefs.PROPERTIES,
    "metadefs/object": metadefs.OBJECT,
    "metadefs/objects": metadefs.OBJECTS,
    "metadefs/tag": metadefs.TAG,
    "metadefs/tags": metadefs.TAGS,
}
