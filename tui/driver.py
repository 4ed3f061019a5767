"""Which driver moves keys and paint between the terminal and us?

Textual's own for Linux looks for input ten times a second for as long as it runs. Ours sleeps
until there is some, but it rests on names that are Textual's own business. Where one of them is
missing, where the operator names a driver, and on any other system, theirs is used as it is.
"""

import sys

from textual.driver import Driver


def quiet_driver(stock: type[Driver]) -> type[Driver]:
    """The driver that sleeps until there is input, if it can stand in for `stock`; else `stock`."""
    if sys.platform != "linux":
        return stock
    try:
        from tui.waiting_driver import WaitingDriver, can_wait
    except ImportError:
        return stock
    return WaitingDriver if can_wait(stock) else stock
