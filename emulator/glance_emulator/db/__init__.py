"""Tables and the engine; no rules."""
