"""Is what we keep for our eyes only, whatever was laid in its place?"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.database import open_database
from services.errors import StoreError
from services.private import (
    open_private,
    private_directory,
    private_text,
    read_private,
    write_private,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is on the disk belongs to another person than the one who runs us."""
    uid = os.geteuid() + 1
    monkeypatch.setattr("services.private.os.geteuid", lambda: uid)


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_what_is_made_is_ours_alone_whatever_the_umask(tmp_path: Path) -> None:
    place = private_directory(tmp_path / "state" / "rota")
    write_private(place / "status", "3 open")
    open_database(place / "facts.db", ()).close()

    assert mode(place) == 0o700
    assert mode(place / "status") == mode(place / "facts.db") == 0o600


@pytest.mark.usefixtures("open_umask")
def test_the_journal_of_a_database_is_ours_alone(tmp_path: Path) -> None:
    db = open_database(tmp_path / "facts.db", ())
    db.execute("CREATE TABLE said (words TEXT) STRICT")

    assert [mode(path) for path in sorted(tmp_path.iterdir())] == [0o600] * 3
    db.close()


def test_what_lay_open_is_closed(tmp_path: Path) -> None:
    place, file = tmp_path / "rota", tmp_path / "rota" / "facts"
    place.mkdir(mode=0o755)
    file.write_text("before")
    file.chmod(0o644)

    private_directory(place)
    os.close(open_private(file))

    assert (mode(place), mode(file), file.read_text()) == (0o700, 0o600, "before")


def test_a_link_in_the_place_of_a_file_is_refused_and_not_followed(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "status"
    victim.write_text("mine")
    victim.chmod(0o644)
    link.symlink_to(victim)

    for use in (open_private, read_private, lambda path: write_private(path, "x")):
        with pytest.raises(StoreError, match=r"link|plain file"):
            use(link)
    with pytest.raises(StoreError, match="link"):
        open_database(link, ())

    assert victim.read_text() == "mine"
    assert mode(victim) == 0o644


def test_a_link_to_nothing_makes_nothing(tmp_path: Path) -> None:
    link = tmp_path / "status"
    link.symlink_to(tmp_path / "made")

    with pytest.raises(StoreError):
        open_private(link)

    assert not (tmp_path / "made").exists()


def test_a_second_name_of_a_file_is_refused(tmp_path: Path) -> None:
    """A hard link in a directory of another person would show all that we write."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "status").hardlink_to(victim)

    with pytest.raises(StoreError, match="plain file"):
        open_private(tmp_path / "status")


def test_a_pipe_in_the_place_of_a_file_does_not_keep_us_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "status")

    with pytest.raises(StoreError, match="plain file"):
        open_private(tmp_path / "status")


def test_a_directory_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "status").mkdir()

    with pytest.raises(StoreError, match="is a directory"):
        open_private(tmp_path / "status")
    with pytest.raises(StoreError, match="plain file"):
        write_private(tmp_path / "status", "x")


@pytest.mark.usefixtures("somebody_else")
def test_what_is_somebody_elses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch(0o600)

    for use in (private_directory, open_private, read_private):
        place = tmp_path if use is private_directory else tmp_path / "file"
        with pytest.raises(StoreError, match="belongs to somebody else"):
            use(place)
    with pytest.raises(StoreError, match="belongs to somebody else"):
        open_database(tmp_path / "file", ())


def test_a_link_or_a_file_in_the_place_of_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()

    for name in ("link", "file"):
        with pytest.raises(StoreError, match="no directory of its own"):
            private_directory(tmp_path / name)


def test_a_text_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_private(tmp_path / "status", "before")
    write_private(tmp_path / "status", "after \ud800")

    assert [path.name for path in tmp_path.iterdir()] == ["status"]
    assert read_private(tmp_path / "status") == "after \\ud800"


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        write_private(tmp_path / "nowhere" / "status", "x")


def test_an_editors_file_is_ours_alone_and_gone_with_all_that_the_editor_left(
    tmp_path: Path,
) -> None:
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}

    with private_text("words", "../../#4711 \x1b]0;x\x07", environ) as path:
        (path.parent / f".{path.name}.swp").write_text("words")
        assert path.name == "4711-0-x.md"
        assert read_private(path) == "words"
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)
        assert path.parent.parent == tmp_path

    assert list(tmp_path.iterdir()) == []


def test_an_editors_file_is_gone_when_something_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), private_text("w", "n", {"XDG_RUNTIME_DIR": str(tmp_path)}):
        raise KeyError

    assert list(tmp_path.iterdir()) == []


def test_deleted_words_are_not_left_in_the_file(tmp_path: Path) -> None:
    db = open_database(tmp_path / "facts.db", ("CREATE TABLE said (words TEXT) STRICT",))
    with db:
        db.execute("INSERT INTO said VALUES ('the customer said this')")
    with db:
        db.execute("DELETE FROM said")
    db.close()

    assert b"the customer" not in (tmp_path / "facts.db").read_bytes()
