"""Measures the emulator beside a real Glance: the same work on the same machine, in turn."""
