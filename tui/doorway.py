"""Where may the browser be sent? To the web only, and elsewhere than to our own hosts on a word."""

from collections.abc import Collection

from services.links import allowed, web_link
from tui.part import PartOfApp


class Doorway(PartOfApp):
    """An app that asks before it leads to a host it does not know."""

    open_hosts: Collection[str] = ()
    """Hosts that need no question; `*.example.com` is every host below it."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open an address in the browser; the one way there is.

        It comes from a ticket or an incident, so it is taken apart and written anew first, and
        where it really leads is shown.
        """
        link = web_link(url)
        if link is None:
            self.notify("This is no address of the web.", severity="warning", markup=False)
            return
        open_it = super().open_url
        if allowed(link, self.open_hosts):
            open_it(link.url, new_tab=new_tab)
            return
        from tui.screens.preview import ConfirmScreen

        question = f"This leads to {link.host}, which is none of your own hosts.\n\n{link.url}"
        self.push_screen(ConfirmScreen(question, lambda: open_it(link.url, new_tab=new_tab)))
