"""The command `verify`: the contract suite, run against a cloud and an emulator, and where the two differ."""
