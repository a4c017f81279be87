"""A file is written whole or not at all."""

import os
import stat
import subprocess
import sys
from contextlib import contextmanager

import pytest

from lstm_course.system.files import atomic_write, clear_leftovers


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


WRITER = """
import sys
from pathlib import Path
from lstm_course.system.files import atomic_write
with atomic_write(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    input()
"""


@contextmanager
def writer_of(path):
    """A process in the midst of writing ``path``; killed at the end if still there."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"writing" + os.linesep.encode()
        try:
            yield process
        finally:
            process.kill()


def beside(path):
    return {found for found in path.parent.iterdir() if found != path}


def left_by_a_kill(path):
    """Kill a writer, and return what it left."""
    before = beside(path)
    with writer_of(path) as process:
        process.kill()
    left = beside(path) - before
    assert len(left) == 1, "a kill leaves the new file, else this test shows nothing"
    return left.pop()


def age(path, seconds):
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def write(path, text):
    with atomic_write(path) as file:
        file.write(text)


def test_what_a_kill_left_goes_with_a_write_an_hour_later(tmp_path):
    path = tmp_path / "file.txt"
    path.write_bytes(b"old")
    left = left_by_a_kill(path)
    assert path.read_bytes() == b"old"
    age(left, 3_500)
    write(path, b"new")
    assert beside(path) == {left}  # it might be somebody's who is still writing
    age(left, 200)
    write(path, b"new")
    assert path.read_bytes() == b"new"
    assert beside(path) == set()


def test_a_folder_that_a_kill_left_goes_as_well(tmp_path):
    left = tmp_path / ".public.abcd1234.tmp"
    (left / "html").mkdir(parents=True)
    (left / "html" / "index.html").touch()
    age(left, 4_000)
    clear_leftovers(tmp_path / "public")
    assert os.listdir(tmp_path) == []


def test_what_another_process_is_writing_is_left_alone(tmp_path):
    path = tmp_path / "file [1].txt"  # a name that means another one to glob
    with writer_of(path) as process:
        (living,) = beside(path)
        age(left_by_a_kill(path), 4_000)
        write(path, b"from here")
        clear_leftovers(path)
        assert beside(path) == {living}
        assert living.read_bytes() == b"half"
        process.communicate(b"\n")
        assert process.returncode == 0
    assert path.read_bytes() == b"half"
    assert beside(path) == set()


def test_only_leftovers_of_the_same_file_are_cleared(tmp_path):
    path = tmp_path / "file.txt"
    others = [
        ".file.txt",
        ".file.txt.swp",
        ".file.txt.mine.tmp",  # not of eight characters
        ".file.txt.abcd1234",
        "file.txt.abcd1234.tmp",
        ".other.txt.abcd1234.tmp",
    ]
    for name in (*others, ".file.txt.abcd1234.tmp"):
        (tmp_path / name).touch()
        age(tmp_path / name, 4_000)
    clear_leftovers(path)
    assert sorted(os.listdir(tmp_path)) == sorted(others)


def test_clearing_where_there_is_nothing_makes_nothing(tmp_path):
    clear_leftovers(tmp_path / "none" / "file.txt")
    (tmp_path / "a file").touch()
    clear_leftovers(tmp_path / "a file" / "file.txt")
    assert os.listdir(tmp_path) == ["a file"]
