"""What is a key, and which keys do several screens share?"""

from msgspec import Struct

Table = tuple["Key", ...]
"""The keys of one screen, in the order of its help."""


class Key(Struct, frozen=True):
    """One action and the keys for it."""

    id: str
    """What `[keys]` calls it. The same id on several screens is the same idea, and one setting."""
    keys: str
    """As Textual names them, several with commas; empty: it is in the palette only."""
    action: str
    label: str
    help: str
    shown: str = ""
    """How the key is written for people; the first of `keys` if empty."""
    footer: bool = False


EVERYWHERE: Table = (
    Key("palette", "colon,ctrl+p", "app.command_palette", "Palette", "Find an action by name.",
        ":"),
    Key("help", "question_mark,f1", "app.help", "Help", "The keys of this screen, searchable.",
        "?", True),
)  # fmt: skip

ON_THE_ISSUE: Table = (
    Key("why", "d", "why", "Why", "Why is each deadline what it is?", footer=True),
    Key("browser", "o", "browser", "Browser", "Open the issue in the browser.", footer=True),
    Key("copy_link", "y", "copy_link", "Copy link", "Copy the issue's address."),
    Key("copy_summary", "Y", "copy_summary", "Copy summary", "Copy a line that says it all."),
    Key("links", "b", "links", "Links", "Runbooks that fit, and the team's useful links."),
    Key("mute", "S", "mute", "Mute", "Silence this issue's signals, or let it ring again."),
)
"""What can be asked of one issue, from the queue and from the issue's own screen."""

DOING: Table = (
    Key(
        "acknowledge",
        "a",
        "acknowledge",
        "Ack",
        "Acknowledge the page; asks if it is somebody else's.",
        footer=True,
    ),
    Key("triage", "t", "form('triage')", "Triage", "Answer the triage questions.", footer=True),
    Key("reply", "c", "form('reply')", "Reply", "Write to the requester.", footer=True),
    Key("note", "n", "form('note')", "Note", "Write a note for colleagues.", footer=True),
    Key("close", "x", "form('close')", "Close", "Say why it is done, and solve it.", footer=True),
    Key("rename", "f", "form('rename')", "Rename", "Give it a title that can be found again."),
    Key("backlog", "K", "form('backlog')", "Backlog", "Put it on hold for a card."),
    Key("priority", "p", "form('priority')", "Severity", "Change the severity."),
    Key("snooze", "s", "form('snooze')", "Snooze", "Silence the page for a while."),
    Key("escalate", "E", "form('escalate')", "Escalate", "Page or assign somebody else."),
    Key("pair", "P", "form('pair')", "Pair", "Pair ticket and incident, or take them apart."),
    Key("merge", "M", "form('merge')", "Merge", "Make the incident part of another."),
)
"""What changes something; all but the first open a form."""

SENDING: Table = (
    Key("undo", "u", "app.undo", "Undo", "Take back the letter that is still held."),
    Key("outbox", "O", "app.outbox", "Outbox", "What is not sent yet, and why."),
)

READING: Table = (
    Key("down", "j,down", "scroll(1)", "Down", "A line on.", "j ↓"),
    Key("up", "k,up", "scroll(-1)", "Up", "A line back.", "k ↑"),
    Key("page_down", "pagedown,space", "page(1)", "Page down", "A screenful on.", "PgDn"),
    Key("page_up", "pageup", "page(-1)", "Page up", "A screenful back.", "PgUp"),
)
"""How a text is read."""
