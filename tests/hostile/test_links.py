"""Do links show where they really lead, and lead nowhere without a word?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.config.tables import Config, PagerDuty, Zendesk
from services.html_text import LONGEST, html_text
from services.links import allowed, links_in, web_link
from tests.hostile.corpus import STRINGS, hostile_text
from tests.screen.stage import Desk, issue, settle, snapshot
from tui.options import ScreenOptions


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "file:///etc/passwd",
        "ftp://a.example/", "mailto:a@b.example", "//a.example", "http:a.example", "https://", "https:///x",
        "https://a b.example/", "https://a.example/\nx", "https://a.example/\x1b[2J", "https://\u202ea.example",
        "https://user@a.example/", "https://a.example:pw@evil.example/",
        "https://a.example\\@evil.example/",
        "vbscript:x", "https://a.example:99999/", "https://a.example:x/", "https://[::1",
        "https://-rf.example x",
        "https://a..example\u3002/ ", "--help", "https://-a.example/", "tel:1", "smb://x/y",
        "https://" + "a" * 3000, " https://a.example", "https://a.example/\ud800",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_none(url: str) -> None:
    assert web_link(url) is None


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("HTTPS://A.Example/x?y=1#z", "https://a.example/x?y=1#z"),
        ("https://a.example:8443/", "https://a.example:8443/"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("https://a.example/`id`'\"$(x)", "https://a.example/%60id%60%27%22$%28x%29"),
        ("https://a.example/%2e%2e/ü", "https://a.example/%2e%2e/%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://\u0430pple.com/", "https://xn--pple-43d.com/"),
    ],
)
def test_an_address_is_written_out(url: str, written: str) -> None:
    found = web_link(url)

    assert found is not None
    assert found.url == written


@given(st.one_of(hostile_text, hostile_text.map("https://a.example/".__add__)))
def test_no_address_can_do_anything_in_an_argument(text: str) -> None:
    found = web_link(text)

    if found is not None:
        assert found.url.startswith(("http://", "https://"))
        assert found.url.isascii()
        assert found.url.isprintable()
        assert not set(found.url) & set(" \"'`()<>{}|\\^")
        assert web_link(found.url) == found


def test_links_are_found_in_a_text_and_do_not_take_the_sentence_along() -> None:
    text = "see https://a.example/x. And (https://b.example/y), javascript:x, https://u@c.example"

    assert [link.host for link in links_in(text)] == ["a.example", "b.example"]
    assert len(links_in("".join(f"https://a.example/{n} " for n in range(500)))) == 50


def test_our_own_hosts_are_known_from_the_configuration() -> None:
    config = Config(
        zendesk=Zendesk(subdomain="acme"),
        pagerduty=PagerDuty(base_url="https://api.eu.pagerduty.com"),
        links={"wiki": "https://wiki.example/x"},
    )
    hosts = config.own_hosts()

    for url in (
        "https://acme.zendesk.com/1",
        "https://acme.pagerduty.com/",
        "https://wiki.example",
    ):
        link = web_link(url)
        assert link is not None
        assert allowed(link, hosts), url
    for url in (
        "https://evil.zendesk.com/1",
        "https://pagerduty.com.evil.example",
        "https://x.example",
    ):
        link = web_link(url)
        assert link is not None
        assert not allowed(link, hosts), url


async def opened_by(url: str, *keys: str) -> tuple[list[str], str]:
    """Which addresses the browser was sent to, and what was on the screen before the last key."""
    desk = Desk(ScreenOptions(open_hosts=("example.zendesk.com",)))
    opened: list[str] = []
    async with desk.app.run_test(size=(90, 24), notifications=True) as pilot:
        await desk.give(pilot, snapshot(issue(1, "x", url=url)))
        driver = desk.app._driver
        assert driver is not None
        driver.open_url = lambda url, new_tab=True: opened.append(url)  # type: ignore[method-assign]
        for key in keys[:-1]:
            await pilot.press(key)
            await settle(pilot)
        shown = desk.text()
        await pilot.press(keys[-1])
        await settle(pilot)
    return opened, shown


async def test_our_own_host_opens_at_once() -> None:
    opened, _ = await opened_by("https://example.zendesk.com/1", "o")

    assert opened == ["https://example.zendesk.com/1"]


async def test_another_host_is_shown_and_opens_on_a_word_only() -> None:
    url = "https://\u0430pple.com/x"

    opened, shown = await opened_by(url, "o", "y")
    assert "This leads to xn--pple-43d.com, which is none of your own hosts." in shown
    assert opened == ["https://xn--pple-43d.com/x"]

    for key in ("escape", "n", "enter"):
        opened, _ = await opened_by(url, "o", key)
        assert opened == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://example.zendesk.com@evil.example/"]
)
async def test_what_is_no_address_of_the_web_never_opens(url: str) -> None:
    opened, _ = await opened_by(url, "o", "y")

    assert opened == []


def test_html_becomes_words_with_the_real_target_of_every_link() -> None:
    html = (
        "<html><head><title>no</title><style>p{}</style></head><body><script>alert(1)</script>"
        "<p>Hello&nbsp;<b>Ann</b>,<br>please <a href='https://evil.example/x'>zendesk.com</a> or"
        " <a href='https://a.example'>https://a.example</a><!-- hidden --></p>"
        "<ul><li>one</li><li>two</li></ul><pre>a  b\n  c</pre><img src=x alt='a cat'>"
        "<a href='javascript:x'>run</a>"
    )

    assert html_text(html).split("\n") == [
        "Hello Ann,",
        "please zendesk.com <https://evil.example/x> or https://a.example",
        "",
        "- one",
        "- two",
        "",
        "a  b",
        "  c",
        "[image a cat]run <javascript:x>",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "<b>", "</b>", "<p></q>", "&", "<", "<a ", "<!--", "<![", "<?", "&#x1b;", "<a href=x>",
        '<a href="', "<a href='", "<![CDATA[", "<table><tr><td>", "</", "</a ",
        "<textarea>", "<title>",
        "<script>", "<a =", "<pre>", "\x1f", "&#0;", "<svg><", "<li>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tail", ["", '">'])
def test_html_that_would_keep_a_parser_busy_does_not(piece: str, tail: str) -> None:
    """Some of these took minutes when they were handed to the parser as they are."""
    started = time.process_time()
    html_text(piece * (LONGEST // len(piece)) + tail)

    assert time.process_time() - started < 5


def test_html_of_any_kind_is_text() -> None:
    for string in STRINGS:
        assert isinstance(html_text(string), str)
        html_text(f"<p>{string}<a href='{string}'>{string}</p>")


async def test_the_list_of_links_asks_too() -> None:
    opened, shown = await opened_by("https://evil.example/x", "b", "enter", "y")

    assert "This leads to evil.example, which is none of your own hosts." in shown
    assert opened == ["https://evil.example/x"]
