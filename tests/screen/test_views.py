"""Do the saved views keep their place, however much is new?"""

import pytest
from textual.app import App, ComposeResult

from tests.stillness import still
from widgets.view_line import ViewLine

VIEWS = (("all", True, 28), ("urgent", False, 9), ("mine", False, 4), ("odd", False, 0))
NEWS = "• 3 new, 12 changed since 12:00"


class Line(App[None]):
    def compose(self) -> ComposeResult:
        yield ViewLine()


@pytest.mark.parametrize(("width", "news"), [(80, NEWS), (60, "• 3 new, 12 chang…"), (40, "")])
async def test_every_view_stands_before_what_is_new(width: int, news: str) -> None:
    app = Line()
    async with app.run_test(size=(width, 3)):
        line = app.query_one(ViewLine)
        line.show(VIEWS, NEWS)
        await still()
        told = line.render_line(0).text

        assert "[all 28]  1 urgent 9  2 mine 4  3 odd 0" in told
        assert told.rstrip().endswith(news)
