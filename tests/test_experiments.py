"""The runner of experiments, and each experiment against what is committed of it."""

import json
import os
import re
import signal
import subprocess
import sys
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
from full_disk import full_disk, needs_limits
from typer.testing import CliRunner

from lstm_course import cli
from lstm_course.commands import experiments as command
from lstm_course.commands.experiments import list_experiments, run_experiments
from lstm_course.data.imdb import load_imdb
from lstm_course.experiments import (
    cell_cost,
    dropout,
    exploding,
    relu,
    reviews,
    runner,
    shuffled,
    training_size,
)
from lstm_course.experiments.checks import (
    FALSE_ALARM,
    Again,
    AtLeast,
    Drawn,
    same_source,
)
from lstm_course.experiments.experiment import Experiment, Learned, Tuning
from lstm_course.experiments.runner import (
    ExperimentError,
    experiment_names,
    load_experiment,
    measure,
    missing_runs,
    rounded,
    work_to_do,
)
from lstm_course.experiments.sources import code_hash
from lstm_course.layers.cells import CELLS
from lstm_course.study import measurements
from lstm_course.study.measurements import MeasurementError, read_measurement, seal
from lstm_course.training.sentiment import SentimentConfig


def multiply(recipe, case, seed):
    """Note that it was called, and with what; then return a number to know it by."""
    if "calls" in recipe:
        with open(recipe["calls"], "a") as file:
            print(case, seed, file=file)
    if [case, seed] == recipe.get("fails"):
        raise ZeroDivisionError(f"no result for {case} and {seed}")
    return {"product": recipe["factor"] * seed, "case": ord(case), "list": (1.5, 2)}


def toy(run=multiply, **recipe):
    return Experiment(
        name="toy",
        question="How much is it?",
        recipe={"factor": 10, "rates": (0.1, 0.3)} | recipe,
        cases=("b", "a"),
        seeds=(3, 1, 2),
        run=run,
        watched="product",
    )


@pytest.fixture(autouse=True)
def toy_code(monkeypatch):
    """Give toy, which has no module, the hash of a code that a test may change."""
    there = SimpleNamespace(hash="1a")
    monkeypatch.setattr(
        runner,
        "code_hash",
        lambda name: there.hash if name == "toy" else code_hash(name),
    )
    return there


ALL_RUNS = [("b", 3), ("a", 3), ("b", 1), ("a", 1), ("b", 2), ("a", 2)]


def stored(folder):
    return json.loads((folder / "toy.json").read_text())


@pytest.fixture
def calls(tmp_path):
    """Return the runs that took place since one last asked."""
    path = tmp_path / "calls.txt"

    def since():
        lines = path.read_text().split("\n")[:-1] if path.exists() else []
        path.unlink(missing_ok=True)
        return [(case, int(seed)) for case, seed in map(str.split, lines)]

    since.path = str(path)
    return since


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_run_is_stored_under_its_case_and_seed(tmp_path, jobs):
    outcomes = list(measure(toy(), folder=tmp_path, jobs=jobs))
    assert sorted(outcome[:2] for outcome in outcomes) == sorted(ALL_RUNS)
    assert not any(outcome.error for outcome in outcomes)
    document = stored(tmp_path)
    assert document["question"] == "How much is it?"
    assert document["recipe"] == {"factor": 10, "rates": [0.1, 0.3]}
    assert document["versions"]["numpy"] == np.__version__
    assert document["results"] == {
        case: {
            str(seed): {"product": 10 * seed, "case": ord(case), "list": [1.5, 2]}
            for seed in (1, 2, 3)
        }
        for case in "ab"
    }
    assert list(document["results"]) == ["b", "a"]  # the experiment's order
    assert list(document["results"]["a"]) == ["3", "1", "2"]
    assert missing_runs(toy(), tmp_path) == []


def test_a_run_is_stored_before_the_next_one_begins(tmp_path):
    for number, outcome in enumerate(measure(toy(), folder=tmp_path), start=1):
        results = stored(tmp_path)["results"]
        assert sum(map(len, results.values())) == number
        assert results[outcome.case][str(outcome.seed)] == outcome.result


def test_what_is_stored_is_not_run_again(tmp_path, calls):
    experiment = toy(calls=calls.path)
    running = measure(experiment, folder=tmp_path)
    first, second = next(running), next(running)
    running.close()
    done = [first[:2], second[:2]]
    calls()
    assert missing_runs(experiment, tmp_path) == [r for r in ALL_RUNS if r not in done]
    list(measure(experiment, folder=tmp_path))
    assert calls() == ALL_RUNS[2:]
    list(measure(experiment, folder=tmp_path))
    assert calls() == []
    list(measure(experiment, folder=tmp_path, again=True))
    assert calls() == ALL_RUNS


def test_a_new_seed_is_added_to_what_is_stored(tmp_path, calls):
    experiment = toy(calls=calls.path)
    list(measure(experiment, folder=tmp_path))
    calls()
    list(measure(experiment._replace(seeds=(2, 9)), folder=tmp_path))
    assert calls() == [("b", 9), ("a", 9)]
    assert list(stored(tmp_path)["results"]["b"]) == ["2", "9"]


def test_runs_of_another_recipe_are_never_added(tmp_path, calls):
    list(measure(toy(), folder=tmp_path))
    before = stored(tmp_path)
    changed = toy(calls=calls.path)
    with pytest.raises(
        ExperimentError, match=r"another recipe.*calls: None -> .*again"
    ):
        list(measure(changed, folder=tmp_path))
    assert (calls(), stored(tmp_path)) == ([], before)
    anew = measure(changed, folder=tmp_path, again=True)
    next(anew)
    anew.close()
    after = stored(tmp_path)
    assert after["recipe"]["calls"] == calls.path
    assert sum(map(len, after["results"].values())) == 1


def test_runs_with_other_versions_are_never_added(tmp_path, monkeypatch):
    running = measure(toy(), folder=tmp_path)
    next(running)
    running.close()
    now = {"numpy": "9.9", "keras": "9.9", "tensorflow": "9.9"}
    monkeypatch.setattr(runner, "_versions", lambda: now)
    with pytest.raises(ExperimentError, match=r"other versions.*numpy: .* -> 9\.9"):
        missing_runs(toy(), tmp_path)
    complete = toy()._replace(cases=("b",), seeds=(3,))
    assert missing_runs(complete, tmp_path) == []  # a whole measurement stays one


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_run_is_named_and_the_others_go_on(tmp_path, jobs):
    failing = toy(fails=["a", 1])
    outcomes = list(measure(failing, folder=tmp_path, jobs=jobs))
    assert len(outcomes) == 6
    (failed,) = [outcome for outcome in outcomes if outcome.error]
    assert failed[:2] == ("a", 1)
    assert "ZeroDivisionError: no result for a and 1" in failed.error
    assert missing_runs(failing, tmp_path) == [("a", 1)]


def test_a_result_that_no_file_can_hold_is_a_failed_run(tmp_path):
    experiment = toy(run=lambda recipe, case, seed: {"weights": {1, 2}})
    outcomes = list(measure(experiment, folder=tmp_path))
    assert all("set is not JSON serializable" in outcome.error for outcome in outcomes)
    assert not (tmp_path / "toy.json").exists()


@needs_limits
def test_a_write_that_fails_leaves_what_was_stored(tmp_path):
    running = measure(toy(), folder=tmp_path)
    next(running)
    before = (tmp_path / "toy.json").read_bytes()

    with full_disk(), pytest.raises(OSError, match="too large"):
        next(running)
    assert (tmp_path / "toy.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["toy.json"]
    assert len(list(measure(toy(), folder=tmp_path))) == 5


def test_numbers_are_rounded_and_what_is_not_finite_is_null():
    result = {
        "loss": np.float32(0.1234567891),
        "steps": np.int64(1_234_567),
        "curve": np.array([1 / 3, 123_456_789.0, np.nan]),
        "tuple": (1e-12 / 3, -np.inf, 7),
        7: True,
    }
    assert json.loads(json.dumps(rounded(result), allow_nan=False)) == {
        "loss": 0.123457,
        "steps": 1_234_567,
        "curve": [0.333333, 123_457_000.0, None],
        "tuple": [3.33333e-13, None, 7],
        "7": True,
    }


# Choices first, then runs, then the test part


def tuned(calls="", fails=None):
    """Return an experiment whose rate is chosen, and note each opening of its test."""

    def note(*words):
        if calls:
            with open(calls, "a") as file:
                print(*words, file=file)

    def run(recipe, case, seed):
        rate = recipe["rate"]
        note("run", case, rate, seed)
        if [case, rate] == fails:
            raise ZeroDivisionError(f"no result for {case} and {rate}")
        best = {"a": 0.1, "b": 0.3}[case]

        def judge():
            note("test", case, rate, seed)
            return {"test_loss": rate}

        return Learned({"loss": (rate - best) ** 2 + seed / 100}, judge)

    tuning = Tuning(
        setting="rate", grid=(0.03, 0.1, 0.3, 1.0), seeds=(7, 8), score="loss"
    )
    return toy(run)._replace(
        seeds=(1, 2), cases=("a", "b"), watched="loss", tuning=tuning
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_setting_is_chosen_for_each_case_before_any_run(tmp_path, jobs):
    calls = tmp_path / "calls.txt"
    outcomes = list(measure(tuned(calls), folder=tmp_path, jobs=jobs))
    lines = calls.read_text().splitlines()
    assert len(outcomes) == 2 * 4 * 2 + 2 * 2
    trials = lines[: 2 * 4 * 2]
    assert {line.split()[-1] for line in trials} == {"7", "8"}
    assert not any(line.startswith("test") for line in trials)
    opened = sorted(line for line in lines if line.startswith("test"))
    assert opened == [
        f"test {c} {r} {s}" for c, r in (("a", 0.1), ("b", 0.3)) for s in (1, 2)
    ]
    document = stored(tmp_path)
    assert document["results"]["b"]["2"] == {
        "rate": 0.3,
        "loss": 0.02,
        "test_loss": 0.3,
    }
    assert list(document["trials"]["a"]) == ["0.03", "0.1", "0.3", "1.0"]
    assert document["trials"]["a"]["0.1"] == {"7": 0.07, "8": 0.08}
    assert document["recipe"]["tuning"]["score"] == "loss"
    assert document["seal"] == seal(document)


def test_trials_go_on_where_they_stopped(tmp_path):
    calls = tmp_path / "calls.txt"
    running = measure(tuned(calls), folder=tmp_path)
    for _ in range(3):
        next(running)
    running.close()
    trials, runs = work_to_do(tuned(), tmp_path)
    assert (len(trials), len(runs)) == (13, 4)
    list(measure(tuned(calls), folder=tmp_path))
    assert len(set(calls.read_text().splitlines())) == 16 + 4 + 4
    assert work_to_do(tuned(), tmp_path) == ([], [])
    trials, runs = work_to_do(tuned(), tmp_path, again=True)
    assert (len(trials), len(runs)) == (16, 4)


def test_a_case_with_a_failed_trial_is_not_run(tmp_path, capsys, monkeypatch):
    failing = tuned(fails=["b", 1.0])
    monkeypatch.setattr(command, "load_experiment", lambda name: failing)
    assert run_experiments(["toy"], folder=tmp_path) == 1
    assert list(stored(tmp_path)["results"]) == ["a"]
    said = capsys.readouterr().out
    assert "16 of 16 trials to do\n4 of 4 runs to do\n1 of 20  " in said
    assert "a, seed 7, trial of 0.03: score 0.0749" in said
    assert "b, seed 8, trial of 1.0: failed" in said


def test_another_grid_is_another_recipe(tmp_path):
    list(measure(tuned(), folder=tmp_path))
    wider = Tuning(setting="rate", grid=(0.1, 0.3, 1.0, 3.0), seeds=(7,), score="loss")
    with pytest.raises(ExperimentError, match="another recipe"):
        missing_runs(tuned()._replace(tuning=wider), tmp_path)


def test_the_test_part_is_the_judges_alone(tmp_path):
    early = toy(lambda recipe, case, seed: {"test_loss": 0.5})
    with pytest.raises(
        ValueError, match=r"returns \['test_loss'\]: leave the test part"
    ):
        early.result({}, "a", 1)
    late = toy(lambda recipe, case, seed: Learned({"loss": 1}, lambda: {"loss": 0.5}))
    with pytest.raises(ValueError, match=r"judge returns \['loss'\]"):
        late.result({}, "a", 1)
    assert late.result({}, "a", 1, judged=False) == {"loss": 1}
    outcomes = list(measure(early, folder=tmp_path))
    assert all("leave the test part" in outcome.error for outcome in outcomes)


CTRL_C = """
import sys, time
from pathlib import Path
from lstm_course.commands import experiments as command
from lstm_course.experiments import runner
from lstm_course.experiments.experiment import Experiment

folder = Path(sys.argv[1])

def run(recipe, case, seed):
    if seed == 1:
        return {"x": 1}
    (folder / f"under way {case}").touch()
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass  # as fit does, which then returns what it has
    return {"x": 2}

runner.code_hash = lambda name: "1a"
experiment = Experiment("toy", "?", {}, ("a", "b"), (1, 2), run, "x")
command.load_experiment = lambda name: experiment
sys.exit(command.run_experiments(["toy"], folder=folder, jobs=int(sys.argv[2])))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_keeps_the_finished_runs_and_no_other(tmp_path, jobs):
    process = subprocess.Popen(
        [sys.executable, "-c", CTRL_C, str(tmp_path), str(jobs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a terminal sends Ctrl-C to the whole group
    )
    try:
        while len(list(tmp_path.glob("under way *"))) < jobs:
            assert process.poll() is None, process.communicate()
        os.killpg(process.pid, signal.SIGINT)
        said, complained = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert (process.returncode, complained) == (130, "")
    assert "Interrupted. The finished runs are stored" in said
    assert stored(tmp_path)["results"] == {"a": {"1": {"x": 1}}, "b": {"1": {"x": 1}}}


@pytest.fixture
def toy_alone(monkeypatch):
    """Let there be one experiment, and let the test change it."""
    there = SimpleNamespace(experiment=toy())
    monkeypatch.setattr(command, "experiment_names", lambda: ["toy"])
    monkeypatch.setattr(command, "load_experiment", lambda name: there.experiment)
    return there


def test_the_list_says_what_is_stored_and_what_is_missing(tmp_path, toy_alone, capsys):
    list_experiments(tmp_path)
    said = " ".join(capsys.readouterr().out.split())
    assert said == "toy 0 of 6 runs How much is it?"
    running = measure(toy_alone.experiment, folder=tmp_path)
    next(running)
    running.close()
    list_experiments(tmp_path)
    assert "1 of 6 runs" in capsys.readouterr().out
    toy_alone.experiment = toy(factor=11)
    list_experiments(tmp_path)
    assert "factor: 10 -> 11" in capsys.readouterr().out


def test_the_command_says_how_each_run_ended(tmp_path, toy_alone, capsys):
    toy_alone.experiment = toy(fails=["a", 1])
    assert run_experiments(["toy"], folder=tmp_path) == 1
    said = capsys.readouterr().out
    assert "6 of 6 runs to do" in said
    assert "1 of 6  b, seed 3: product 30" in said
    assert "a, seed 1: failed" in said
    assert "ZeroDivisionError" in said
    assert said.endswith("nothing stored for them:\n  toy, a, seed 1\n")
    toy_alone.experiment = toy(fails=["a", 1])._replace(seeds=(3, 2))
    assert run_experiments(["toy"], folder=tmp_path) == 0
    assert "0 of 4 runs to do" in capsys.readouterr().out


@pytest.fixture
def handed(monkeypatch):
    """Run nothing; give what the command line handed over, and what to answer."""
    told = SimpleNamespace(names=None, options=None, listed=0, answer=0)

    def run(names, **options):
        told.names, told.options = names, options
        if isinstance(told.answer, Exception):
            raise told.answer
        return told.answer

    def count():
        told.listed += 1

    monkeypatch.setattr(command, "run_experiments", run)
    monkeypatch.setattr(command, "list_experiments", count)
    return told


def test_the_command_line_lists_or_runs(handed):
    invoke = CliRunner().invoke
    assert invoke(cli.app, ["experiments"]).exit_code == 0
    assert (handed.listed, handed.names) == (1, None)
    handed.answer = 130
    assert invoke(cli.app, ["experiments", "book", "adding"]).exit_code == 130
    assert handed.names == ["book", "adding"]
    assert handed.options == {"jobs": 1, "scheduler": None, "again": False}
    options = ["--all", "--jobs", "3", "--scheduler", "tcp://here:1", "--again"]
    invoke(cli.app, ["experiments", *options])
    assert handed.names == experiment_names()
    assert handed.options == {"jobs": 3, "scheduler": "tcp://here:1", "again": True}
    assert handed.listed == 1


def test_the_command_line_says_why_it_cannot_run(handed):
    handed.answer = ExperimentError("measured by another recipe")
    done = CliRunner().invoke(cli.app, ["experiments", "book"])
    assert (done.exit_code, done.stderr) == (1, "measured by another recipe\n")


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(
        ExperimentError, match=r"no experiment 'bok'; there are: .*book"
    ):
        run_experiments(["bok"])


def test_without_the_packages_for_a_cluster_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "find_spec", lambda name: None)
    with pytest.raises(ExperimentError, match=r"dask and distributed.*pip install"):
        list(measure(toy(), folder=tmp_path, scheduler="tcp://127.0.0.1:8786"))


@pytest.mark.skipif(find_spec("distributed") is None, reason="needs distributed")
class TestCluster:
    @pytest.fixture
    def cluster(self):
        from distributed import LocalCluster

        with LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            worker_dashboard_address=None,
        ) as cluster:
            yield cluster

    def test_its_workers_do_the_runs(self, cluster, tmp_path):
        def run(recipe, case, seed):
            if (case, seed) == ("a", 2):
                raise ValueError("this one cannot be done")
            time.sleep(0.3)  # so that one worker does not do them all
            return {"product": os.getpid()}

        import time

        outcomes = list(
            measure(toy(run), folder=tmp_path, scheduler=cluster.scheduler_address)
        )
        (failed,) = [outcome for outcome in outcomes if outcome.error]
        assert failed[:2] == ("a", 2)
        assert "this one cannot be done" in failed.error
        workers = {o.result["product"] for o in outcomes if not o.error}
        assert len(workers) == 2
        assert os.getpid() not in workers
        results = stored(tmp_path)["results"]
        assert sum(map(len, results.values())) == 5

    def test_nobody_at_the_address_is_said(self, tmp_path, monkeypatch):
        import dask

        with (
            dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
            pytest.raises(ExperimentError, match="no Dask scheduler at tcp://127"),
        ):
            list(measure(toy(), folder=tmp_path, scheduler="tcp://127.0.0.1:9"))


def test_a_measurement_that_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(measurements, "FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match="lstm-course experiments adding"):
        read_measurement("adding")


# Seals: what was changed after it was measured


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Return a copy of a committed measurement, which is read instead of it."""
    path = tmp_path / "adding.json"
    path.write_bytes((measurements.FOLDER / path.name).read_bytes())
    monkeypatch.setattr(measurements, "FOLDER", tmp_path)
    return path


def change(document, keys, value):
    for key in keys[:-1]:
        document = document[key]
    assert document[keys[-1]] != value
    document[keys[-1]] = value


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("results", "rnn", "1", "validation_errors", 3), 0.170001),
        (("results", "gru", "5", "solved_after"), None),
        (("results", "lstm", "2", "steps"), 551.0),
        (("recipe", "clip_norm"), 25.0),
        (("recipe", "distances", 0), 2),
        (("versions", "numpy"), "2.4.7"),
        (("code",), "1a"),
        (("seal",), "1a"),
    ],
)
def test_whatever_is_changed_by_hand_breaks_the_seal(copied, keys, value):
    document = read_measurement("adding")
    change(document, keys, value)
    copied.write_text(json.dumps(document, indent=1), "utf-8")
    words = (
        r"adding\.json was changed by hand.*: lstm-course experiments adding --again"
    )
    with pytest.raises(MeasurementError, match=words):
        read_measurement("adding")
    with pytest.raises(ExperimentError, match=words):
        missing_runs(load_experiment("adding"), copied.parent)


def test_runs_that_change_places_break_the_seal(copied):
    document = read_measurement("adding")
    results = document["results"]
    results["rnn"], results["lstm"] = results["lstm"], results["rnn"]
    copied.write_text(json.dumps(document), "utf-8")
    with pytest.raises(MeasurementError, match="changed by hand"):
        read_measurement("adding")


def test_layout_and_the_words_of_the_question_may_be_mended(copied):
    document = read_measurement("adding")
    mended = document | {"question": "Who learns to add?"}
    copied.write_text(json.dumps(mended, indent=4), "utf-8")
    assert read_measurement("adding") == mended
    assert missing_runs(load_experiment("adding"), copied.parent) == []


DAMAGED = {
    "cut short": (measurements.FOLDER / "adding.json").read_bytes()[:9_000],
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "nested": b"[" * 100_000,
    "a list": b"[1, 2]",
    "a number": b"7",
    "no seal": b'{"question": "?", "recipe": {}, "versions": {}, "results": {}}',
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_answered_by_a_sentence(copied, damage):
    copied.write_bytes(DAMAGED[damage])
    with pytest.raises(MeasurementError, match=r"adding\.json is (no|not) ") as caught:
        read_measurement("adding")
    said = str(caught.value)
    assert len(said.replace(str(copied), "").splitlines()) == 1
    assert said.endswith("measure anew: lstm-course experiments adding --again")
    with pytest.raises(ExperimentError, match=r"adding\.json is (no|not) "):
        run_experiments(["adding"], folder=copied.parent)


def test_one_bad_file_does_not_end_the_list(tmp_path, capsys):
    for name in experiment_names():
        source = measurements.FOLDER / f"{name}.json"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / "book.json").write_bytes(DAMAGED["cut short"])
    (tmp_path / "dropout.json").unlink()
    (tmp_path / "dropout.json").mkdir()
    list_experiments(tmp_path)
    said = capsys.readouterr().out.splitlines()
    line = {words[0]: text for text in said if (words := text.split())}
    assert "book.json is not whole" in line["book"]
    assert "dropout.json" in line["dropout"]
    others = set(experiment_names()) - {"book", "dropout"}
    assert all(re.search(r"(\d+) of \1 runs", line[name]) for name in others)


def test_a_damaged_file_is_replaced_when_asked(tmp_path):
    (tmp_path / "toy.json").write_bytes(b'{"question"')
    with pytest.raises(ExperimentError, match="--again"):
        list(measure(toy(), folder=tmp_path))
    assert len(list(measure(toy(), folder=tmp_path, again=True))) == 6
    assert missing_runs(toy(), tmp_path) == []


def test_every_state_of_a_growing_file_is_sealed(tmp_path):
    for _ in measure(toy(), folder=tmp_path):
        document = stored(tmp_path)
        assert document["seal"] == seal(document)
        assert list(document)[-2:] == ["results", "seal"]


def test_runs_of_other_code_are_never_added(tmp_path, toy_code, calls):
    experiment = toy(calls=calls.path)
    running = measure(experiment, folder=tmp_path)
    next(running)
    running.close()
    calls()
    before = stored(tmp_path)
    toy_code.hash = "2b"
    with pytest.raises(ExperimentError, match=r"toy was measured by other code.*again"):
        list(measure(experiment, folder=tmp_path))
    assert (calls(), stored(tmp_path)) == ([], before)
    list(measure(experiment, folder=tmp_path, again=True))
    assert stored(tmp_path)["code"] == "2b"
    toy_code.hash = "1a"
    with pytest.raises(ExperimentError, match="other code"):  # a whole one, too
        missing_runs(experiment, tmp_path)


MODULE = '''
"""What is measured."""
from lstm_course.arrays.shapes import Array
from lstm_course.experiments.shared import twice
from lstm_course.experiments.runner import Experiment

RECIPE = {"steps": 100}  # enough

def run(recipe, case, seed):
    """Return a number."""
    if seed > 1:
        return {"x": twice(recipe["steps"])}
    return {"x": f"{seed:.2f} of {case!r}"}

EXPERIMENT = Experiment(question="How many?", seeds=(1, 2), run=run)
'''
SHARED = (
    "from lstm_course.experiments.deeper import two\n\ndef twice(x): return two * x"
)


@pytest.fixture
def hash_of(tmp_path):
    """Return the code's hash for other sources than these; keyword: a module's."""

    def hash_it(some=MODULE, shared=SHARED, deeper="two = 2", runner="any = 1"):
        sources = {"some": some, "shared": shared, "deeper": deeper, "runner": runner}
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source, "utf-8")
        return code_hash("some", tmp_path)

    return hash_it


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Return a number."""', '"""Return another number."""'),
        ('    """Return a number."""\n', ""),
        ("  # enough", "  # more than enough"),
        ('{"steps": 100}', '{\n    "steps": 100,\n}'),
        ("lstm_course.arrays.shapes import Array", "lstm_course.system.a import B"),
        ("RECIPE = {", "RECIPE: dict[str, Any] = {"),
        ("(recipe, case, seed)", "(recipe: dict, case: str, seed: int) -> dict"),
        ("How many?", "How many are there?"),
        ("seeds=(1, 2)", "seeds=(1, 2, 3), checks=(1,)"),
    ],
)
def test_what_decides_no_result_is_not_in_the_hash(hash_of, old, new):
    assert MODULE.count(old) == 1
    assert hash_of(some=MODULE.replace(old, new)) == hash_of()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"steps": 100', '"steps": 101'),
        ("seed > 1", "seed >= 1"),
        ("if seed > 1", "if not seed > 1"),
        ("{seed:.2f}", "{seed:.3f}"),
        ("{case!r}", "{case}"),
        ("run=run", "run=another"),
        ('return {"x": twice(recipe["steps"])}', "return"),
        ("RECIPE = {", "RECIPE = OTHER = {"),
    ],
)
def test_what_decides_a_result_is_in_the_hash(hash_of, old, new):
    assert MODULE.count(old) == 1
    assert hash_of(some=MODULE.replace(old, new)) != hash_of()


def test_the_hash_covers_the_neighbours_that_are_imported(hash_of):
    assert hash_of(shared=SHARED.replace("two * x", "two ** x")) != hash_of()
    assert hash_of(deeper="two = 3") != hash_of()
    assert hash_of(runner="any = 2") == hash_of()
    alone = MODULE.replace("from lstm_course.experiments.shared import twice", "")
    assert hash_of(some=alone, deeper="two = 3") == hash_of(some=alone)
    inside = alone.replace(
        "    if", "    from lstm_course.experiments import shared\n    if"
    )
    assert hash_of(some=inside, deeper="two = 3") != hash_of(some=inside)


# Quick checks


def toy_with(*results, **recipe):
    """Return an experiment whose runs give these results one after the other."""
    coming = iter(results)
    return toy(lambda recipe, case, seed: next(coming), **recipe)


STORED = {"b": {"1": {"x": 2.0, "list": [1.0, 4.0, None], "n": None, "k": 50}}}


@pytest.mark.parametrize(
    ("result", "departs"),
    [
        ({"x": 2.0, "list": [1.0, 4.0, None], "n": None, "k": 50}, ""),
        ({"x": 2.001, "list": [1.0009], "n": np.inf, "k": np.int64(50)}, ""),
        (
            {"x": 1.999, "list": np.array([0.9991, 4.003, np.nan]), "n": None, "k": 50},
            "",
        ),
        ({"x": 2.003, "list": [1.0], "n": None, "k": 50}, "x is 2.003; expected 2.0"),
        ({"x": np.nan, "list": [1.0], "n": None, "k": 50}, "x is nan"),
        ({"x": None, "list": [1.0], "n": None, "k": 50}, "x is None"),
        ({"x": 2.0, "list": [1.0, 4.01], "n": None, "k": 50}, "list is"),
        ({"x": 2.0, "list": [1.0, 4.0, 3.0], "n": None, "k": 50}, "list is"),
        ({"x": 2.0, "list": [], "n": None, "k": 50}, "list is"),
        ({"x": 2.0, "list": [1.0, 4.0, None, 2.0], "n": None, "k": 50}, "list is"),
        ({"x": 2.0, "list": [1.0], "n": 3.0, "k": 50}, "n is 3.0; expected None"),
        ({"x": 2.0, "list": [1.0], "n": None, "k": 51}, "k is 51; expected 50"),
    ],
)
def test_a_stored_run_done_again_has_to_agree(result, departs):
    check = Again((("b", 1),), {"x": 1e-3, "list": 1e-3, "n": 1e-3, "k": 0})
    said = check.departures(toy_with(result), STORED)
    assert len(said) == bool(departs)
    assert departs in "".join(said)
    assert all(one.startswith("b, seed 1: ") for one in said)


def test_a_check_may_shorten_the_recipe():
    def run(recipe, case, seed):
        return {"x": recipe["factor"] / recipe["halved"]}

    check = Again((("b", 1),), {"x": 1e-3}, shortened={"halved": 5})
    assert check.departures(toy(run, halved=2), STORED) == []


def test_of_times_only_bounds_are_held():
    check = AtLeast((("b", 1),), {"x": 1.5})
    assert check.departures(toy_with({"x": 1.5}), STORED) == []
    for low in (1.49, np.nan):
        (said,) = check.departures(toy_with({"x": low}), STORED)
        assert said.startswith(f"b, seed 1: x, now, is {low}; expected at least 1.5")
    lower = {"b": {"1": {"x": 1.4}}}
    (said,) = check.departures(toy_with({"x": 3}), lower)
    assert "x, stored, is 1.4" in said


def test_other_seeds_have_to_look_as_if_drawn_with_the_stored_ones():
    stored = {"b": {str(n): {"x": x} for n, x in enumerate([0.2, 0.3, 0.5, 0.4, 0.3])}}
    check = Drawn("b", (6, 7, 8), "x")
    alike = toy_with({"x": 0.25}, {"x": 0.6}, {"x": 0.3})
    assert check.departures(alike, stored) == []
    (said,) = check.departures(toy_with(*[{"x": x} for x in (3, 5, 4)]), stored)
    assert said.startswith("b: x is [3, 5, 4] with seeds (6, 7, 8)")


def test_the_rate_of_false_alarms_by_simulation():
    rng = np.random.default_rng(1)
    draws = 4000
    p = [
        same_source(*np.exp(rng.normal(-5, 0.4, 9))[[[0, 1, 2, 3], [4, 5, 6, 7]]])
        for _ in range(draws)
    ]
    assert FALSE_ALARM < 1 / 1000
    for rate in (FALSE_ALARM, 0.01, 0.1, 0.5):
        spread = np.sqrt(draws * rate)
        assert abs(np.sum(np.array(p) < rate) - draws * rate) < 4 * spread
    # A code five times as good or as bad is hardly ever let through.
    shifted = [
        same_source(np.exp(rng.normal(-5, 0.2, 4)) * 5, np.exp(rng.normal(-5, 0.2, 5)))
        for _ in range(200)
    ]
    assert np.mean(np.array(shifted) < FALSE_ALARM) > 0.9


# What is committed


@pytest.mark.parametrize("name", experiment_names())
class TestCommitted:
    """What is stored, against recipes and code: also run under all roundings."""

    def test_it_is_named_as_its_module(self, name):
        assert load_experiment(name).name == name

    def test_it_was_measured_by_the_recipe_and_the_code_it_has(self, name):
        experiment = load_experiment(name)
        measurement = read_measurement(name)
        assert measurement["question"] == experiment.question
        assert measurement["recipe"] == json.loads(
            json.dumps(experiment.whole_recipe())
        )
        assert measurement["code"] == code_hash(name)
        measured = {
            case: [*map(int, seeds)] for case, seeds in measurement["results"].items()
        }
        assert measured == {case: [*experiment.seeds] for case in experiment.cases}
        assert work_to_do(experiment) == ([], [])

    @pytest.mark.slow
    def test_quick_runs_agree_with_what_is_stored(self, name):
        experiment = load_experiment(name)
        results = read_measurement(name)["results"]
        assert experiment.checks
        for check in experiment.checks:
            assert check.departures(experiment, results) == []


def with_recipe(**changes):
    def plant(patch, experiment):
        return experiment._replace(recipe=experiment.recipe | changes)

    plant.__name__ = f"with_{'_and_'.join(changes)}"
    return plant


def with_rate_times_3(patch, experiment):
    def run(recipe, case, seed):
        (key,) = {"learning_rate", "learning_rates"} & set(recipe)
        rates = recipe[key]
        if isinstance(rates, dict):
            rates = {case: 3 * rate for case, rate in rates.items()}
        else:
            rates = 3 * rates
        return experiment.run(recipe | {key: rates}, case, seed)

    return experiment._replace(run=run)


def with_labels_flipped(share):
    def plant(patch, experiment):
        def load(**how):
            data = load_imdb(**how)
            labels = data.train.labels.copy()
            labels[:: round(1 / share)] ^= 1
            return data._replace(train=data.train._replace(labels=labels))

        patch.setattr(reviews, "load_imdb", load)
        return experiment

    plant.__name__ = "with_labels_flipped"
    return plant


def with_words_in_order(patch, experiment):
    patch.setattr(shuffled, "shuffle_words", lambda rng, ids: ids)
    return experiment


def without_dropout(patch, experiment):
    patch.setattr(
        dropout,
        "SentimentConfig",
        lambda **how: SentimentConfig(**how | {"dropout": 0.0}),
    )
    return experiment


def with_gru_for_lstm(patch, experiment):
    patch.setattr(
        training_size,
        "SentimentConfig",
        lambda **how: SentimentConfig(**how | {"cell": "gru"}),
    )
    return experiment


def with_lstm_for_rnn(patch, experiment):
    def steps(cell, *rest):
        return cell_cost.numpy_steps("lstm" if cell == "rnn" else cell, *rest)

    patch.setitem(cell_cost.ENGINES, "numpy", steps)
    return experiment


def with_blocks_as_they_are(patch, experiment):
    patch.setattr(exploding, "spectral_radius", lambda matrix: 1.0)
    return experiment


def with_tanh_for_relu(patch, experiment):
    patch.setattr(relu, "RELU_LSTM", CELLS["lstm"])
    return experiment


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "number", "case", "plant"),
    [
        ("adding", 0, "rnn, identity", with_recipe(clip_norm=25.0)),
        ("adding", 0, "lstm", with_recipe(clip_norm=25.0)),
        ("adding", 1, "gru", with_recipe(length=101)),
        ("book", 0, "bag", with_labels_flipped(0.01)),
        ("book", 0, "bag", with_rate_times_3),
        ("cell_cost", 0, "numpy 8", with_lstm_for_rnn),
        ("distance", 0, "lstm 10", with_recipe(steps=600)),
        ("distance", 0, "lstm 10", with_recipe(clip_norm=25.0)),
        ("dropout", 0, "0.3", without_dropout),
        ("exploding", 0, "lstm", with_recipe(distance=98, trained_times=[])),
        ("exploding", 0, "gru blocks", with_blocks_as_they_are),
        ("exploding", 1, "rnn", with_rate_times_3),
        ("forecast", 0, "two_waves", with_recipe(learned=1499)),
        ("relu", 0, "relu 24 clipped", with_recipe(clip_norm=25.0)),
        ("relu", 0, "relu 24 unclipped", with_tanh_for_relu),
        ("relu", 1, "tanh 100 clipped", with_recipe(learned=1199)),
        ("relu_keras", 0, "tanh 24 clipped", with_recipe(clip_norm=0.5)),
        ("runaway", 0, "recurrent clipped", with_recipe(clip_norm=1.1)),
        ("runaway", 1, "recurrent frozen", with_rate_times_3),
        ("shuffled", 0, "500 words, shuffled", with_words_in_order),
        ("shuffled", 0, "500 words, in order", with_rate_times_3),
        ("stacked_reviews", 0, "counts", with_recipe(words=90)),
        ("training_size", 0, "lstm 20000", with_labels_flipped(0.01)),
        ("training_size", 1, "lstm 500", with_gru_for_lstm),
        ("tuning", 0, "gru 0.1", with_recipe(clip_norm=25.0)),
        ("tuning", 0, "lstm 0.1", with_recipe(length=24)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_planted_fault_turns_a_quick_check_red(
    monkeypatch, name, number, case, plant
):
    experiment = load_experiment(name)
    check = experiment.checks[number]
    if not isinstance(check, Drawn):
        check = check._replace(runs=tuple(run for run in check.runs if run[0] == case))
        assert check.runs
    else:
        assert check.case == case
    results = read_measurement(name)["results"]
    assert check.departures(plant(monkeypatch, experiment), results) != []
