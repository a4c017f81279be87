"""A learner's own copies of the lessons: made, brought up to date, never overwritten.

The folder keeps, for each page, a hash of the original that its learner was last given.
So a copy that nobody changed is known, and may be replaced when the original changes;
any other is the learner's. The hash is written after the page. A kill in between makes
a page count as changed that is not, never the other way round.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from lstm_course.system.files import atomic_write

GIVEN = ".given.json"  # the hashes, by page


class WorkspaceError(Exception):
    """Why the copies could not be made, in words for the reader."""


def make_ready(originals: Path, workspace: Path) -> None:
    """Copy what is missing, replace what only the course changed, and say so.

    Where both the learner and the course changed a page, the new one is put beside it.

    Args:
        originals: the folder of the lessons, with its subfolders.
        workspace: the learner's folder; made if it is missing.

    Raises:
        WorkspaceError: something cannot be read or written. What was done before
            stays done, and the next call goes on from there.
    """
    given = _open_workspace(workspace)
    uncommitted = _uncommitted(originals)
    pages = _pages(originals)
    added = updated = 0
    beside = []
    for page in pages:
        own = workspace / page
        with _explained(own):
            original, copy = (originals / page).read_bytes(), _read(own)
            if copy is None:
                if not _place(original, own, instead_of=None):
                    continue
                added += 1
            elif page in uncommitted:  # no version of the course's
                continue
            elif _digest(copy) == _digest(original):
                pass
            elif _digest(copy) == given.get(page):
                if not _place(original, own, instead_of=copy):
                    continue
                updated += 1
            elif _digest(original) != given.get(page):
                beside.append((page, _put_beside(original, own)))
        _note(given, page, original, workspace, known=page not in uncommitted)

    folder = workspace.name
    if added == len(pages):
        print(f"{folder}/ is yours: a copy of every lesson, to work in.")
    elif added:
        print(f"Missing pages put into {folder}/: {added}.")
    if updated:
        print(
            f"Pages brought up to date in {folder}/, all unchanged by you: {updated}."
        )
    for page, new in beside:
        print(
            f"{folder}/{page} is yours and stays as it is. The course has another "
            f"version now: {new.name}, beside it."
        )


def restore(names: Iterable[str], originals: Path, workspace: Path) -> int:
    """Bring original lessons back, keep the learner's under other names; tell both.

    Args:
        names: lessons by number, name or path, in either folder.
        originals: the folder of the lessons, with its subfolders.
        workspace: the learner's folder; made if it is missing.

    Returns:
        The exit code: 0, or 2 when a name is unknown, and then nothing was done.

    Raises:
        WorkspaceError: something cannot be read or written. Lessons named before
            it are restored.
    """
    # Loads what executes lessons, which `lab` has no need of.
    from lstm_course.commands.run import LessonError, find_lessons, lesson_name, refuse

    def title(name: str) -> str:
        path = Path(name)
        if not (name.endswith(".ipynb") and path.is_file()):
            return name
        inside = path.resolve().is_relative_to(workspace.resolve())
        return lesson_name(path, workspace if inside else originals)

    try:
        lessons = find_lessons(map(title, names), originals, subfolders=True)
    except LessonError as error:
        return refuse(error)
    given = _open_workspace(workspace)
    uncommitted = _uncommitted(originals)
    for lesson in lessons:
        page = lesson.relative_to(originals).as_posix()
        own = workspace / page
        with _explained(own):
            original, copy = lesson.read_bytes(), _read(own)
            if copy is not None and _digest(copy) == _digest(original):
                print(f"{workspace.name}/{page} is the original: nothing to restore.")
            elif copy is None:
                _place(original, own, instead_of=None)
                print(
                    f"{workspace.name}/{page} was missing: the original is there now."
                )
            else:
                kept = _exchange(own, original)
                print(
                    f"{workspace.name}/{page} is the original again. Yours is now "
                    f"{kept.name}, beside it. Where JupyterLab has it open, choose "
                    "File, Reload Notebook from Disk."
                )
        _note(given, page, original, workspace, known=page not in uncommitted)
    return 0


def _open_workspace(workspace: Path) -> dict[str, str]:
    """Make the folder, and return the hashes of what was given."""
    if os.path.lexists(workspace) and not workspace.is_dir():
        raise WorkspaceError(
            _sentence(workspace, "a file is in its place, or a link that leads nowhere")
        )
    with _explained(workspace):
        workspace.mkdir(exist_ok=True)
    if not os.access(workspace, os.W_OK):
        raise WorkspaceError(_sentence(workspace, "you may not write there"))
    file = workspace / GIVEN
    with _explained(file):
        try:
            given = json.loads(file.read_bytes())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            given = None
    if not isinstance(given, dict):
        print(
            f"{workspace.name}/{GIVEN} is damaged, so every page that differs from its "
            "original counts as changed by you."
        )
        return {}
    return given


def _note(
    given: dict[str, str], page: str, original: bytes, workspace: Path, *, known: bool
) -> None:
    """Keep the hash of the original that was just given.

    One that is not ``known`` to be the course's is not kept, so that its copy counts as
    changed: whoever takes the change back in the original may have it there alone.
    """
    before = given.pop(page, None)
    if known:
        given[page] = _digest(original)
    if given.get(page) == before:
        return
    with _explained(workspace / GIVEN), atomic_write(workspace / GIVEN) as file:
        file.write(json.dumps(given, indent=1, sort_keys=True).encode())


def _pages(originals: Path) -> list[str]:
    files = sorted(path for path in originals.rglob("*") if path.is_file())
    pages = [path.relative_to(originals).as_posix() for path in files]
    return [page for page in pages if "/." not in f"/{page}"]


def _uncommitted(originals: Path) -> set[str]:
    """Return the originals that somebody changed; none where git cannot tell."""
    command = ["git", "--no-optional-locks", "diff", "--name-only", "-z", "--relative"]
    try:
        listing = subprocess.run(  # noqa: S603 - our own command
            [*command, "HEAD", "--", "."],
            cwd=originals,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):  # unpacked from an archive
        return set()
    return set(os.fsdecode(listing.stdout).split("\0"))


def _read(path: Path) -> bytes | None:
    """Return what a file holds, or None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():  # to what is not there at the moment
            raise
        return None


def _digest(page: bytes) -> str:
    """Hash a page, without what JupyterLab adds to a notebook that is only opened."""
    with suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError):
        notebook = json.loads(page)
        notebook["metadata"].pop("language_info")
        page = json.dumps(notebook, sort_keys=True).encode()
    return hashlib.sha256(page).hexdigest()


class _Meanwhile(Exception):  # noqa: N818 - no error: it never leaves this module
    """Somebody saved the file after it was read."""


def _place(page: bytes, path: Path, *, instead_of: bytes | None) -> bool:
    """Write a page if what was read from its place is still there; tell whether."""
    with suppress(_Meanwhile), atomic_write(path) as file:
        file.write(page)
        if _read(path) != instead_of:
            raise _Meanwhile
        return True
    return False


def _put_beside(page: bytes, own: Path) -> Path:
    """Write a page under the first name that is free, unless it stands there."""
    for path in _other_names(own, "new"):
        there = _read(path)
        if there is None and _place(page, path, instead_of=None):
            break
        if there is not None and _digest(there) == _digest(page):
            break
    return path


def _exchange(own: Path, page: bytes) -> Path:
    """Rename a learner's page, put another in its place, and return the new name."""
    with atomic_write(own) as file:
        file.write(page)
        file.flush()  # a full disk says so before anything is renamed
        for kept in _other_names(own, "mine"):
            with suppress(FileExistsError):
                kept.touch(exist_ok=False)  # now nobody else takes the name
                break
        try:
            own.replace(kept)
        except OSError:
            kept.unlink()
            raise
    return kept


def _other_names(path: Path, tag: str) -> Iterator[Path]:
    """Yield ``04.tag.ipynb``, ``04.tag-2.ipynb``, … for ``04.ipynb``."""
    for number in count(1):
        suffix = tag if number == 1 else f"{tag}-{number}"
        yield path.with_name(f"{path.stem}.{suffix}{path.suffix}")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn an OSError into a sentence about ``path``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceError(_sentence(path, reason)) from error


def _sentence(path: Path, reason: str) -> str:
    return (
        f"Your workspace cannot be written to: {reason} ({path}). Nothing of yours was "
        "lost, and `lstm-course lab --originals` opens the lessons all the same."
    )
