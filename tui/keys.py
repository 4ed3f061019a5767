"""Which key does what? One table; bindings, footer, help, palette and `[keys]` derive from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textual.binding import Binding

from services.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Key:
    """One action and the keys for it."""

    id: str
    keys: str
    """As Textual names them, several with commas."""
    action: str
    label: str
    help: str
    shown: str = ""
    """How the key is written for people; the first of `keys` if empty."""
    footer: bool = False


QUEUE: tuple[Key, ...] = (
    Key("down", "j,down", "move(1)", "Down", "The next issue.", "j ↓"),
    Key("up", "k,up", "move(-1)", "Up", "The issue before.", "k ↑"),
    Key("page_down", "pagedown", "page(1)", "Page down", "A screenful on.", "PgDn"),
    Key("page_up", "pageup", "page(-1)", "Page up", "A screenful back.", "PgUp"),
    Key("top", "g,home", "top", "Top", "The most urgent issue.", "g Home"),
    Key("bottom", "G,end", "bottom", "Bottom", "The last issue.", "G End"),
    Key("open", "enter", "open", "Open", "Read the issue on a screen of its own.", "Enter", True),
    Key("why", "d", "why", "Why", "Why is each deadline what it is?", footer=True),
    Key("filter", "slash", "filter", "Filter", "Narrow the list by words or fields.", "/", True),
    Key("mine", "m", "mine", "Mine", "Only what is mine, or everything.", footer=True),
    Key("browser", "o", "browser", "Browser", "Open the issue in the browser.", footer=True),
    Key("copy_link", "y", "copy_link", "Copy link", "Copy the issue's address."),
    Key("copy_summary", "Y", "copy_summary", "Copy summary", "Copy a line that says it all."),
    Key("refresh", "r", "refresh_now", "Refresh", "Ask both vendors now.", footer=True),
    Key("pause", "R", "pause", "Pause", "Stop or go on polling."),
    Key("palette", "colon", "app.command_palette", "Palette", "Find an action by name.", ":"),
    Key("help", "question_mark,f1", "help", "Help", "All keys, searchable.", "?", True),
    Key("back", "escape", "back", "Back", "Drop the filter.", "Esc"),
    Key("quit", "q,ctrl+q", "app.quit", "Quit", "Leave rota.", "q", True),
)

FORBIDDEN = frozenset(
    {f"ctrl+{letter}" for letter in "abhijklmz"} | {"alt+f", "alt+b"},
)
"""Eaten by terminals, multiplexers or text fields before they reach us."""


def bindings(table: tuple[Key, ...] = QUEUE) -> list[Binding]:
    """The table as Textual wants it; letters act only while no field has the focus."""
    return [
        Binding(key.keys, key.action, key.label, id=key.id, show=False, tooltip=key.help)
        for key in table
    ]


def keymap(chosen: Mapping[str, str], table: tuple[Key, ...] = QUEUE) -> dict[str, str]:
    """The operator's own keys, checked.

    Args:
        chosen: Action id to key, from `[keys]` of the configuration.
        table: The keys as they are without.

    Raises:
        ConfigError: An id is not known, a key is not to be had, or two actions want one.
    """
    known = {key.id for key in table}
    for id, key in chosen.items():
        if id not in known:
            near = get_close_matches(id, known, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}."
            raise ConfigError(f"keys.{id}: there is no such action.", hint)
        for part in key.split(","):
            if part.strip() in FORBIDDEN or not part.strip():
                raise ConfigError(f"keys.{id}: {key!r} cannot be used; terminals keep it.")
    taken: dict[str, str] = {}
    for entry in table:
        for part in chosen.get(entry.id, entry.keys).split(","):
            other = taken.setdefault(part.strip(), entry.id)
            if other != entry.id:
                raise ConfigError(f"keys.{entry.id}: {part.strip()} already means {other}.")
    return dict(chosen)


def shown(key: Key, chosen: Mapping[str, str]) -> str:
    """How a key is written for people."""
    return chosen.get(key.id) or key.shown or key.keys.split(",")[0]
