"""Does every package that is asked for have its reason written down?"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_dependency_has_a_reason_and_every_reason_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    wanted = {re.split(r"[^A-Za-z0-9._-]", one, maxsplit=1)[0] for group in asked for one in group}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = dict(re.findall(r"^\| ([a-z0-9][a-z0-9._-]*) \| (.+) \|$", page, re.MULTILINE))
    explained.pop("package", None)

    assert set(explained) == wanted
    assert all(len(reason) > 5 for reason in explained.values())


def test_what_is_asked_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["dependency-groups"]["dev"],
        "requirements-audit.lock": project["dependency-groups"]["audit"],
    }
    for lock, names in asked.items():
        pins = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        for name in names:
            assert re.split(r"[^A-Za-z0-9._-]", name, maxsplit=1)[0] in pins, f"{lock}: {name}"
