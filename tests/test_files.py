"""A file is written whole or not at all."""

import os
import stat
import sys

import pytest

from lstm_course.arrays.files import atomic_write


def test_the_new_file_appears_when_all_is_written(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    with atomic_write(path) as file:
        file.write(b"half, ")
        file.flush()
        assert not path.exists()
        file.write(b"whole")
    assert path.read_bytes() == b"half, whole"
    assert os.listdir(path.parent) == ["file.txt"]


@pytest.mark.parametrize("error", [OSError("full disk"), KeyboardInterrupt()])
@pytest.mark.parametrize("before", [b"old", None])
def test_an_interruption_leaves_what_stood_there(tmp_path, before, error):
    path = tmp_path / "file.txt"
    if before is not None:
        path.write_bytes(before)

    def write_half():
        with atomic_write(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        write_half()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == (
        {} if before is None else {"file.txt": before}
    )


def test_where_the_file_cannot_be_put_nothing_is_left(tmp_path):
    path = tmp_path / "taken"
    path.mkdir()

    def write():
        with atomic_write(path) as file:
            file.write(b"text")

    with pytest.raises(OSError, match="taken"):
        write()
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX's")
def test_others_may_read_it_as_they_may_any_new_file(tmp_path):
    usual, ours = tmp_path / "usual", tmp_path / "ours"
    usual.touch()
    with atomic_write(ours) as file:
        file.write(b"text")
    assert stat.S_IMODE(ours.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
