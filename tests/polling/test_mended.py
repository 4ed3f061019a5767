"""Does half an emoji in one subject spoil the page it is on?"""

import msgspec
import pytest

from services.api.exchange import decoded
from services.api.records import readable


class Page(msgspec.Struct):
    records: list[msgspec.Raw]


def subject(raw: msgspec.Raw) -> str:
    return msgspec.json.decode(raw, type=str)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        pytest.param(b'"cut \\ud83d"', "cut \ufffd", id="a first half"),
        pytest.param(b'"cut \\ude00 x"', "cut \ufffd x", id="a second half"),
        pytest.param(b'"\\ud83d\\ude00 \\ud83d"', "\U0001f600 \ufffd", id="beside a whole one"),
        pytest.param(b'"C:\\\\ud83d \\ud83d"', "C:\\ud83d \ufffd", id="beside a backslash"),
        pytest.param(b'"caf\xe9"', "caf\ufffd", id="a byte of another encoding"),
    ],
)
def test_what_is_no_character_is_replaced_and_the_page_is_read(sent: bytes, read: str) -> None:
    page = decoded(b'{"records":["well",' + sent + b"]}", Page)
    values, skipped = readable("subject", page.records, subject)

    assert values == ("well", read)
    assert skipped == ()
