"""What the OpenAPI document promises, asked of a running emulator by schemathesis."""
