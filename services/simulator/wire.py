"""How is an answer written down? As JSON, the way both vendors write it."""

from urllib.parse import parse_qsl

import msgspec

from services.simulator.call import Reply

_ENCODER = msgspec.json.Encoder()


def encoded(reply: Reply) -> bytes:
    """The body of an answer as it goes over the wire."""
    if reply.raw is not None:
        return reply.raw
    return b"" if reply.body is None else _ENCODER.encode(reply.body)


def decoded(body: bytes, content_type: str = "") -> object:
    """What a client sent, as JSON or as a form; `None` where it is nothing, or neither."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    try:
        return msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        return None
