"""Is a module with an example looked through for it, and one without left alone?"""

from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

from tests.doctests import pytest_collect_file


@pytest.mark.parametrize(
    ("text", "looked_through"), [(">>> 1 + 1\n2\n", True), ("1 + 1 >> 1\n", False)]
)
def test_it_is_the_sign_that_decides(
    text: str, looked_through: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "module.py"
    path.write_text(text)
    examples = DoctestModule.from_parent(request.session, path=path)
    tests = pytest.Module.from_parent(request.session, path=path)

    asked = pytest_collect_file(path)
    next(asked)
    with pytest.raises(StopIteration) as ended:
        asked.send([tests, examples])

    assert ended.value.value == ([tests, examples] if looked_through else [tests])
