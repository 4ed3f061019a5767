"""Are records read alike, whether all at once or in turns?"""

import asyncio

import msgspec

from services.api.records import AT_ONCE, readable, readable_in_turns


def number(raw: msgspec.Raw) -> int:
    return msgspec.json.decode(raw, type=int)


async def test_in_turns_the_same_is_read_and_the_same_left_out() -> None:
    raws = [msgspec.Raw(b'"x"' if n % 7 == 0 else str(n).encode()) for n in range(2 * AT_ONCE)]
    at_once = readable("number", raws, number)

    assert await readable_in_turns("number", raws, number) == at_once
    assert (len(at_once[0]), len(at_once[1])) == (42, 8)


async def test_others_get_their_turn_while_a_page_is_read() -> None:
    read: list[int] = []
    raws = [msgspec.Raw(b"1")] * (2 * AT_ONCE + 5)
    reading = asyncio.create_task(
        readable_in_turns("number", raws, lambda raw: read.append(number(raw)))
    )
    so_far = []
    while not reading.done():
        await asyncio.sleep(0)
        so_far.append(len(read))

    # And once more before they are read, and before they are taken in.
    assert so_far == [0, AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 5, 2 * AT_ONCE + 5]
