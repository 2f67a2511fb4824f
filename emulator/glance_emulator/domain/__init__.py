"""The rules; nothing here knows of HTTP."""
