"""Over what does a request travel? One kept-alive connection to one address, and no further."""

import sys
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from types import ModuleType

    import httpx


class Certificates:
    """Whose word is taken for who a vendor is; read once, for all connections that need it."""

    def __init__(self) -> None:
        self._usual: ssl.SSLContext | None = None

    def for_address(self, base_url: str) -> "ssl.SSLContext":
        """What a connection to an address is checked by; without TLS nobody's word is needed.

        Raises:
            OSError: `SSL_CERT_FILE` or `SSL_CERT_DIR` names what cannot be read.
        """
        import ssl

        if not base_url.startswith("https:"):
            # Trusts nobody at all, should it ever be asked to.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._usual is None:
            import httpx

            self._usual = httpx.create_ssl_context()
        return self._usual


def connect(
    base_url: str,
    certificates: Certificates,
    transport: "httpx.AsyncBaseTransport | None" = None,
) -> "httpx.AsyncClient":
    """A client for one address; nothing is sent yet.

    Args:
        base_url: `https://…`, or `http://…` for this machine.
        certificates: Shared by all clients.
        transport: Stands in for the network.

    Raises:
        OSError: The certificates cannot be read.
        ValueError: The network settings of the shell cannot be used; an `httpx.InvalidURL` too.
        ImportError: They ask for a kind of proxy that httpx is not made for here.
    """
    load_httpx()
    import httpx

    return httpx.AsyncClient(
        transport=transport,
        verify=certificates.for_address(base_url),
        limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        # A proxy sees nothing of https; of http it would see the token.
        trust_env=base_url.startswith("https:"),
    )


def load_httpx() -> None:
    """Load httpx without its command line, which brings more than all the rest of it.

    httpx goes without where that cannot be loaded, and `None` says so of a module.
    """
    if "httpx" in sys.modules:
        return
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    modules["httpx._main"] = None
    try:
        import httpx as httpx
    finally:
        del modules["httpx._main"]
