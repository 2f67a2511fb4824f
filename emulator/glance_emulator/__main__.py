"""`python -m glance_emulator` is the command `glance-emulator`."""

from glance_emulator.cli import main

if __name__ == "__main__":
    main()
