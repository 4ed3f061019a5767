"""Which key does what, on which screen?

One table per screen; bindings, footer, help, palette and `[keys]` derive from it (`tui.keymap`).
A new key is one row here and one `action_…` method on its screen; a new screen is one table here
and one way to get there in `tests/screen/test_keys.py`, which presses every key of every table.
"""

from collections.abc import Mapping

from tui.key import DOING, EVERYWHERE, ON_THE_ISSUE, READING, SENDING, Key, Table

QUEUE: Table = (
    Key("down", "j,down", "move(1)", "Down", "The next issue.", "j ↓"),
    Key("up", "k,up", "move(-1)", "Up", "The issue before.", "k ↑"),
    Key("page_down", "pagedown", "page(1)", "Page down", "A screenful on.", "PgDn"),
    Key("page_up", "pageup", "page(-1)", "Page up", "A screenful back.", "PgUp"),
    Key("top", "g,home", "top", "Top", "The most urgent issue.", "g Home"),
    Key("bottom", "G,end", "bottom", "Bottom", "The last issue.", "G End"),
    Key("open", "enter", "open", "Open", "Read the issue on a screen of its own.", "Enter", True),
    *DOING,
    Key("raise", "N", "form('raise')", "Raise", "Make a ticket of a call or chat."),
    *SENDING,
    Key("mark", "space", "mark", "Mark", "Mark the issue, for a, n and s on several.", "space"),
    Key("mark_range", "v", "mark_range", "Mark range", "Mark all from the last mark to here."),
    Key("mark_all", "V", "mark_all", "Mark all", "Mark all that is shown, or none."),
    Key("filter", "slash", "filter", "Filter", "Narrow the list by words or fields.", "/", True),
    *(
        Key(f"view_{n}", str(n), f"view({n})", f"View {n}", f"Saved view {n}; again: everything.")
        for n in range(1, 10)
    ),
    Key("view_next", "right_square_bracket", "step_view(1)", "Next view", "The next saved view.",
        "]"),
    Key("view_before", "left_square_bracket", "step_view(-1)", "View before",
        "The saved view before.", "["),
    Key("mine", "m", "mine", "Mine", "Only what is mine, or everything.", footer=True),
    *ON_THE_ISSUE,
    Key("refresh", "r", "refresh_now", "Refresh", "Ask both vendors now.", footer=True),
    Key("pause", "R", "pause", "Pause", "Stop or go on polling."),
    Key("tour", "", "tour", "Take the tour", "Five steps for newcomers."),
    Key("tour_next", "f3", "tour_next", "Tour: next", "The next step of the tour."),
    Key("tour_end", "f6", "tour_end", "Tour: end", "End the tour."),
    Key("times", "T", "times", "Times", "When issues were raised, or how long ago that is."),
    Key("privacy", "X", "app.privacy", "Privacy", "Hide names and addresses, or show them again."),
    Key("mute_all", "Z", "app.mute_all", "Mute all",
        "Silence all signals for some minutes; a new P1 rings all the same."),
    Key("test_signals", "", "app.test_signals", "Test signals",
        "Ring and notify now, and say what got through."),
    Key("rota", "w", "app.rota", "Rota", "Who is on call when; overrides and swaps."),
    Key("handover", "H", "app.handover", "Handover", "What whoever comes next must know."),
    Key("report", "", "app.report", "Report", "Which promises were kept, and how soon we answer."),
    Key(
        "step_away",
        "",
        "app.step_away",
        "Can I step away?",
        "What falls due in the next minutes, and who could cover.",
    ),
    Key("log", "L", "app.log_page", "Log", "What rota asked, and what came of it."),
    *EVERYWHERE,
    Key("back", "escape", "back", "Back", "Hide the card; drop the marks; drop the filter.", "Esc"),
    Key("quit", "q,ctrl+q", "app.quit", "Quit", "Leave rota.", "q", True),
)  # fmt: skip

ISSUE: Table = (
    *READING,
    *DOING,
    *SENDING,
    *ON_THE_ISSUE,
    *EVERYWHERE,
    Key("back", "escape,q,enter", "close", "Back", "Back to the queue.", "Esc", True),
)

PAGE: Table = (
    *READING,
    *EVERYWHERE,
    Key("back", "escape,q,enter", "close", "Back", "Back to where you were.", "Esc", True),
)

SEARCH: Table = (
    Key("line_down", "down", "scroll(1)", "Down", "A line on.", "↓"),
    Key("line_up", "up", "scroll(-1)", "Up", "A line back.", "↑"),
    Key("page_down", "pagedown", "page(1)", "Page down", "A screenful on.", "PgDn"),
    Key("page_up", "pageup", "page(-1)", "Page up", "A screenful back.", "PgUp"),
    Key("back", "escape", "close", "Back", "Back to where you were.", "Esc", True),
)
"""A page whose search box has the focus: no letter acts here."""

ROTA: Table = (
    Key("left", "h,left", "move_turn(-1)", "Before", "The turn before.", "h ←"),
    Key("right", "l,right", "move_turn(1)", "After", "The next turn.", "l →"),
    Key("down", "j,down", "move_days(1)", "Day", "A day on.", "j ↓", True),
    Key("up", "k,up", "move_days(-1)", "Day back", "A day back.", "k ↑"),
    Key("page_down", "pagedown,right_square_bracket", "move_days(7)", "Week", "A week on.",
        "PgDn ]", True),
    Key("page_up", "pageup,left_square_bracket", "move_days(-7)", "Week back", "A week back.",
        "PgUp ["),
    Key("next_schedule", "tab", "move_schedule(1)", "Schedule", "The next schedule.", "Tab", True),
    Key("previous_schedule", "shift+tab", "move_schedule(-1)", "Schedule before",
        "The schedule before.", "shift+Tab"),
    Key("now", "g,home", "now", "Now", "The turn that goes on now.", "g", True),
    Key("override", "plus", "override", "Override", "Somebody stands in for this turn.", "+",
        True),
    Key("swap", "s", "swap", "Swap", "Swap this turn with another of the same length.",
        footer=True),
    Key("put_back", "b", "put_back", "Give back", "Undo the half of a swap that was made alone."),
    Key("undo", "u", "undo", "Undo", "Pull back an override that has not left yet."),
    Key("troubles", "p", "troubles", "Problems", "Gaps, overlaps and what cannot be read."),
    Key("refresh", "r", "refresh_now", "Refresh", "Read the schedules now."),
    *EVERYWHERE,
    Key("back", "escape,q,w", "close", "Back", "Drop the swap, or back to the queue.", "Esc",
        True),
)  # fmt: skip

OVERRIDE_FORM: Table = (
    Key("preview", "ctrl+s,f10", "preview", "Preview", "What will be sent.", "ctrl+s", True),
    Key("back", "escape", "close", "Back", "Leave without sending.", "Esc", True),
)

OVERRIDE_PREVIEW: Table = (
    Key("send", "y", "send", "Send", "Send it.", footer=True),
    Key("back", "escape,q", "close", "Back", "Do not send it.", "Esc", True),
)

FORM: Table = (
    Key("form_next", "tab", "next(1)", "Next", "The next question.", "Tab", True),
    Key("form_previous", "shift+tab", "next(-1)", "Previous", "The question before."),
    Key("form_preview", "ctrl+s,f10", "preview", "Preview", "See what would be sent.",
        "ctrl+s", True),
    Key("form_editor", "ctrl+e", "edit", "$EDITOR", "Write this answer in your editor.",
        "ctrl+e"),
    Key("form_template", "ctrl+t", "template", "Template", "Put the prepared text here.",
        "ctrl+t"),
    Key("form_story", "f2", "story", "Story", "Read what was said on the issue, newest first.",
        "F2"),
    Key("form_discard", "f4", "discard", "Discard", "Throw the draft away; asks first.", "F4"),
    Key("form_help", "f1", "app.help", "Help", "The keys of this screen.", "F1", True),
    Key("form_close", "escape", "close", "Back", "Close the form; the draft is kept.", "Esc",
        True),
)  # fmt: skip

PREVIEW: Table = (
    *READING,
    Key("send", "y", "send", "Send", "Send just what is shown.", footer=True),
    *EVERYWHERE,
    Key("back", "escape", "close", "Back", "Back to the form; nothing is sent.", "Esc", True),
)
"""Enter is on purpose not here: it confirms nothing."""

CONFIRM: Table = (
    *READING,
    Key("confirm", "y", "confirm", "Yes", "Do it.", footer=True),
    *EVERYWHERE,
    Key("back", "escape,n,q", "close", "No", "Do nothing.", "Esc", True),
)

OUTBOX: Table = (
    Key("down", "j,down", "move(1)", "Down", "The next letter.", "j ↓"),
    Key("up", "k,up", "move(-1)", "Up", "The letter before.", "k ↑"),
    Key("page_down", "pagedown", "page(1)", "Page down", "Read on."),
    Key("page_up", "pageup", "page(-1)", "Page up", "Read back."),
    Key("letter_retry", "r", "retry", "Retry", "Try it again now.", footer=True),
    Key(
        "letter_edit",
        "e",
        "edit",
        "Edit",
        "Give it back as a draft, and open its form.",
        footer=True,
    ),
    Key(
        "letter_discard",
        "d",
        "discard",
        "Discard",
        "Withdraw it for good; asks first.",
        footer=True,
    ),
    Key(
        "letter_arrived",
        "A",
        "arrived",
        "Arrived",
        "You have seen that a letter in doubt has arrived.",
    ),
    Key("undo", "u", "app.undo", "Undo", "Take back the letter that is still held."),
    *EVERYWHERE,
    Key("back", "escape,q", "close", "Back", "Back to the queue.", "Esc", True),
)
LINKS: Table = (
    Key("line_down", "down", "move(1)", "Down", "The next link.", "↓"),
    Key("line_up", "up", "move(-1)", "Up", "The link before.", "↑"),
    Key("link_copy", "f2", "copy", "Copy", "Copy the address.", "F2", True),
    Key("help", "f1", "app.help", "Help", "The keys of this screen.", "F1"),
    Key("back", "escape", "close", "Back", "Back to where you were.", "Esc", True),
)
"""Links to choose from while one types what to look for; Enter opens."""

ASK: Table = (
    Key("help", "f1", "app.help", "Help", "The keys of this screen.", "F1"),
    Key("back", "escape", "close", "Back", "Leave things as they are.", "Esc", True),
)
"""One question; Enter answers it."""

HANDOVER: Table = (
    *READING,
    Key("remarks", "e", "remarks", "Remarks", "Write what no system knows.", footer=True),
    Key("copy", "y", "copy", "Copy", "Copy it as Markdown.", footer=True),
    Key("save", "s", "save", "Save", "Save it as a file.", footer=True),
    Key("post", "n", "note", "Note", "Post it as an internal note on the chosen issue.",
        footer=True),
    Key("refresh", "r", "refresh_now", "Refresh", "Gather it anew.", footer=True),
    *EVERYWHERE,
    Key("back", "escape,q,H", "close", "Back", "Back to the queue.", "Esc", True),
)  # fmt: skip

REMARKS: Table = (
    Key("back", "escape,ctrl+s", "close", "Done", "Back to the handover; all is kept.", "Esc",
        True),
)  # fmt: skip

REPORT: Table = (
    *READING,
    Key("missed", "m", "missed", "Missed", "Go through what was missed, with receipts.",
        footer=True),
    Key("copy", "y", "copy", "Copy", "Copy it as Markdown.", footer=True),
    Key("save", "s", "save", "Save", "Save it as Markdown.", footer=True),
    Key("save_csv", "c", "save_csv", "CSV", "Save every promise for a spreadsheet.", footer=True),
    *EVERYWHERE,
    Key("back", "escape,q", "close", "Back", "Back to the queue.", "Esc", True),
)  # fmt: skip

MISSED: Table = (
    Key("down", "j,down", "move(-1)", "Older", "The one before.", "j ↓", True),
    Key("up", "k,up", "move(1)", "Newer", "The one after.", "k ↑", True),
    Key("reason", "e", "reason", "Reason", "Say why it was missed.", footer=True),
    *EVERYWHERE,
    Key("back", "escape,q", "close", "Back", "Back to the report.", "Esc", True),
)

REASON: Table = (Key("back", "escape", "close", "Back", "Leave it as it was.", "Esc", True),)

SCREENS: Mapping[str, Table] = {
    "queue": QUEUE,
    "issue": ISSUE,
    "page": PAGE,
    "search": SEARCH,
    "ask": ASK,
    "links": LINKS,
    "rota": ROTA,
    "override": OVERRIDE_FORM,
    "preview": OVERRIDE_PREVIEW,
    "form": FORM,
    "form_preview": PREVIEW,
    "confirm": CONFIRM,
    "outbox": OUTBOX,
    "handover": HANDOVER,
    "remarks": REMARKS,
    "report": REPORT,
    "missed": MISSED,
    "reason": REASON,
}
"""Every screen's table, by the name that its screen gives as `KEYS`."""

WHILE_TYPING = frozenset({"ask", "form", "links", "override", "reason", "remarks", "search"})
"""Screens on which a field has the focus; no bare letter may stand in their tables."""
