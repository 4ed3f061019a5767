"""What is every table of the configuration?"""

from msgspec import Struct


class Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of `config.toml`. A key we do not know is a typo, and an error."""
