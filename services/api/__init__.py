"""What did a vendor answer? One JSON request at a time, over one kept-alive connection.

Everything that can go wrong on the way becomes a `services.errors` type with plain words. The
credentials go to the configured address and nowhere else: no redirect is followed, no cookie is
kept, and no text made here repeats them. Times are in seconds, sizes in bytes after decompression.
"""

from services.api.addresses import check_base_url, segment
from services.api.client import Api, Observe
from services.api.exchange import Answer, Request
from services.api.limits import Limits
from services.api.records import Moment, Whole, readable, utc

__all__ = [
    "Answer",
    "Api",
    "Limits",
    "Moment",
    "Observe",
    "Request",
    "Whole",
    "check_base_url",
    "readable",
    "segment",
    "utc",
]
