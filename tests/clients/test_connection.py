"""What does a connection bring along, and whom does it believe?"""

import ssl
import subprocess
import sys

import httpx
import pytest

from services.api.connection import Certificates, connect
from tests.certificates import really_read


def test_the_certificates_are_read_once_for_all_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As a program does, in which no test has read them before.
    monkeypatch.setattr(ssl, "create_default_context", really_read)
    certificates = Certificates()
    there, elsewhere = "https://desk.example.com", "https://pd.example.com"

    assert certificates.for_address(there) is certificates.for_address(elsewhere)
    assert certificates.for_address(there) is not Certificates().for_address(there)
    assert certificates.for_address(there).verify_mode is ssl.CERT_REQUIRED
    assert certificates.for_address(there).check_hostname
    assert certificates.for_address(there).get_ca_certs()


def test_without_tls_nobody_is_believed() -> None:
    context = Certificates().for_address("http://127.0.0.1:8799/zendesk")

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.get_ca_certs() == []


def test_certificates_that_cannot_be_read_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")

    with pytest.raises(OSError, match=r"."):
        connect("https://desk.example.com", Certificates())


async def test_a_client_follows_nobody_and_keeps_no_cookies() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"Location": "https://elsewhere.example.com", "Set-Cookie": "a=b"}
        return httpx.Response(302, headers=headers)

    transport = httpx.MockTransport(answer)
    async with connect("https://desk.example.com", Certificates(), transport) as client:
        reply = await client.get("https://desk.example.com/")

        assert reply.status_code == 302
        assert not client.cookies


def test_httpx_is_loaded_without_its_command_line() -> None:
    code = """
import sys
from services.api.connection import load_httpx
load_httpx()
load_httpx()
import httpx
print([name for name in ("click", "pygments", "rich", "httpx._main") if name in sys.modules])
print(callable(httpx.main), httpx.AsyncClient)
"""
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert told.startswith("[]\nTrue ")
