"""The OpenAPI document: made of the operations that are listed here and the schemas of `glance_schemas`."""
