"""`python -m tui` is `rota`."""

import sys

from tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
