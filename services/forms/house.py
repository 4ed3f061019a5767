"""How does this team work? What the configuration says of forms, as the forms take it."""

from datetime import timedelta

import msgspec

from services.config.tables import Config
from services.forms.form import House


def house_of(config: Config) -> House:
    """The team's own words, roles and names of severities."""
    classified = config.severity.classified()
    return House(
        hold=timedelta(seconds=config.forms.undo_seconds),
        reopen_window=config.forms.reopen_window,
        roles=config.forms.roles,
        templates=msgspec.structs.asdict(config.templates),
        tags={severity: table.tag for severity, table in classified.items()},
        priorities={s: table.incident_priority for s, table in classified.items()},
        page_service=config.forms.page_service,
    )
