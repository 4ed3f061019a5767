"""What does a comment written in HTML say, as plain text?

Links are followed by where they really lead, scripts and styles are left out, and nothing is
loaded. Whoever paints the text makes it plain first, as all remote text.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4.element import Tag

LONGEST = 30_000
"""Characters of HTML that are read; a comment that long is a pasted log."""

_UNREAD = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL)
"""Comments, declarations and instructions, for which the parser may search the rest each time."""

_LEFT_OUT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4"
        " h5 h6 header hr li main nav ol p pre section table tbody td th thead tr ul",
    )
)


def html_text(html: str) -> str:
    """The words of some HTML, a line for each block.

    >>> html_text('<p>See <a href="https://evil.example/x">zendesk.com</a></p><ul><li>a<li>b</ul>')
    'See zendesk.com <https://evil.example/x>\\n\\n- a\\n- b'
    """
    text = html[:LONGEST].encode("utf-8", "replace").decode("utf-8")
    known = _UNREAD.sub("", text.replace(_KEPT, ""))
    # A tag that does not end would be searched for its end again and again.
    whole = known[: known.rfind(">") + 1] + known[known.rfind(">") + 1 :].replace("<", "&lt;")
    words = "".join(_pieces(whole)).replace("\xa0", " ")
    lines = (re.sub(r" {2,}", " ", line).strip(" ") for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n").replace(_KEPT, " ")


_KEPT = "\x1f"
"""Stands for a blank that is not to be taken away, as in code."""


def _pieces(html: str) -> Iterator[str]:
    """Text and line ends in their order; without recursion, for tags may be nested deeply."""
    from bs4 import BeautifulSoup
    from bs4.element import CData, NavigableString, Tag
    from bs4.exceptions import ParserRejectedMarkup

    try:
        # With a tag before it nothing is taken for a file's name and complained of.
        soup = BeautifulSoup(f"<html>{html}", "html.parser")
    except ParserRejectedMarkup:
        yield html
        return
    open_tags: list[tuple[Tag, Iterator[object]]] = [(soup, iter(soup.contents))]
    preformatted = 0
    while open_tags:
        tag, inside = open_tags[-1]
        child = next(inside, None)
        if child is None:
            open_tags.pop()
            preformatted -= tag.name == "pre"
            yield from _after(tag)
        elif isinstance(child, Tag):
            if child.name in _LEFT_OUT:
                continue
            preformatted += child.name == "pre"
            yield from _before(child.name, str(child.get("alt") or ""))
            open_tags.append((child, iter(child.contents)))
        # Comments and declarations are strings of other kinds.
        elif type(child) in (NavigableString, CData):
            text = str(child)
            yield text.replace(" ", _KEPT) if preformatted else re.sub(r"\s+", " ", text)


def _before(name: str, alt: str) -> Iterator[str]:
    if name in _BLOCKS:
        yield "\n"
    if name == "li":
        yield "- "
    if name == "img":
        yield f"[image {alt}]" if alt else "[image]"


def _after(tag: "Tag") -> Iterator[str]:
    if tag.name == "a":
        target = str(tag.get("href") or "").strip()
        alone = tag.contents[0] if len(tag.contents) == 1 else None
        if target and not (isinstance(alone, str) and alone == target):
            yield f" <{target}>"
    if tag.name in _BLOCKS and tag.name not in ("br", "li"):
        yield "\n"
