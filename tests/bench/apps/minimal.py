"""The smallest useful Textual app: a label; with `clock`, one that tells the time every second.

With `packages`, it has what a dashboard of two vendors is made with, and does nothing with it. They
are loaded as sparingly as they can be: no certificates, and httpx without its command line.
"""

import asyncio
import sys
import time

from textual.app import App, ComposeResult
from textual.widgets import Label

READY = "READYMARK"


class Minimal(App[None]):
    """A label, and maybe a clock or packages."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """One label."""
        self.label = Label(READY)
        yield self.label

    def on_mount(self) -> None:
        """Begin to tell the time, if asked."""
        if "clock" in sys.argv:
            self.set_interval(1, lambda: self.label.update(time.strftime("%H:%M:%S")))
        if "packages" in sys.argv:
            self.asking = asyncio.create_task(self.ask())

    async def ask(self) -> None:
        """Load an HTTP client, a database, a decoder and a time zone, and ask where nobody is."""
        import sqlite3
        import ssl
        import zoneinfo

        # What cannot be had is left out, and httpx does without.
        sys.modules["httpx._main"] = None  # type: ignore[assignment]
        import httpx
        import msgspec

        self.kept = (
            sqlite3.connect(":memory:"),
            msgspec.json.Decoder(),
            zoneinfo.ZoneInfo("Europe/London"),
        )
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(verify=bare) as client:
            try:
                await client.get("http://127.0.0.1:9")
            except httpx.HTTPError:
                await asyncio.sleep(60)


if __name__ == "__main__":
    Minimal().run()
