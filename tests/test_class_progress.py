"""``class``: 300 made-up reports, of which some are damaged, doubled or forged."""

import codecs
import csv
import json
import os
import random
import re
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from matplotlib.font_manager import fontManager
from typer.testing import CliRunner

from lstm_course import lstm_step
from lstm_course.cli import app
from lstm_course.commands.class_progress import ClassError, show_class
from lstm_course.commands.handed_in import BEGAN, read_folder
from lstm_course.exercises import progress
from lstm_course.exercises.check import check
from lstm_course.exercises.contents import CONTENTS, LESSON_OF, find_exercise
from lstm_course.exercises.progress import Progress, checksum, progress_as_json

TODAY = date.today()
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
FAMILY = ["Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho", "Yoon", "Jang", "Lim"]
GIVEN = ["Ada", "Bo", "Cem", "Dana", "Eli", "Fay", "Gus", "Hana", "Ida", "Jon"]
MIDDLE = ["Q.", "R.", "S."]
NAMES = [f"{f} {g} {m}" for f in FAMILY for g in GIVEN for m in MIDDLE]  # 300


def report(learner, tries, *, record=None, day=TODAY):
    """A report by hand: exercise → (tries, passed, mistakes), all others untried."""
    lessons = {}
    for lesson, names in CONTENTS.items():
        lessons[f"{lesson:02d}"] = {}
        for name in names:
            count, passed, mistakes = tries.get(name, (0, None, {}))
            one = {"tries": count, "passed": passed, "mistakes": mistakes}
            lessons[f"{lesson:02d}"][name] = one
    return {
        "format": 2,
        "learner": learner,
        "day": day.isoformat(),
        "record": record or f"of {learner}",
        "passed": sum(passed is not None for _, passed, _ in tries.values()),
        "exercises": len(LESSON_OF),
        "lessons": lessons,
    }


def line(content):
    """What ``report`` prints, with the right checksum, whatever the content."""
    return json.dumps(content | {"checksum": checksum(content)})


def day(passed, of=TODAY):
    return of.isoformat() if passed else None


def made_up(number):
    """The tries of a learner who passed most of what was tried."""
    rng = random.Random(number)  # noqa: S311
    tries = {"lstm_step": (2, day(passed=True), {"lstm-bias-dropped": 1})}
    for name in LESSON_OF.keys() - {"lstm_step"}:
        if rng.random() < 0.6:
            count, passed = rng.randint(1, 5), rng.random() < 0.8
            failed = count - passed
            known = [*find_exercise(name).mistakes] or ["a minus is missing, in x = y"]
            mistakes = {rng.choice(known): rng.randint(1, failed)} if failed else {}
            tries[name] = (count, day(passed), mistakes)
    return tries


@pytest.fixture
def hand_in(tmp_path):
    """Write a file into the folder of a class, and tell where that is."""
    folder = tmp_path / "class"
    folder.mkdir()

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


def read(folder):
    counted, out = read_folder(folder, TODAY)
    return [one.learner for one in counted], {one.place: one.why for one in out}


def command(*arguments):
    return CliRunner().invoke(app, ["class", *map(str, arguments)])


# 300 reports, of which 20 do not count --------------------------------------------

# How a line may arrive unharmed.
WRAPPED = {
    "as it is": lambda text: text,
    "a line end": lambda text: f"{text}\n",
    "CRLF and blank lines": lambda text: f"\r\n\r\n{text}\r\n\r\n",
    "a BOM": lambda text: codecs.BOM_UTF8 + text.encode(),
    "PowerShell": lambda text: f"{text}\r\n".encode("utf-16"),
    "a mail": lambda text: f"Bonjour, voilà {{mine}}:\n{text}\nà bientôt".encode(
        "cp1252"
    ),
    "broken between words": lambda text: text.replace(', "', ',\n"'),
}


def change(content, **keys):
    return line(content | keys)


def change_exercise(content, name="lstm_step", **keys):
    """The exercise of a report changed, the checksum computed anew."""
    changed = json.loads(json.dumps(content))
    changed["lessons"][f"{LESSON_OF[name]:02d}"][name] |= keys
    return line(changed)


def without(content, name):
    changed = json.loads(json.dumps(content))
    del changed["lessons"]["04"][name]
    return line(changed)


def renamed(content, old, new):
    return line(json.loads(json.dumps(content).replace(f'"{old}"', f'"{new}"')))


FUTURE = (TODAY + timedelta(days=2)).isoformat()
BEFORE = (BEGAN - timedelta(days=1)).isoformat()
# Why a line does not count, and how it came to that.
DAMAGED = {
    "no report: it is empty": lambda c: " \n",
    "no report: nothing in it was printed": lambda c: "I have lost my file",
    "damaged: cut off or changed: ": lambda c: line(c)[:-40],
    "damaged: its beginning is missing": lambda c: line(c)[40:],
    "damaged: a program has changed its quot": lambda c: re.sub(
        '"(.*?)"', "“\\1”", line(c)
    ),
    'damaged: lstm_step: tries is "2"': lambda c: change_exercise(c, tries="2"),
    "damaged: lstm_step: tries is -1": lambda c: change_exercise(c, tries=-1),
    "damaged: lstm_step: passed without a try": lambda c: change_exercise(c, tries=0),
    f"damaged: lstm_step: passed is {FUTURE}, later than {TODAY}": lambda c: (
        change_exercise(c, passed=FUTURE)
    ),
    f"damaged: lstm_step: passed is {BEFORE}, before there": lambda c: change_exercise(
        c, passed=BEFORE
    ),
    'damaged: there is no exercise "lstm_leap" in lesson "04"': lambda c: renamed(
        c, "lstm_step", "lstm_leap"
    ),
    "damaged: the exercise latch_weights is missing": lambda c: without(
        c, "latch_weights"
    ),
    "damaged: passed is 0; counted: ": lambda c: change(c, passed=0),
    "damaged: exercises is 69; counted: 70": lambda c: change(c, exercises=69),
    "damaged: lstm_step: a mistake was made 2 times in 1 tries": lambda c: (
        change_exercise(c, mistakes={"lstm-bias-dropped": 2})
    ),
    "forged, or damaged on its way: its checksum": lambda c: line(c).replace(
        '"lstm_step": {"tries": 2', '"lstm_step": {"tries": 3'
    ),
    "forged, or": lambda c: line(c).replace(c["learner"], "Somebody Else"),
}


@pytest.fixture
def whole_class(hand_in):
    """300 files: those that count, content by name; why not, by file."""
    good, bad = {}, {}
    contents = [report(n, made_up(k), record=str(k)) for k, n in enumerate(NAMES[:299])]
    for k, (why, damage) in enumerate(DAMAGED.items()):
        hand_in(f"{k:03}.json", damage(contents[k]))
        bad[f"{k:03}.json"] = why
    for k in range(len(bad), 297):
        wrap = [*WRAPPED.values()][k % len(WRAPPED)]
        hand_in(f"{k:03}.json", wrap(line(contents[k])))
        good[NAMES[k]] = contents[k]
    hand_in("copy.json", line(contents[296]))
    hand_in("one.json", line(contents[297]))
    hand_in("other.json", line(contents[297] | {"learner": NAMES[298]}))
    bad["copy.json"] = "doubled: the same line counts (296.json)"
    bad["one.json"] = "doubled: the same record, under another name (other.json)"
    bad["other.json"] = "doubled: the same record, under another name (one.json)"
    assert (len(good), len(bad)) == (280, 20)
    return good, bad


def test_of_300_reports_20_do_not_count_and_none_of_the_others_is_lost(
    whole_class, tmp_path
):
    good, bad = whole_class
    files = tmp_path / "out" / "class.csv", tmp_path / "out" / "class.png"
    done = command(tmp_path / "class", "--csv", files[0], "--picture", files[1])
    assert done.exit_code == 1
    assert max(map(len, done.output.splitlines()[:-2])) <= 80  # but for the paths
    assert done.output.startswith("Counted: 280 learners. Not counted: 20, ")
    _, passed, mistakes, _, not_counted = re.split(
        "^(?:Exercises passed|The most frequent|To go through|Not counted).*",
        done.output,
        maxsplit=4,
        flags=re.MULTILINE,
    )
    # Who passed what: a row for each, sorted, with the counts of the generator.
    rows = [re.split(" {2,}", row, maxsplit=1) for row in passed.split("\n")[4:-3]]
    assert [name for name, _ in rows] == sorted(good)
    for name, cells in rows:
        counts = []
        for exercises in good[name]["lessons"].values():
            ones = exercises.values()
            tried = sum(one["tries"] for one in ones)
            counts.append(
                sum(one["passed"] is not None for one in ones) if tried else "-"
            )
        all_of_them = good[name]["passed"]
        assert cells.split() == [*map(str, counts), str(all_of_them)]
    # The mistakes: all 280 made this one, with its hint from the course's own table.
    assert mistakes.split("\n")[2] == " 280  04 lstm_step: lstm bias dropped"
    made = Counter(
        (name, mistake)
        for content in good.values()
        for exercises in content["lessons"].values()
        for name, one in exercises.items()
        for mistake in one["mistakes"]
    )
    shown = re.findall(r"^ *(\d+)  \d\d (\w+): ", mistakes, re.MULTILINE)
    assert [int(count) for count, _ in shown] == sorted(made.values())[::-1][:10]
    assert f"and {len(made) - 10} others" in mistakes
    # Why the 20 do not count.
    told = re.findall(r"^  (\S.*(?:\n    .*)*)", not_counted, re.MULTILINE)
    told = dict(" ".join(each.split()).split(": ", 1) for each in told)
    assert told.keys() == bad.keys()
    for file, why in bad.items():
        assert told[file].startswith(why), file
    # The files.
    assert not_counted.endswith("".join(f"Written: {file}\n" for file in files))
    with files[0].open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 280 * 70
    for row in rows:
        lesson, name = f"{int(row['lesson']):02d}", row["exercise"]
        one = good[row["learner"]]["lessons"][lesson][name]
        told = dict(pair.split(": ") for pair in row["mistakes"].split("; ") if pair)
        assert row["level"] == CONTENTS[int(lesson)][name]
        assert int(row["tries"]) == one["tries"]
        assert (row["passed"] or None) == one["passed"]
        assert {key: int(count) for key, count in told.items()} == one["mistakes"]
    assert files[1].read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_a_line_survives_what_happens_on_the_way(hand_in, wrap):
    content = report("김 Ada", {"rnn_step": (3, day(passed=True), {})})
    folder = hand_in("a.txt", wrap(line(content)))
    ([one], []) = read_folder(folder, TODAY)
    assert one.learner == "김 Ada"
    assert one.exercises["rnn_step"] == Progress(3, day(passed=True), {})
    assert sum(each.tries for each in one.exercises.values()) == 3


def test_what_moodle_makes_of_a_line_in_its_field(hand_in):
    tries = {"rnn_step": (2, None, {"x < y & z stands where x should": 1})}
    text = line(report("Ada", tries))
    for mark, entity in {"&": "&amp;", "<": "&lt;", '"': "&quot;"}.items():
        text = text.replace(mark, entity)
    folder = hand_in(
        "Ada_17_assignsubmission_onlinetext/onlinetext.html", f"<p>{text}</p>"
    )
    assert read(folder) == (["Ada"], {})


def test_what_a_learners_own_check_has_recognised_arrives(
    hand_in, monkeypatch, tmp_path
):
    monkeypatch.setenv(progress.PROGRESS_VARIABLE, str(tmp_path / "progress.jsonl"))

    def swapped(x_t, state, params):
        after, _ = lstm_step(x_t, state, params)
        return after.c, after.h

    check("lstm_step", swapped)
    folder = hand_in("a.json", progress_as_json("Ada"))
    done = command(folder)
    assert done.exit_code == 0
    assert "   1  04 lstm_step: lstm h and c swapped\n      Your new st" in done.output


# What does not count --------------------------------------------------------------


ONE = {"rnn_step": (2, day(passed=True), {})}
OTHER = {"rnn_step": (3, None, {"step-of-columns": 2})}


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"format": 1}, "its format is 1, not 2; ask for a new one"),
        ({"learner": 7}, "damaged: learner is no name"),
        ({"learner": "x" * 301}, "damaged: learner is no name"),
        ({"day": "29.11.2026"}, 'damaged: day is "29.11.2026", no day'),
        ({"day": "20261129"}, 'damaged: day is "20261129", no day'),
        ({"day": FUTURE}, f"damaged: day is {FUTURE}, later than {TODAY}"),
        ({"day": None}, "damaged: day is missing, no day"),
        ({"record": 7}, "damaged: record is 7"),
        ({"passed": True}, "damaged: passed is true; counted: 1"),
        ({"passed": 1.0}, "damaged: passed is 1.0; counted: 1"),
        ({"lessons": []}, "damaged: lessons is []"),
        ({"lessons": {"04": 7}}, 'damaged: lesson "04" is 7'),
        ({"lessons": {"-1": {"x": {}}}}, 'there is no exercise "x" in lesson "-1"'),
        (
            {"lessons": {"05": {"lstm_step": {}}}},
            'no exercise "lstm_step" in lesson "05"',
        ),
        ({"lessons": {"\x1b[2J": 7}}, 'damaged: lesson "\\u001b[2J" is 7'),
    ],
)
def test_a_content_that_cannot_be_is_said(hand_in, keys, why):
    folder = hand_in("a.json", change(report("Ada", ONE), **keys))
    names, out = read(folder)
    assert names == []
    assert why in out["a.json"]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"tries": True}, "rnn_step: tries is true"),
        ({"tries": 2.0}, "rnn_step: tries is 2.0"),
        ({"passed": False}, "rnn_step: passed is false, no day"),
        ({"passed": ""}, 'rnn_step: passed is "", no day'),
        ({"mistakes": []}, "rnn_step: mistakes is []"),
        ({"mistakes": {"": 1}}, 'rnn_step: a mistake is called ""'),
        ({"mistakes": {"a\nb": 1}}, 'rnn_step: a mistake is called "a\\nb"'),
        ({"mistakes": {"a": 0}}, "rnn_step: a mistake was made 0 times"),
        ({"mistakes": {"a": "1"}}, 'rnn_step: a mistake was made "1" times'),
        ({"more": 1}, "expected tries, passed, mistakes"),
    ],
)
def test_an_exercise_that_cannot_be_is_said(hand_in, keys, why):
    text = change_exercise(report("Ada", ONE), "rnn_step", **keys)
    names, out = read(hand_in("a.json", text))
    assert names == []
    assert why in out["a.json"]


def test_no_change_of_a_letter_is_counted_silently(hand_in):
    rng = random.Random(13)  # noqa: S311
    text = line(report("Ada", ONE))
    for k in range(300):
        at = rng.randrange(len(text))
        other = rng.choice(["", '"', "}", ",", "7", "x", text[at] * 2])
        hand_in(f"{k:03}.json", f"{text[:at]}{other}{text[at + 1 :]}")
    folder = hand_in("a.json", text)
    counted, out = read_folder(folder, TODAY)
    assert len(counted) == 1
    assert len(out) == 300
    exact = json.loads(text)
    for one in out:
        if one.why.startswith("doubled: "):  # it was a space, or put in place of itself
            changed = (folder / one.place).read_text()
            begin = changed.index("{")
            assert json.JSONDecoder().raw_decode(changed, begin)[0] == exact


def test_of_what_was_changed_by_hand_both_reasons_are_told(hand_in):
    text = line(report("Ada", ONE)).replace('"passed": 1,', '"passed": 9,')
    _, out = read(hand_in("a.json", text))
    why = "damaged: passed is 9; counted: 1; and its checksum does not match"
    assert out == {"a.json": why}


def test_a_line_of_before_the_format_had_a_number(hand_in):
    _, out = read(hand_in("a.json", '{"learner": "Ada", "passed": 0, "lessons": {}}'))
    assert "its format is missing, not 2; ask for a new one" in out["a.json"]


def test_brackets_without_end_do_no_harm(hand_in):
    # Somewhere between them lies what can be read, but not be written again.
    for deep in [*range(900, 1000), 100_000]:
        text = f'{{"format": 2, "day": {"[" * deep}{"]" * deep}}}'
        folder = hand_in(f"{deep}.json", text)
    names, out = read(folder)
    assert names == []
    assert len(out) == 101
    assert all(why.startswith("damaged: ") for why in out.values())


def test_nothing_is_passed_after_the_report_was_made(hand_in):
    three_days_ago = TODAY - timedelta(days=3)
    _, out = read(hand_in("a.json", line(report("Ada", ONE, day=three_days_ago))))
    why = f"damaged: rnn_step: passed is {TODAY}, later than {three_days_ago}"
    assert out == {"a.json": why}


def test_files_of_other_kinds(hand_in):
    hand_in("big.mp4", bytes(1_000_001))
    hand_in("word.docx", b"PK\x03\x04\xff\xfe")
    hand_in(".DS_Store", "hidden")
    hand_in("__MACOSX/._a.json", "hidden")
    hand_in(".git/config", "hidden")
    folder = hand_in("a.json", line(report("Ada", ONE)))
    names, out = read(folder)
    assert names == ["Ada"]
    assert out == {
        "big.mp4": "no report: larger than 1,000,000 bytes",
        "word.docx": "no report: nothing in it was printed by `lstm-course report`",
    }


@POSIX
def test_what_is_no_file_is_said_and_not_waited_for(hand_in, tmp_path):
    folder = hand_in("a.json", line(report("Ada", ONE)))
    (folder / "link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe")
    why = "no report: a link to nowhere, or a device"
    assert read(folder) == (["Ada"], {"link": why, "pipe": why})


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="Windows has other rights; the administrator has all",
)
def test_what_may_not_be_read_is_said(hand_in):
    hand_in("shut/b.json", line(report("Bo", ONE)))
    folder = hand_in("a.json", line(report("Ada", ONE)))
    (folder / "a.json").chmod(0)
    (folder / "shut").chmod(0)
    names, out = read(folder)
    (folder / "shut").chmod(0o700)
    assert names == []
    assert out["a.json"].startswith("cannot be read: ")
    assert out["shut"].startswith("the folder cannot be read: ")


def test_several_reports_in_a_file_are_told_apart(hand_in):
    ada, bo = line(report("Ada", ONE)), line(report("Bo", OTHER))
    names, out = read(
        hand_in("mails.txt", f"1\n{ada}\n2\n{bo[:200]}\n3\n{bo}\n> {ada}")
    )
    assert names == ["Ada", "Bo"]
    assert out["mails.txt, report 2"].startswith("damaged: cut off or changed")
    assert out["mails.txt, report 4"] == "doubled: the same line counts"
    assert len(out) == 2


# Twice ----------------------------------------------------------------------------


def test_of_one_record_the_newest_report_counts(hand_in):
    yesterday = TODAY - timedelta(days=1)
    hand_in("b.json", line(report("Ada", {}, record="r", day=yesterday)))
    hand_in(
        "c.json", line(report("ADA", ONE | {"rnn_layer": (1, None, {})}, record="r"))
    )
    folder = hand_in("d.json", line(report("Ada ", ONE, record="r")))
    ([one], out) = read_folder(folder, TODAY)
    assert one.place == "c.json"
    why = "doubled: a newer report by the same counts"
    assert [tuple(each) for each in out] == [
        ("b.json", why, ("c.json",)),
        ("d.json", why, ("c.json",)),
    ]


def test_a_report_of_before_the_first_try_is_an_older_one(hand_in):
    hand_in("a.json", line(report("Ada", {}) | {"record": None}))
    folder = hand_in("b.json", line(report("Ada", ONE, record="r")))
    names, out = read(folder)
    assert names == ["Ada"]
    assert [*out] == ["a.json"]


def test_two_records_of_one_name_do_not_count_and_both_are_told(hand_in):
    hand_in("a.json", line(report("Ada", ONE, record="r")))
    hand_in("b.json", line(report("Bo", ONE)))
    folder = hand_in("c.json", line(report("ada", OTHER, record="s")))
    ([one], out) = read_folder(folder, TODAY)
    assert one.learner == "Bo"
    why = "doubled: the same learner, with another record"
    assert [tuple(each) for each in out] == [
        ("a.json", why, ("c.json",)),
        ("c.json", why, ("a.json",)),
    ]


def test_one_record_under_three_names_does_not_count(hand_in):
    for name in ("a", "b", None):
        folder = hand_in(f"{name}.json", line(report(name, ONE, record="r")))
    _, out = read_folder(folder, TODAY)
    assert [each.others for each in out] == [
        ("a.json", "b.json"),
        ("None.json", "b.json"),
        ("None.json", "a.json"),
    ]


def test_an_old_record_without_a_name_is_known_by_what_is_in_it(hand_in):
    for name, tries in {"a": ONE, "b": OTHER, "c": ONE, "d": {}, "e": {}}.items():
        content = report(name, tries) | {"record": None}
        folder = hand_in(f"{name}.json", line(content))
    names, out = read(folder)
    assert names == ["b", "d", "e"], "who has not begun has copied from nobody"
    assert [*out] == ["a.json", "c.json"]


def test_two_who_did_the_same_on_records_of_their_own_both_count(hand_in):
    hand_in("a.json", line(report("Ada", ONE)))
    assert read(hand_in("b.json", line(report("Bo", ONE)))) == (["Ada", "Bo"], {})


# Names ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [None, "", " \t\n", "\u202e"])
def test_without_a_name_the_files_stands_for_it_and_that_is_said(hand_in, name):
    folder = hand_in("Bo 17/report.json", line(report(name, ONE, record="r")))
    done = command(folder)
    assert done.exit_code == 0
    assert done.output.startswith(
        "Counted: 1 learner.\n"
        "Without a name, so that the file's stands for it: 1. Bo 17/report.json\n"
    )
    assert re.search(r"^Bo 17/report.json +- +1 +- ", done.output, re.MULTILINE)


def test_short_names_stand_everywhere(hand_in, tmp_path):
    tries = {"rnn_step": (2, day(passed=True), {}), "rnn_layer": (9, None, {})}
    people = [
        "Ada Lovelace",
        "Alan Lang",
        "ada-lina",
        "Grace Hopper",
        "김 민준",
        "7777",
    ]
    for name in people:
        hand_in(f"{name}.json", line(report(name, tries)))
    hand_in("Kurt Cut.json", line(report("Kurt Cut", tries))[:300])
    hand_in("Grace H.json", line(report("Gauss", tries, record="of Grace Hopper")))
    hand_in("Emmy.json", line(report("", tries, record="e")))
    table, picture = tmp_path / "t.csv", tmp_path / "t.png"
    done = command(
        tmp_path / "class", "--short-names", "--csv", table, "--picture", picture
    )
    written = table.read_text("utf-8-sig")
    for name in [*people, "Kurt", "Grace", "Gauss", "Emmy"]:
        for word in re.findall(r"\w{2,}", name):
            assert word not in done.output + written
    names = ["?", "A.L. 1", "A.L. 2", "A.L. 3", "E.J.", "김.민."]
    assert (
        list(
            dict.fromkeys(
                row["learner"] for row in csv.DictReader(written.splitlines())
            )
        )
        == names
    )
    for name in names:
        assert re.search(rf"^{re.escape(name)} +- +1 +- ", done.output, re.MULTILINE)
    # By name the files are 123, Ada, Alan, Emmy, Grace H, Grace Hopper, Kurt, ...
    assert (
        "  no. 5: doubled: the same record, under another name (no. 6)\n" in done.output
    )
    assert (
        "  no. 6: doubled: the same record, under another name (no. 5)\n" in done.output
    )
    assert "  no. 7: damaged: cut off" in done.output


def test_names_of_any_width_keep_the_table_in_its_columns(hand_in):
    names = ["김민준", "A" * 200, "한" * 100, "é" * 10, "e\u0301" * 10 + "x"]
    for k, name in enumerate(names):
        folder = hand_in(f"{k}", line(report(name, ONE)))
    output = command(folder).output
    rows = [row for row in output.splitlines() if row.endswith("    1") and "-" in row]
    assert len(rows) == len(names)

    def columns(text):
        return sum(2 if "가" <= letter <= "힣" else 1 for letter in text)

    assert {columns(row) for row in rows} == {80}
    assert len({columns(row[: row.index(" - ")]) for row in rows if "…" in row}) <= 2


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "  =1", '=",\n']
)
def test_no_cell_of_the_table_is_a_formula(hand_in, tmp_path, name):
    tries = {"rnn_step": (2, None, {"=HYPERLINK(0)": 1})}
    folder = hand_in("a", line(report(name, tries, record="r")))
    assert command(folder, "--csv", tmp_path / "t.csv").exit_code == 0
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.reader(table))
    assert {len(row) for row in rows} == {7}
    assert rows[1][0] == f"'{' '.join(name.split())}"
    assert [row[6] for row in rows if row[6]] == ["mistakes", "'=HYPERLINK(0): 1"]


def test_the_table_is_utf8_with_a_mark_texts_in_quotes_and_a_row_an_exercise(
    hand_in, tmp_path
):
    tries = {"windows_of_features": (3, day(passed=True), {"a": 2, "b": 1})}
    folder = hand_in("a", line(report('김 "Ada"', tries)))
    assert command(folder, "--csv", tmp_path / "t.csv").exit_code == 0
    rows = (tmp_path / "t.csv").read_bytes().decode().split("\n")
    assert rows[:3] == [
        '\ufeff"learner","lesson","exercise","level","tries","passed","mistakes"',
        '"김 ""Ada""",1,"shapes_on_the_way","warm-up",0,"",""',
        f'"김 ""Ada""",1,"windows_of_features","core",3,"{TODAY}","a: 2; b: 1"',
    ]
    assert (len(rows), rows[-1]) == (1 + len(LESSON_OF) + 1, "")


@POSIX
def test_a_name_cannot_steer_the_terminal(hand_in):
    folder = hand_in("a\x1b[2J.txt", "nothing")
    hand_in("b", line(report("\x1b[31mAda\u202e", ONE)))
    output = command(folder).output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "[31mAda" in output
    assert "a?[2J.txt: no report" in output


def test_a_terminal_that_lacks_a_letter_shows_another(hand_in):
    folder = hand_in("a", line(report("김 Ada", ONE)))
    done = CliRunner(charset="ascii").invoke(app, ["class", str(folder)])
    assert done.exit_code == 0
    assert "\n? Ada  " in done.output


def test_boxes_in_the_picture_are_told(hand_in, tmp_path, monkeypatch):
    one = [font for font in fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(fontManager, "ttflist", one)
    for name, told in {"Ada": False, "김": True}.items():
        folder = hand_in("a", line(report(name, ONE)))
        done = command(folder, "--picture", tmp_path / "t.png")
        assert done.exit_code == 0
        assert ("No font here has all letters of the names" in done.output) == told


# What to go through again ---------------------------------------------------------


def test_what_half_of_those_who_tried_it_found_hard_is_listed(hand_in):
    no, early, late = (
        (1, None, {}),
        (2, day(passed=True), {}),
        (3, day(passed=True), {}),
    )
    hand = {
        "rnn_step": [no, early, late, early],  # half of four
        "rnn_layer": [no, early, early, early],  # a quarter
        "lstm_step": [no, late, late],  # all of three
        "latch_weights": [no, no],  # too few to tell
    }
    for k in range(4):
        tries = {name: some[k] for name, some in hand.items() if k < len(some)}
        folder = hand_in(f"{k}", line(report(f"Learner {k}", tries)))
    shown = command(folder).output.split("To go through again: ")[1].splitlines()
    assert " ".join(shown[:2]) == (
        "half of those who tried it, or more, have not passed, or needed 3 tries or "
        "more (of at least 3 who tried)"
    )
    assert [row.split() for row in shown[3:] if row] == [
        ["tried", "not", "passed", "3", "tries", "or", "more"],
        ["04", "lstm_step", "3", "1", "2"],
        ["02", "rnn_step", "4", "1", "1"],
    ]
    for k in range(4):
        hand_in(f"{k}", line(report(f"Learner {k}", {"rnn_step": early})))
    assert command(folder).output.endswith("who tried)\n\nnone\n")


# The command ----------------------------------------------------------------------


def test_all_that_counts_is_code_0_and_nothing_is_written(hand_in, tmp_path):
    folder = hand_in("a", line(report("Ada", ONE)))
    before = sorted(tmp_path.rglob("*"))
    done = command(folder)
    assert done.exit_code == 0
    assert "Not counted" not in done.output
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_is_none_is_code_2(hand_in, tmp_path):
    folder = hand_in("a", line(report("Ada", ONE)))
    (tmp_path / "empty").mkdir()
    for wrong in (folder / "a", tmp_path / "nowhere", tmp_path / "empty", ""):
        done = command(wrong, "--csv", tmp_path / "t.csv")
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr
    assert command().exit_code == 2
    assert not (tmp_path / "t.csv").exists()


def test_where_nothing_counts_nothing_is_written(hand_in, tmp_path):
    folder = hand_in("a", "no report")
    done = command(folder, "--csv", tmp_path / "t.csv", "--picture", tmp_path / "t.png")
    assert done.exit_code == 1
    assert done.output.startswith("Counted: 0 learners. Not counted: 1, listed")
    assert "Nothing counts, and nothing was written." in done.output
    assert os.listdir(tmp_path) == ["class"]


def test_what_is_written_into_the_folder_is_not_read_the_next_time(hand_in):
    folder = hand_in("a", line(report("Ada", ONE)))
    options = [folder, "--csv", folder / "t.csv", "--picture", folder / "t.png"]
    first = command(*options)
    table = (folder / "t.csv").read_bytes()
    again = command(*options)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output == again.output
    assert (folder / "t.csv").read_bytes() == table
    assert "t.csv: no report" in command(folder).output


def test_a_report_is_not_written_over(hand_in):
    text = line(report("Ada", ONE))
    folder = hand_in("a.png", text)
    for option in ("--csv", "--picture"):
        done = command(folder, option, folder / "a.png")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "a.png holds a report; name another file" in done.stderr
    assert (folder / "a.png").read_text() == text


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--picture", "t.jpg"], "must end in .png"),
        (["--picture", ""], "must end in .png"),
        (["--csv", ""], "is a directory"),
        (["--csv", "t.png", "--picture", "t.png"], "cannot be both table and picture"),
    ],
)
def test_a_file_that_cannot_be_is_refused(hand_in, monkeypatch, tmp_path, options, why):
    folder = hand_in("a", line(report("Ada", ONE)))
    monkeypatch.chdir(tmp_path)
    done = command(folder, *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert why in " ".join(re.sub("[│╭╮╰╯─]", " ", done.stderr).split())
    assert os.listdir(tmp_path) == ["class"]


def test_what_cannot_be_written_leaves_what_was_there(hand_in, tmp_path, monkeypatch):
    folder = hand_in("a", line(report("Ada", ONE)))
    (tmp_path / "t.csv").write_text("of last week")
    monkeypatch.setattr(
        Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
    )
    with pytest.raises(ClassError, match=r"t\.csv cannot be written: full\.$"):
        show_class(folder, csv_file=tmp_path / "t.csv", picture=tmp_path / "t.png")
    assert (tmp_path / "t.csv").read_text() == "of last week"
    assert sorted(os.listdir(tmp_path)) == ["class", "t.csv"]
    monkeypatch.undo()
