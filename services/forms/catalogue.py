"""Which forms are there?"""

from collections.abc import Mapping

from services.forms.closing import CLOSE
from services.forms.form import Form
from services.forms.joining import MERGE, PAIR
from services.forms.moving import ESCALATE, PRIORITY
from services.forms.parking import BACKLOG, SNOOZE
from services.forms.raising import RAISE
from services.forms.renaming import RENAME
from services.forms.talking import NOTE, REPLY
from services.forms.triage import TRIAGE

FORMS: Mapping[str, Form] = {
    form.id: form
    for form in (
        TRIAGE, REPLY, NOTE, CLOSE, RENAME, BACKLOG, PRIORITY, SNOOZE, ESCALATE, PAIR, MERGE, RAISE,
    )
}  # fmt: skip
"""By id, which is also the id of the key that opens it."""
