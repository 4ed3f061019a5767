"""`python -m tui` is `rota`."""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 -- said plainly, where a checkout is run by an old one
        print(
            "rota: Python 3.11 or newer is needed; this is", sys.version.split()[0], file=sys.stderr
        )
        sys.exit(2)
    from tui.entry import main

    sys.exit(main())
