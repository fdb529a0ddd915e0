"""`python -m vpctui` is the same program."""

import sys

from vpctui.cli import main

if __name__ == "__main__":
    sys.exit(main())
