"""Which colours are our own? Two themes that colour-blind eyes can read, dark and light.

The hues are those of Okabe and Ito, made lighter or darker until each word stands out from its
ground by 4.5 to 1, which a test computes. Colour is never the only sign all the same.
"""

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="rota-dark",
    primary="#1f5f8b",
    secondary="#3f7fa8",
    accent="#56b4e9",
    warning="#f0e442",
    error="#ff9a6c",
    success="#3fd0a8",
    foreground="#e8eaed",
    background="#11151a",
    surface="#1a2027",
    panel="#232b34",
    dark=True,
    variables={
        "text-error": "#ff9a6c",
        "text-warning": "#f0e442",
        "text-accent": "#8fcdf4",
        "text-success": "#3fd0a8",
        "text-muted": "#a9b1ba",
        "text-primary": "#8fcdf4",
    },
)

LIGHT = Theme(
    name="rota-light",
    primary="#00547f",
    secondary="#005f8f",
    accent="#00598c",
    warning="#6b5700",
    error="#a13800",
    success="#00654a",
    foreground="#1b1f23",
    background="#fbfbf8",
    surface="#f1f1ec",
    panel="#e6e6df",
    dark=False,
    variables={
        "text-error": "#a13800",
        "text-warning": "#6b5700",
        "text-accent": "#00598c",
        "text-success": "#00654a",
        "text-muted": "#565c63",
        "text-primary": "#00547f",
    },
)

OWN = (DARK, LIGHT)


def usable(wanted: str, known: Mapping[str, Theme], no_color: bool) -> str:
    """The theme to take: the wanted one, or ours where that one cannot be had or read.

    Without colours, Textual paints themes of the terminal's own colours black on black.
    """
    theme = known.get(wanted, DARK)
    if no_color and theme.ansi:
        return (DARK if theme.dark else LIGHT).name
    return theme.name
