"""A learner's own copies: brought up to date, restored, and never lost."""

import errno
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.commands import workspace as module
from lstm_course.commands.run import run_lessons
from lstm_course.commands.workspace import (
    GIVEN,
    WorkspaceError,
    make_ready,
    restore,
)

GATES, SOLUTION, CLAIMS = "04_gates.ipynb", "solutions/04_gates.ipynb", "claims.md"
PAGES = ["00_start.ipynb", GATES, CLAIMS, SOLUTION]


class Course:
    """A checkout: the pages as the course has them, and as a learner does."""

    def __init__(self, root: Path) -> None:
        self.originals, self.workspace = root / "notebooks", root / "workspace"
        for page in PAGES:
            self.publish(page, 1)

    def publish(self, page: str, version: int) -> None:
        (self.originals / page).parent.mkdir(parents=True, exist_ok=True)
        (self.originals / page).write_bytes(content(page, version))

    def lab(self) -> None:
        make_ready(self.originals, self.workspace)

    def restore(self, *names: str) -> int:
        return restore(names, self.originals, self.workspace)

    def edit(self, page: str, text: bytes = b"my answer") -> None:
        (self.workspace / page).write_bytes(text)

    def own(self) -> dict[str, bytes]:
        """What the workspace holds, without hidden files."""
        return {
            path.relative_to(self.workspace).as_posix(): path.read_bytes()
            for path in self.workspace.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }


def content(page: str, version: int) -> bytes:
    return f"{page} as of version {version}\n".encode()


def newest() -> dict[str, bytes]:
    """What a workspace holds in which nobody changed anything."""
    return {page: content(page, 1) for page in PAGES}


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "a course")


@pytest.fixture
def started(course, capsys):
    """A course whose learner has opened it once."""
    course.lab()
    capsys.readouterr()
    return course


# Making it, and bringing it up to date ------------------------------------------


def test_the_first_time_everything_is_copied(course, capsys):
    for hidden in (".ipynb_checkpoints/00_start-checkpoint.ipynb", ".00.ipynb.x.tmp"):
        (course.originals / hidden).parent.mkdir(exist_ok=True)
        (course.originals / hidden).write_text("no page")
    course.lab()
    assert course.own() == newest()
    assert sorted(path.name for path in course.workspace.iterdir()) == sorted(
        [GIVEN, "00_start.ipynb", GATES, CLAIMS, "solutions"]
    )
    assert "workspace/ is yours" in capsys.readouterr().out


def test_the_second_time_nothing_is_written_and_nothing_said(started, capsys):
    def written():
        stats = {path: path.stat() for path in started.workspace.rglob("*")}
        return {path: (stat.st_mtime_ns, stat.st_ino) for path, stat in stats.items()}

    started.edit(GATES)
    before = written()
    started.lab()
    assert before == written()
    assert capsys.readouterr().out == ""


def test_what_only_the_course_changed_is_replaced(started, capsys):
    for page in (GATES, SOLUTION):
        started.publish(page, 2)
    started.edit(CLAIMS)
    started.lab()
    changed = {page: content(page, 2) for page in (GATES, SOLUTION)}
    assert started.own() == newest() | changed | {CLAIMS: b"my answer"}
    assert capsys.readouterr().out == (
        "Pages brought up to date in workspace/, all unchanged by you: 2.\n"
    )


def test_what_both_changed_stays_and_has_the_new_one_beside_it(started, capsys):
    for page in (GATES, SOLUTION, CLAIMS):
        started.edit(page)
        started.publish(page, 2)
    started.lab()
    mine = dict.fromkeys((GATES, SOLUTION, CLAIMS), b"my answer")
    new = {
        "04_gates.new.ipynb": content(GATES, 2),
        "solutions/04_gates.new.ipynb": content(SOLUTION, 2),
        "claims.new.md": content(CLAIMS, 2),
    }
    assert started.own() == newest() | mine | new
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    for page, line in zip((GATES, CLAIMS, SOLUTION), said, strict=True):
        assert f"workspace/{page} is yours" in line
        assert f" {Path(page).stem}.new{Path(page).suffix}" in line


def test_a_new_one_comes_once_and_under_a_name_that_is_free(started, capsys):
    started.edit(GATES)
    started.publish(GATES, 2)
    started.lab()
    (started.workspace / "04_gates.new.ipynb").unlink()
    capsys.readouterr()
    started.lab()
    assert started.own() == newest() | {GATES: b"my answer"}
    assert capsys.readouterr().out == ""

    started.edit("04_gates.new.ipynb", b"a name of mine")
    started.publish(GATES, 3)
    started.lab()
    assert started.own() == newest() | {
        GATES: b"my answer",
        "04_gates.new.ipynb": b"a name of mine",
        "04_gates.new-2.ipynb": content(GATES, 3),
    }


def test_a_lesson_made_from_the_newest_version_is_left_alone(started, capsys):
    started.publish(GATES, 2)
    started.lab()
    started.edit(GATES)
    capsys.readouterr()
    started.lab()
    assert started.own() == newest() | {GATES: b"my answer"}
    assert capsys.readouterr().out == ""


def test_a_page_that_is_missing_comes_back_and_a_new_lesson_is_added(started, capsys):
    (started.workspace / GATES).unlink()
    (started.originals / "05_new.ipynb").write_bytes(b"new")
    started.lab()
    assert started.own() == newest() | {"05_new.ipynb": b"new"}
    assert capsys.readouterr().out == "Missing pages put into workspace/: 2.\n"


def test_a_lesson_that_left_the_course_stays_with_the_learner(started):
    (started.originals / GATES).unlink()
    started.lab()
    assert started.own() == newest()


def notebook(source: str, **metadata: object) -> bytes:
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": source}
    whole = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1).encode()


def test_a_lesson_that_jupyterlab_saved_unchanged_is_not_the_learners(started):
    page = started.originals / GATES
    page.write_bytes(notebook("one", language_info={"name": "python"}))
    started.lab()
    on_opening = {"name": "python", "version": "3.11.7", "file_extension": ".py"}
    started.edit(GATES, notebook("one", language_info=on_opening))
    page.write_bytes(notebook("two", language_info={"name": "python"}))
    started.lab()
    assert started.own() == newest() | {GATES: page.read_bytes()}

    started.edit(GATES, notebook("two", language_info=on_opening, mine=True))
    page.write_bytes(notebook("three", language_info={"name": "python"}))
    started.lab()
    assert b"mine" in started.own()[GATES]
    assert started.own()["04_gates.new.ipynb"] == page.read_bytes()


# Who changed what, when the record is no help -----------------------------------


@pytest.mark.parametrize(
    "record",
    [
        None,
        b"",
        b'{"04_gates.ipynb": "',
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"04_gates.ipynb": 4, "claims.md": {"sha256": "00"}}',
        b'{"version": 2, "pages": []}',
    ],
    ids=["lost", "empty", "cut", "null", "list", "binary", "deep", "types", "another"],
)
def test_without_a_record_all_that_differs_is_the_learners(started, capsys, record):
    file = started.workspace / GIVEN
    file.unlink() if record is None else file.write_bytes(record)
    started.edit(GATES)
    started.publish(CLAIMS, 2)
    started.lab()
    kept = newest() | {
        GATES: b"my answer",
        "04_gates.new.ipynb": content(GATES, 1),
        "claims.new.md": content(CLAIMS, 2),
    }
    assert started.own() == kept
    said = capsys.readouterr().out
    damaged = record is not None and not record.startswith(b'{"04_gates.ipynb": 4')
    damaged &= record is None or not record.startswith(b'{"version"')
    assert ("is damaged" in said) == damaged

    started.lab()  # and now there is one
    assert started.own() == kept
    assert capsys.readouterr().out == ""
    file.unlink()  # again, with the new ones still there
    started.lab()
    assert started.own() == kept


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *names, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout


def test_work_begun_in_an_original_is_not_lost_with_it(course):
    """Taking a change in notebooks/ back leaves the copy that was made of it."""
    root = course.originals.parent
    git(root, "init", "--quiet")
    git(root, "add", "notebooks")
    git(root, "commit", "--quiet", "--message", "The course")
    (course.originals / GATES).write_bytes(b"answered in notebooks/")
    course.lab()
    course.lab()
    git(root, "checkout", "--quiet", "notebooks")
    course.lab()
    answered = {GATES: b"answered in notebooks/", "04_gates.new.ipynb": newest()[GATES]}
    assert course.own() == newest() | answered

    (course.originals / CLAIMS).write_bytes(b"a draft")
    course.lab()
    assert course.own() == newest() | answered


def test_whatever_happens_in_whatever_order_no_work_is_lost():
    versions, pages = st.integers(1, 3), st.sampled_from([GATES, CLAIMS])
    event = st.one_of(
        st.tuples(st.just("publish"), pages, versions),
        st.tuples(st.just("undo"), pages, versions),
        st.tuples(
            st.sampled_from(["lab", "lab", "edit", "edit new", "adopt", "delete"]),
            pages,
        ),
        st.tuples(st.just("restore"), st.just(GATES)),
        st.tuples(st.sampled_from(["lose", "damage"])),
    )

    @settings(max_examples=40)
    @given(st.lists(event, min_size=5, max_size=25))
    def live(events):
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(module, "_uncommitted", return_value=set()),
        ):
            follow(Course(Path(folder)), events)

    live()


def follow(course: Course, events: list[tuple]) -> None:
    """Let the events happen; after each, look for all that the learner wrote."""
    course.lab()
    mine: dict[str, bytes] = {}  # where the learner wrote it
    seen = {(page, 1) for page in PAGES}
    version = dict.fromkeys(PAGES, 1)
    numbers = count()
    for what, *arguments in events:
        page = arguments[0] if arguments else GATES
        own = course.workspace / page
        new = own.with_name(f"{own.stem}.new{own.suffix}")
        match what:
            case "publish":
                version[page] = arguments[1]
                course.publish(*arguments)
            case "edit":
                mine[page] = b"answer %d" % next(numbers)
                own.write_bytes(mine[page])
            case "edit new":
                mine[new.name] = b"answer %d" % next(numbers)
                new.write_bytes(mine[new.name])
            case "undo":  # an old original, which is in the course's history anyway
                mine.pop(page, None)
                own.write_bytes(content(*arguments))
            case "adopt" if new.exists():
                mine.pop(page, None)
                if new.name in mine:
                    mine[page] = mine.pop(new.name)
                new.replace(own)
            case "delete":
                mine.pop(page, None)
                own.unlink(missing_ok=True)
            case "lose":
                (course.workspace / GIVEN).unlink(missing_ok=True)
            case "damage":
                (course.workspace / GIVEN).write_bytes(b"{")
            case "lab":
                course.lab()
                there = set(course.own().values())
                seen |= {(p, v) for p, v in version.items() if content(p, v) in there}
                assert set(version.items()) <= seen
            case "restore":
                course.restore("4")
                seen.add((page, version[page]))
                assert own.read_bytes() == content(page, version[page])
                if page in mine:
                    mine[f"restored {next(numbers)}"] = mine.pop(page)
        assert set(mine.values()) <= set(course.own().values())


# Kills, and others at the same time ---------------------------------------------

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="forks")


def in_children(*works) -> list[int | None]:
    """Do each work in a process of its own, all at a time; return the exit codes."""
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=work) for work in works]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]


def kill(work, left: int) -> bool:
    """Do ``work``, end at once after so many changes on disk; tell whether it did."""
    changes = count(left, -1)

    def before_a_change(event, arguments):
        creates = event == "open" and arguments[2] & os.O_CREAT
        change = creates or event in {"os.rename", "os.remove", "os.mkdir", "os.chmod"}
        if change and next(changes) == 0:
            os._exit(9)

    def child():
        sys.addaudithook(before_a_change)
        work()

    return in_children(child) == [9]


def changed_by_both(course: Course) -> None:
    course.lab()
    course.edit(GATES)
    for page in (GATES, SOLUTION):
        course.publish(page, 2)


@pytest.fixture
def no_git():
    with mock.patch.object(module, "_uncommitted", return_value=set()):
        yield


@needs_fork
def test_after_a_kill_the_first_copying_goes_on(no_git, tmp_path):
    """Even if the course changes in between; but for a page in whose middle it was."""
    late = {page: content(page, 2) for page in PAGES}
    for moment in count():
        course = Course(tmp_path / str(moment))
        killed = kill(course.lab, moment)
        for page in PAGES:
            course.publish(page, 2)
        course.lab()
        beside = set(course.own().items()) - set(late.items())
        assert len(beside) <= 2  # the page as it was, and the new one
        if not killed:
            break
    assert moment > 4 * len(PAGES)
    assert not beside


@needs_fork
def test_a_kill_between_two_versions_loses_nothing(no_git, tmp_path):
    for moment in count():
        course = Course(tmp_path / str(moment))
        changed_by_both(course)
        killed = kill(course.lab, moment)
        assert course.own()[GATES] == b"my answer"
        course.lab()
        assert course.own() == newest() | {
            GATES: b"my answer",
            "04_gates.new.ipynb": content(GATES, 2),
            SOLUTION: content(SOLUTION, 2),
        }
        if not killed:
            break
    assert moment > 8


@needs_fork
def test_a_kill_of_restore_leaves_the_work_under_one_of_its_names(no_git, tmp_path):
    for moment in count():
        course = Course(tmp_path / str(moment))
        course.lab()
        course.edit(GATES)
        killed = kill(lambda: course.restore("4"), moment)  # noqa: B023 - called now
        assert b"my answer" in course.own().values()
        course.lab()
        if course.own()[GATES] != b"my answer":
            assert set(newest().items()) <= set(course.own().items())
        if not killed:
            break
    assert moment > 4
    assert course.own() == newest() | {"04_gates.mine.ipynb": b"my answer"}


@needs_fork
def test_several_at_once_make_one_workspace(course):
    assert in_children(*[course.lab] * 4) == [0] * 4
    assert course.own() == newest()
    changed_by_both(course)
    assert in_children(*[course.lab] * 4) == [0] * 4
    kept = {GATES: b"my answer", SOLUTION: content(SOLUTION, 2)}
    own = course.own()
    assert {page: own.pop(page) for page in PAGES} == newest() | kept
    assert set(own.values()) == {content(GATES, 2)}


@needs_fork
def test_several_that_restore_at_once_keep_the_work(started):
    started.edit(GATES)
    in_children(*[lambda: started.restore("4")] * 4)  # some may come between, and fail
    assert started.own()[GATES] == content(GATES, 1)
    assert b"my answer" in started.own().values()


@pytest.mark.parametrize("before", ["missing", "outdated"])
def test_what_is_saved_while_it_works_is_kept(started, monkeypatch, before):
    if before == "missing":
        (started.workspace / GATES).unlink()
    started.publish(GATES, 2)
    write = module.atomic_write

    @contextmanager
    def save_meanwhile(path):
        with write(path) as file:
            if path.name == GATES:
                path.write_bytes(b"my answer")
            yield file

    monkeypatch.setattr(module, "atomic_write", save_meanwhile)
    started.lab()
    assert started.own() == newest() | {GATES: b"my answer"}


# What cannot be used ------------------------------------------------------------


def is_file(course, monkeypatch):
    course.workspace.write_text("mine")


def is_dangling(course, monkeypatch):
    course.workspace.symlink_to(course.originals.parent / "nowhere")


def is_read_only(course, monkeypatch):
    course.workspace.mkdir()
    monkeypatch.setattr(module.os, "access", lambda path, mode: mode != os.W_OK)


def is_on_a_read_only_disk(course, monkeypatch):
    def refuse(path, **_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)


def has_a_folder_for_a_page(course, monkeypatch):
    (course.workspace / GATES).mkdir(parents=True)


def has_a_page_that_is_elsewhere(course, monkeypatch):
    course.workspace.mkdir()
    (course.workspace / GATES).symlink_to("nowhere.ipynb")


def has_a_folder_for_the_record(course, monkeypatch):
    (course.workspace / GIVEN).mkdir(parents=True)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (is_file, "a file is in its place"),
        (is_dangling, "a link that leads nowhere"),
        (is_read_only, "you may not write there"),
        (is_on_a_read_only_disk, os.strerror(errno.EROFS)),
        (has_a_folder_for_a_page, GATES),
        (has_a_page_that_is_elsewhere, GATES),
        (has_a_folder_for_the_record, GIVEN),
    ],
)
@pytest.mark.parametrize("work", [Course.lab, lambda course: course.restore("4")])
def test_one_sentence_says_what_is_wrong_and_how_else(
    course, monkeypatch, trouble, reason, work
):
    trouble(course, monkeypatch)
    before = sorted(course.originals.parent.rglob("*"))
    with pytest.raises(WorkspaceError) as error:
        work(course)
    said = str(error.value)
    assert said.startswith("Your workspace cannot be written to: ")
    assert reason in said
    assert "`lstm-course lab --originals`" in said
    assert "\n" not in said
    assert set(before) <= set(course.originals.parent.rglob("*"))


@pytest.fixture
def full(monkeypatch):
    """Give the disk room for so many files."""

    def room_for(number: int | None) -> None:
        files = count(1)

        @contextmanager
        def until_full(path):
            with write(path) as file:
                if number is not None and next(files) > number:
                    file.flush = refuse
                yield file

        monkeypatch.setattr(module, "atomic_write", until_full)

    def refuse():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write = module.atomic_write
    return room_for


@pytest.mark.parametrize("room", range(5))
def test_on_a_full_disk_what_was_there_stays_and_room_lets_it_go_on(course, full, room):
    full(room)
    with pytest.raises(WorkspaceError, match=os.strerror(errno.ENOSPC)):
        course.lab()
    assert set(course.own().items()) <= set(newest().items())
    full(None)
    changed_by_both(course)
    full(room % 2)
    with pytest.raises(WorkspaceError, match=os.strerror(errno.ENOSPC)):
        course.lab()
    assert course.own()[GATES] == b"my answer"
    full(None)
    course.lab()
    assert course.own()[SOLUTION] == content(SOLUTION, 2)
    assert course.own()[GATES] == b"my answer"
    assert course.own()["04_gates.new.ipynb"] == content(GATES, 2)


def test_a_full_disk_keeps_restore_from_renaming_anything(started, full):
    started.edit(GATES)
    full(0)
    with pytest.raises(WorkspaceError, match=os.strerror(errno.ENOSPC)):
        started.restore("4")
    assert started.own() == newest() | {GATES: b"my answer"}


def test_a_page_that_may_not_be_renamed_leaves_no_empty_one(started, monkeypatch):
    def refuse(path, _):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    started.edit(GATES)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(WorkspaceError, match=os.strerror(errno.EACCES)):
        started.restore("4")
    assert started.own() == newest() | {GATES: b"my answer"}


# Restoring ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["4", "04", "04_gates", "04_gates.ipynb"])
def test_restore_brings_the_original_and_keeps_the_learners(started, capsys, name):
    started.edit(GATES)
    number = (started.workspace / GATES).stat().st_ino
    assert started.restore(name) == 0
    assert started.own() == newest() | {"04_gates.mine.ipynb": b"my answer"}
    kept = started.workspace / "04_gates.mine.ipynb"
    assert kept.stat().st_ino == number  # renamed, not copied
    said = capsys.readouterr().out
    assert "workspace/04_gates.ipynb is the original again" in said
    assert "04_gates.mine.ipynb, beside it" in said

    started.edit(GATES, b"another answer")
    started.publish(GATES, 2)
    assert started.restore(name) == 0
    assert started.own() == newest() | {
        GATES: content(GATES, 2),
        "04_gates.mine.ipynb": b"my answer",
        "04_gates.mine-2.ipynb": b"another answer",
    }
    started.publish(GATES, 3)  # what was restored counts as untouched
    started.lab()
    assert started.own()[GATES] == content(GATES, 3)


def test_restore_takes_solutions_several_lessons_and_paths(started, monkeypatch):
    for page in (GATES, SOLUTION, "00_start.ipynb"):
        started.edit(page)
    monkeypatch.chdir(started.workspace.parent)
    first, *others = "solutions/04_gates", "workspace/04_gates.ipynb", "0"
    assert started.restore(first, *others) == 0
    assert started.own() == newest() | dict.fromkeys(
        ["solutions/04_gates.mine.ipynb", "04_gates.mine.ipynb", "00_start.mine.ipynb"],
        b"my answer",
    )
    started.edit(GATES)
    assert started.restore("notebooks/04_gates.ipynb") == 0
    assert started.own()["04_gates.mine-2.ipynb"] == b"my answer"


def test_restore_says_so_where_there_is_nothing_to_do_or_nothing_there(started, capsys):
    (started.workspace / SOLUTION).unlink()
    assert started.restore("4", "solutions/04_gates") == 0
    equal, missing = capsys.readouterr().out.splitlines()
    assert "nothing to restore" in equal
    assert "was missing" in missing
    assert started.own() == newest()


def test_restore_makes_a_workspace_where_there_is_none(course):
    assert course.restore("4") == 0
    assert course.own() == {GATES: content(GATES, 1)}


@pytest.mark.parametrize("name", ["7", "gates", "other.ipynb", "04_gates.new.ipynb"])
def test_restore_refuses_what_run_refuses_and_then_does_nothing(
    started, capsys, monkeypatch, name
):
    monkeypatch.chdir(started.workspace)
    started.edit(GATES)
    before = started.own()
    assert started.restore("4", name) == 2
    said = capsys.readouterr().out
    assert run_lessons([name], folder=started.originals) == 2
    assert said == capsys.readouterr().out
    assert f"no lesson {name!r}" in said
    assert started.own() == before


def test_a_new_one_is_no_lesson_to_restore(started, monkeypatch):
    monkeypatch.chdir(started.workspace)
    started.edit("04_gates.new.ipynb")
    started.edit("elsewhere.ipynb")
    assert started.restore("04_gates.new.ipynb") == 2
    assert started.restore("elsewhere.ipynb") == 2


# The rest of the course leaves it alone -----------------------------------------


def test_run_takes_a_lesson_of_the_workspace_by_path(
    course, monkeypatch, capsys, write_notebook
):
    place = "from pathlib import Path\nassert Path.cwd().name == 'workspace'"
    write_notebook(course.workspace / GATES, place)
    monkeypatch.chdir(course.workspace.parent)
    assert run_lessons([f"workspace/{GATES}"], folder=course.originals) == 0
    assert "workspace/04_gates" in capsys.readouterr().out


@pytest.mark.parametrize("repository", [False, True])
def test_tools_and_tests_pass_it_by(root, tmp_path, list_committed, repository):
    for name in ("pyproject.toml", ".gitignore"):
        (tmp_path / name).write_bytes((root / name).read_bytes())
    if repository:
        git(tmp_path, "init", "--quiet")
        git(tmp_path, "add", ".")
    committed = list_committed(tmp_path)
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "scratch.py").write_text("import os, sys;x=1")
    assert list_committed(tmp_path) == committed
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    if repository:
        assert git(tmp_path, "status", "--porcelain", "workspace") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="makes a link")
def test_git_ignores_a_workspace_that_is_a_link(root, tmp_path):
    (tmp_path / ".gitignore").write_bytes((root / ".gitignore").read_bytes())
    git(tmp_path, "init", "--quiet")
    (tmp_path / "workspace").symlink_to(tmp_path)
    assert "workspace" not in git(tmp_path, "status", "--porcelain")
