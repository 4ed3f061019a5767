"""What do tenants, monitors and colleagues write? All of it made up."""

from random import Random

APPS = (
    "permits-api", "tide-worker", "passes-web", "meal-planner", "plot-finder", "hive-register",
    "lost-umbrellas", "barge-queue", "river-gauge", "night-map", "tree-survey", "parcel-hook",
    "stamp-duty-calc", "ferry-times", "gritting-map", "bin-days", "fossil-index", "lamp-faults",
)  # fmt: skip

SUBJECTS = (
    "{app} returns 502 for about one request in {n}",
    "Cannot push {app}: staging fails with exit code {n}",
    "{app} keeps restarting since this morning",
    "Please raise the memory quota of {tenant} to {n} GB",
    "Database of {app} is at {n} % of its storage",
    "How do I give a new colleague access to {tenant}?",
    "TLS certificate for {app}.{tenant}.example expires in {n} days",
    "Log drain of {app} drops lines",
    "{app} cannot reach its Redis service",
    "Slow queries on {app} after the upgrade",
    "Route for {app} points to the wrong space",
    "Please restore the backup of {app} from {n} hours ago",
    "{tenant}: two developers see 'not authorised' in the sandbox space",
    "Broken link in the docs page about {app}-style deployments",
    "Build of {app} cannot download its dependencies",
    "{app}: cron task ran {n} times instead of once",
    "Where can we see how much {tenant} costs per month?",
    "{app} health check times out after {n} s",
    "Outgoing requests from {app} come from an unexpected address",
    "Environment variables of {app} are gone after a restage",
    "{tenant} wants to leave: how do we export everything?",
    "S3 bucket of {app} answers 403 to our own key",
    "Autoscaler started {n} instances of {app} and never stopped them",
    "Question about encryption at rest for {tenant}",
    "Deprecated buildpack warning when we push {app}",
    "{app} websocket connections drop every {n} seconds",
    "Can we have a static address for {app}?",
    "User {n} of {tenant} left us, please remove the account",
    "Metrics of {app} stopped at midnight",
    "help",
    "Failure pushing app",
    "Re: Failure pushing {app}",
)  # fmt: skip

PAGES = (
    "Smoke test failed: push and route ({n})",
    "API latency above {n} ms in London",
    "{app} answers 503 from two regions",
    "Router errors above {n} per minute",
    "Cell disk at {n} %",
    "Certificate of the log cache expires in {n} days",
    "Database broker queue length {n}",
    "Smoke test failed: bind a database ({n})",
    "No heartbeat from the scheduler for {n} minutes",
)

EMERGENCIES = (
    "URGENT: {app} is down for everyone in {tenant}",
    "Emergency: cannot push a security fix for {app}, API times out",
    "{tenant} production is not reachable since {n} minutes",
    "We think somebody else has the keys of {app}",
    "All apps of {tenant} answer 404",
    "Data of {app} looks mixed up after the failover {n}",
)

NASTY = (
    "Deploy fails 🚒🔥 on the café page quoting?",
    "[red]URGENT[/red] [@click=app.bell]press me[/] {app} is down",
    "Escape in title \x1b[31mred\x1b[0m of {app}",
    "Reversed \u202egnp.exe of {app} from {tenant}",
    "<b>{app}</b> &amp; <script>alert('hello')</script>",
    "{app}: "
    + "the build log says that a dependency of a dependency could not be found, and then "
    + "again, " * 24
    + "and after that nothing at all",
    "日本語の件名 {app} 全角文字テスト",
    "   ",
)
"""Subjects that a careless screen stumbles over."""

SYMPTOMS = (
    "It started about an hour ago. Nothing was changed on our side.",
    "We see it in production only; the sandbox is fine.",
    "Our users have begun to notice. Is there anything we can do ourselves?",
    "I have attached the last lines of the log below.\n\n  ERR timeout after 30 s\n  OUT exit 1",
    "This is not urgent, but it would be good to know before the end of the week.",
    "We tried to restage and to restart. Neither helped.",
)

ACKNOWLEDGEMENTS = (
    "Thank you for telling us. I am looking into it now and will write again shortly.",
    "I can see the errors you describe. I am comparing them with our router logs.",
    "Thanks, that is enough to go on. I will come back to you with what I find.",
)

UPDATES = (
    "We have found one slow cell and are moving your app away from it.",
    "The fix is being tested in staging. I expect to roll it out this afternoon.",
    "No news yet: the vendor has our logs and promised an answer. I will keep asking.",
    "We have raised the limit. Could you try once more?",
    "The cause is known now: a certificate was not rotated. It is being replaced.",
)

QUESTIONS = (
    "Could you tell us at what time you saw it last, and from which network?",
    "Which version of the buildpack do you use? The first lines of the push show it.",
    "May we restart the app for you? It would be away for about a minute.",
)

ANSWERS = (
    "It was at ten past, from our office network.",
    "Yes please, go ahead.",
    "Thank you! It looks better, but not all of it is back.",
    "Still the same here, sorry.",
    "Any news?",
)

NOTES = (
    "Same symptom as last month, see the post-mortem on the certificate.",
    "Looked at the graphs with Owen: one cell is at 100 % CPU.",
    "Workaround in the team manual, page on log drains.",
    "Asked the database people; they are on it.",
)

SOLVED = (
    "This is fixed. I am closing the ticket; just answer if it comes back.",
    "The quota is raised and your push went through, so I close this. Reply to open it again.",
)

RECEIVED = "We have received your request and will answer within two working days."


def filled(text: str, rng: Random, tenants: tuple[str, ...]) -> str:
    """A text with its gaps filled by chance."""
    return text.format(app=rng.choice(APPS), tenant=rng.choice(tenants), n=rng.randint(2, 97))


class Titles:
    """Gives every issue a title that no other has."""

    def __init__(self, rng: Random, tenants: tuple[str, ...]) -> None:
        self._rng = rng
        self._tenants = tenants
        self._given: set[str] = set()

    def exactly(self, text: str) -> str:
        """This title, with its gaps filled."""
        return self.unlike(filled(text, self._rng, self._tenants))

    def unlike(self, title: str) -> str:
        """The title, with a number if it was given before; blank ones stay blank."""
        first, number = title, 2
        while title in self._given and title.strip():
            title, number = f"{first} ({number})", number + 1
        self._given.add(title)
        return title
