"""What did a vendor answer? One JSON request at a time, over one kept-alive connection.

Everything that can go wrong on the way becomes a `services.errors` type with plain words. The
credentials go to the configured address and nowhere else: no redirect is followed, no cookie is
kept, and no text made here repeats them. Times are in seconds, sizes in bytes after decompression.
"""
