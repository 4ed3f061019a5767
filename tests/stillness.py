"""When has the dashboard done all that it can do by itself?

Textual's pilot watches the processor: it sleeps a fiftieth of a second, at the least, until the
program has hardly worked meanwhile. That is a wait after every key, and on a busy machine a guess.
The manual clock turns the loop fifty times, whether there is anything to do or not. The loop knows:
there is nothing left but timers and sockets, and no screen that is yet to be drawn. This rests on
names that are Textual's and asyncio's own business; a test pins them.

Nobody looks before that, either: where no terminal is told, a screen is drawn when the first of its
kind appears and whenever the dashboard rests, and not at each of the steps that lead there.
"""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import textual.app
import textual.pilot
from textual._context import active_app
from textual.app import App
from textual.screen import Screen

from services.clock import ManualClock

TURNS = 3
"""So many turns of the loop in a row must find nothing to do: sockets are asked at each."""

MOST = 50
"""Turns of the loop that the manual clock waits for what has no end, as without us."""

ROUNDS = 200
"""Paintings that may follow from one another; more is a screen that never rests."""

BREATH = 0.01
"""Seconds between two looks whether Textual draws again."""

OWED = (
    "_layout_required", "_scroll_required", "_repaint_required", "_recompose_required",
    "_dirty_widgets", "_callbacks",
)  # fmt: skip
"""What a screen does at the next turn of its clock, sixty times a second."""

really_draw = Screen._compositor_refresh
"""What Textual does at each step."""

_drawn: WeakKeyDictionary[App[Any], set[type]] = WeakKeyDictionary()
_to_draw: WeakSet[Screen[Any]] = WeakSet()


async def still(min_sleep: float = 0, max_sleep: float = 0) -> None:
    """Return when the dashboard rests: it waits for nothing but time or the world.

    What a screen would draw a sixtieth of a second later is drawn at once. The arguments are those
    of the function of Textual's that this stands in for; no time passes, but for the moment that
    Textual holds its breath after the palette has been left.
    """
    app = active_app.get(None)
    for _ in range(ROUNDS):
        await _nothing_ready()
        if app is None or not app._screen_stack:
            return
        if app._resize_event is not None:
            app._check_resize()
        elif app._batch_count:
            await asyncio.sleep(BREATH)
        elif _owes(app.screen):
            app.screen._on_timer_update()
        elif app.screen in _to_draw:
            _draw(app.screen)
        else:
            return


async def turns(most: int) -> None:
    """Turn the loop until nothing is left to do, in it or in its threads, or so many times."""
    loop = asyncio.get_running_loop()
    ready: deque[asyncio.Handle] = getattr(loop, "_ready")  # noqa: B009
    quiet = 0
    for _ in range(most):
        await asyncio.sleep(0)
        quiet = 0 if ready or threads_work(loop) else quiet + 1
        if quiet == TURNS:
            return


def threads_work(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a thread of the loop's is at something whose end has not been told yet."""
    pool: ThreadPoolExecutor | None = getattr(loop, "_default_executor")  # noqa: B009
    return pool is not None and pool._idle_semaphore._value < len(pool._threads)


async def _nothing_ready() -> None:
    ready: deque[asyncio.Handle] = getattr(asyncio.get_running_loop(), "_ready")  # noqa: B009
    quiet = 0
    while quiet < TURNS:
        await asyncio.sleep(0)
        quiet = 0 if ready else quiet + 1


def _owes(screen: Screen[Any]) -> bool:
    """Whether there is something to draw, or to do once it is drawn."""
    drawn = screen.is_current and not screen.app._batch_count
    return drawn and any(getattr(screen, name) for name in OWED)


def draw_at_rest(screen: Screen[Any]) -> None:
    """Draw the screen as soon as the dashboard rests; at once if it is the first of its kind there,
    or a terminal looks.

    What has changed is remembered until then, by its compositor.
    """
    app = screen.app
    new = type(screen) not in _drawn.get(app, ())
    if screen is not app.screen or new or not app.is_headless or app.is_inline:
        _draw(screen)
        return
    screen._dirty_widgets.clear()
    _to_draw.add(screen)
    app._update_mouse_over(screen)


def _draw(screen: Screen[Any]) -> None:
    _to_draw.discard(screen)
    if screen is screen.app.screen:
        _drawn.setdefault(screen.app, set()).add(type(screen))
    really_draw(screen)


async def _settled(clock: ManualClock) -> None:
    await turns(MOST)


def rest_by_turns() -> None:
    """Let Textual's pilot and the manual clock wait for the loop and for nothing else."""
    for module in (textual.app, textual.pilot):
        setattr(module, "wait_for_idle", still)  # noqa: B010
    setattr(ManualClock, "settle", _settled)  # noqa: B010
    setattr(Screen, "_compositor_refresh", draw_at_rest)  # noqa: B010
