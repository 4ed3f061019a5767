"""Which bytes make a terminal ring, notify or change its title, through tmux and screen too? Pure.

Sources: xterm control sequences (OSC 2, XTWINOPS 22/23), iTerm2 (OSC 9), rxvt-unicode (OSC 777),
tmux manual (`allow-passthrough`: a DCS starting `tmux;` is passed on, its escapes doubled).
"""

from collections.abc import Mapping
from enum import StrEnum

from services.plain import plain

ESC = "\x1b"
ST = f"{ESC}\\"

BELL = "\a"

SAVE_TITLE = f"{ESC}[22;2t"
RESTORE_TITLE = f"{ESC}[23;2t"


class Notify(StrEnum):
    """How a terminal is asked to show a notification."""

    AUTO = "auto"
    OSC9 = "osc9"
    OSC777 = "osc777"
    OFF = "off"


class Mux(StrEnum):
    """What stands between us and the terminal."""

    NONE = "none"
    TMUX = "tmux"
    SCREEN = "screen"


def mux(environ: Mapping[str, str]) -> Mux:
    """What we run in.

    >>> mux({"TMUX": "/tmp/tmux-1000/default,1,0"}), mux({"STY": "1.pts"}), mux({})
    (<Mux.TMUX: 'tmux'>, <Mux.SCREEN: 'screen'>, <Mux.NONE: 'none'>)
    """
    if environ.get("TMUX"):
        return Mux.TMUX
    return Mux.SCREEN if environ.get("STY") else Mux.NONE


def chosen(notify: Notify, environ: Mapping[str, str]) -> Notify:
    """Which sequence a terminal understands; most know OSC 9, those of VTE and urxvt the other."""
    if notify is not Notify.AUTO:
        return notify
    speaks_777 = environ.get("VTE_VERSION") or environ.get("TERM", "").startswith("rxvt")
    return Notify.OSC777 if speaks_777 else Notify.OSC9


def notification(notify: Notify, title: str, text: str, through: Mux) -> str:
    """A notification's bytes; remote text in it cannot end it or begin another sequence.

    >>> notification(Notify.OSC9, "P1 is new", "#7 a;b", Mux.NONE)
    '\\x1b]9;rota: P1 is new: #7 a;b\\x1b\\\\'
    """
    head, body = plain(title), plain(text)
    match notify:
        case Notify.OSC9:
            # A number first would be another command to some terminals.
            return wrapped(f"{ESC}]9;rota: {head}: {body}{ST}", through)
        case Notify.OSC777:
            head = head.replace(";", ",")
            return wrapped(f"{ESC}]777;notify;rota: {head};{body}{ST}", through)
    return ""


def wrapped(sequence: str, through: Mux) -> str:
    """A sequence that gets through to the terminal outside.

    >>> wrapped(chr(27) + "]9;x" + chr(7), Mux.TMUX)
    '\\x1bPtmux;\\x1b\\x1b]9;x\\x07\\x1b\\\\'
    """
    match through:
        case Mux.TMUX:
            return f"{ESC}Ptmux;{sequence.replace(ESC, ESC + ESC)}{ST}"
        case Mux.SCREEN:
            return f"{ESC}P{sequence.replace(ST, BELL)}{ST}"
    return sequence


def window_title(words: str) -> str:
    """Sets the title of the window; in tmux that of the pane."""
    return f"{ESC}]2;{plain(words, 80)}{ST}"
