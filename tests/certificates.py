"""How often are the certificates of this computer read by all the tests of a process? Once.

Each dashboard reads them for itself, as it should: whom it believes may change between two starts.
That is a fifteenth of a second for every client that a test makes, and no test ever meets anybody
who shows a certificate.
"""

import ssl

really_read = ssl.create_default_context
"""What a program does at its start."""

_read: dict[tuple[object, ...], ssl.SSLContext] = {}


def read_once() -> None:
    """Let every client of this process believe whom the first one believed."""
    setattr(ssl, "create_default_context", _read_before)  # noqa: B010


def _read_before(
    purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH,
    *,
    cafile: str | None = None,
    capath: str | None = None,
    cadata: str | bytes | None = None,
) -> ssl.SSLContext:
    key = (purpose, cafile, capath, cadata)
    if key not in _read:
        _read[key] = really_read(purpose, cafile=cafile, capath=capath, cadata=cadata)
    return _read[key]
