"""What follows from the tables of keys: bindings, the operator's own keys, footer and help."""

from collections.abc import Mapping
from difflib import get_close_matches

from rich.text import Text
from textual.binding import Binding
from textual.keys import Keys

from services.errors import ConfigError
from tui.key import Key, Table
from tui.keys import SCREENS

FORBIDDEN = frozenset(
    {f"ctrl+{letter}" for letter in "abhijklmz"} | {"alt+f", "alt+b"},
)
"""Eaten by terminals, multiplexers or text fields before they reach us."""

_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "meta"})
_NAMED = frozenset(key.value for key in Keys)
_NO_KEY = "no key for "
"""No terminal sends this: what is in the palette only still has a binding that can be chosen."""

Chosen = Mapping[str, str]
"""Action id to the key that the operator chose for it."""


def bindings(table: Table) -> list[Binding]:
    """A table as Textual wants it."""
    return [
        Binding(
            key.keys or _NO_KEY + key.id, key.action, key.label,
            id=key.id, show=False, tooltip=key.help,
        )
        for key in table
    ]  # fmt: skip


def keymap(chosen: Chosen, screens: Mapping[str, Table] = SCREENS) -> dict[str, str]:
    """The operator's own keys, checked.

    Args:
        chosen: Action id to key, from `[keys]` of the configuration; several keys with commas.
        screens: The keys as they are without.

    Returns:
        Action id to keys, as Textual takes them.

    Raises:
        ConfigError: An id or a key is not known, a key is not to be had, or two actions of one
            screen want the same.
    """
    known = {key.id for table in screens.values() for key in table}
    named: dict[str, str] = {}
    for id, keys in chosen.items():
        if id not in known:
            near = get_close_matches(id, known, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}."
            raise ConfigError(f"keys.{id}: there is no such action.", hint)
        named[id] = ",".join(_usable(id, part.strip()) for part in _apart(keys))
    for name, table in screens.items():
        _no_key_twice(name, table, named)
    return named


def _apart(keys: str) -> list[str]:
    """A comma by itself is a key, too."""
    return [keys] if keys.strip() == "," else keys.split(",")


def _usable(id: str, key: str) -> str:
    """A key by the name that Textual has for it.

    Raises:
        ConfigError: There is no such key, or it never reaches us.
    """
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = character_name(last) if len(last) == 1 and not modifiers else last.lower()
    if not key or not last:
        raise ConfigError(f"keys.{id}: there is no key here.", 'Write one, as "x", "f5", "ctrl+n".')
    if "+".join([*modifiers, name]) in FORBIDDEN:
        raise ConfigError(f"keys.{id}: {key!r} cannot be used; terminals keep it.")
    if not _MODIFIERS.issuperset(modifiers) or (len(last) > 1 and not _is_key(name)):
        raise ConfigError(
            f"keys.{id}: there is no key called {key!r}.", 'Write one, as "x", "f5", "ctrl+n".'
        )
    return "+".join([*modifiers, name])


def _is_key(name: str) -> bool:
    return name in _NAMED or name in _PUNCTUATION


def character_name(character: str) -> str:
    """What Textual calls the key of a character.

    >>> character_name("?"), character_name("x")
    ('question_mark', 'x')
    """
    if character in ", ":
        return "comma" if character == "," else "space"
    (made,) = Binding.make_bindings([Binding(character, "")])
    return made.key


_PUNCTUATION = frozenset(character_name(char) for char in "!\"#$%&'()*+-./:;<=>?@[\\]^_`{|}~ ")


def _no_key_twice(screen: str, table: Table, chosen: Chosen) -> None:
    taken: dict[str, str] = {}
    for entry in table:
        for part in chosen.get(entry.id, entry.keys).split(","):
            other = taken.setdefault(part, entry.id) if part else entry.id
            if other != entry.id:
                who = entry.id if entry.id in chosen else other
                whose = other if who == entry.id else entry.id
                raise ConfigError(
                    f"keys.{who}: {part} already means {whose} ({screen}).",
                    f"Choose another key, or another one for {whose} as well.",
                )


def shown(key: Key, chosen: Chosen) -> str:
    """How a key is written for people; empty when there is none."""
    return chosen.get(key.id) or key.shown or key.keys.split(",")[0]


def key_help(table: Table, wanted: str, chosen: Chosen) -> Text:
    """The keys of a screen whose action has the wanted words, with the ids that `[keys]` knows."""
    text = Text()
    words = wanted.casefold().split()
    for key in table:
        said = f"{shown(key, chosen)} {key.label} {key.help} {key.id}".casefold()
        if all(word in said for word in words):
            text.append(f"{shown(key, chosen) or '(palette)':<10}", style="bold")
            text.append(key.help)
            text.append(f"  {key.id}\n", style="dim")
    return text or Text("No key of this screen does that. : finds everything by name.")


def key_line(table: Table, width: int, chosen: Chosen) -> Text:
    """The footer: as many keys as fit whole; the way to all the others is always among them."""
    wanted = [key for key in table if key.footer]
    entries = {key.id: f"{shown(key, chosen)} {key.label}" for key in wanted}
    left = width - 1 - len(entries.get("help", "")) - 2
    kept = {"help"}
    for key in wanted:
        if key.id != "help" and len(entries[key.id]) <= left:
            kept.add(key.id)
            left -= len(entries[key.id]) + 2
    text = Text(" ", no_wrap=True, overflow="ellipsis")
    for key in wanted:
        if key.id in kept:
            text.append(shown(key, chosen), style="bold")
            text.append(f" {key.label}  ")
    return text
