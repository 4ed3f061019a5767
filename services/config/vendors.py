"""Which vendors does the configuration name? Looks neither into the keyring nor runs a command."""

from collections.abc import Mapping, Sequence

from services.config.tables import Config
from services.domain import Source


def sources_in_use(config: Config) -> Sequence[Source]:
    """The vendors that are to be asked; one without credentials may be off all the same."""
    zendesk = config.zendesk.enabled and bool(config.zendesk_root)
    used = {Source.ZENDESK: zendesk, Source.PAGERDUTY: config.pagerduty.enabled}
    return [source for source in Source if used[source]]


def configured(config: Config, environ: Mapping[str, str]) -> bool:
    """Whether there is any vendor to ask."""
    used, pagerduty = sources_in_use(config), config.pagerduty
    has_key = environ.get("ROTA_PAGERDUTY_TOKEN") or pagerduty.token_command or pagerduty.token
    return Source.ZENDESK in used or (Source.PAGERDUTY in used and bool(has_key))
