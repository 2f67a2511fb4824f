"""The plumbing between HTTP and the rules."""
