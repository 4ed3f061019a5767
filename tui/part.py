"""What is a part of an app, and no app by itself?

Each subclass of Textual's `App` costs as much at every start as a hundred lines of program do: the
keys and styles of all its parents are gathered anew. What adds none of these needs no such class;
it stands before one among the parents of the whole.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

    PartOfApp = App[None]
else:
    PartOfApp = object
