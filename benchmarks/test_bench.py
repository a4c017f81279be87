"""The benchmark: its computing, its figure, its processes, and one small run of it."""

import importlib.util
import json
import re
import subprocess
import sys
from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import psutil
import pytest
from typer.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks import bench as bench_module
from benchmarks.bench import (
    FULL,
    QUICK,
    BenchError,
    Plan,
    Work,
    bench,
    check_alike,
    describe,
    disturbances,
    draw,
    floor_seconds,
    planned,
    summarize,
    write_figure,
)
from benchmarks.contenders import Proof, Size
from benchmarks.pretenders import Pretender, complain, die, hang
from lstm_course.study.measurements import MeasurementError, read_sealed
from lstm_course.system.paths import FIGURES, ROOT

pytestmark = pytest.mark.slow

TINY = Plan(2, 2, 1, 160, 0.01, [Size(3, 5, 2)])
TORCH = importlib.util.find_spec("torch") is not None


# Computing


def work(piece, *size):
    return Work("some work", piece, Size(*size), 1, 1)


def test_the_floor_by_hand():
    # H 2, T 3, B 5, D 16: 3 products of (5, 18) and (18, 8), 720 multiplications and
    # as many additions each; 5 × 2 tanh for each of 3 × 5 steps.
    products, tanh = 3 * 2 * 720, 150
    for piece, times in {"inference": 1, "layer": 3, "training step": 3}.items():
        floor = floor_seconds(work(piece, 2, 3, 5), 1e4, 0.01)
        assert floor == pytest.approx(times * products / 1e4 + tanh * 0.01)


def test_an_epoch_has_the_floor_of_its_steps():
    step, epoch = planned(FULL)[1:3]
    one, all_of_them = (floor_seconds(w, 7e10, 3e-9) for w in (step, epoch))
    assert all_of_them == pytest.approx(one * 20_000 / 64)


def test_what_rounds_come_to_by_hand():
    rounds = [  # twice as slow in the second: ratios are formed within a round
        {"Keras": (0.3, 0.4), "PyTorch, 1 thread": (9, 9), "NumPy": (0.1, 0.1)},
        {"NumPy": (0.2, 0.2), "Keras": (0.8, 1.2)},
        {"Keras": (0.2, 0.5), "NumPy": (0.1, 0.1)},
    ]
    summary = summarize(rounds, floor=0.02)
    assert [*summary] == ["NumPy", "Keras"]  # in order; who failed is not there
    assert summary["NumPy"] == {
        **{"wall_ms": 100, "cpu_ms": 100, "wall_ratio": 1, "ratio": 1},
        **{"lowest": 1, "highest": 1, "floors": 5},
        "wall_ms_by_round": [100, 200, 100],
        "cpu_ms_by_round": [100, 200, 100],
    }
    assert summary["Keras"] == {
        **{"wall_ms": 300, "cpu_ms": 500, "wall_ratio": 3, "ratio": 5},
        **{"lowest": 4, "highest": 6, "floors": 25},
        "wall_ms_by_round": [300, 800, 200],
        "cpu_ms_by_round": [400, 1200, 500],
    }


def test_the_plans():
    full, quick = planned(FULL), planned(QUICK)
    sizes = {w.size for w in full[3:]}
    assert len(full) == 3 + 27
    assert [sorted(set(side)) for side in zip(*sizes, strict=True)] == [
        [8, 32, 128],
        [25, 100, 400],
        [1, 32, 256],
    ]
    assert {w.size for w in quick[3:]} < sizes
    for some in (full, quick):
        assert [w.piece for w in some[:3]] == ["inference", "training step", "epoch"]
        assert [w.size for w in some[:3]] == [(8, 100, 64), (8, 100, 64), (8, 100, 2e4)]


@pytest.mark.parametrize(
    ("change", "fails"),
    [(0, False), (0.9e-5, False), (1.1e-5, True), (np.nan, True), (1, True)],
)
def test_other_work_is_noticed(change, fails):
    ours = np.array([0.6, -0.8])  # of length 1
    proofs = {
        name: [Proof("x", ours * 2, 1e-9), Proof("outputs", array, 1e-5)]
        for name, array in {
            "NumPy": ours,
            "Keras": ours + np.array([change, 0]),
        }.items()
    }
    if fails:
        with pytest.raises(BenchError, match=r"^Keras does not do .* NumPy: outputs "):
            check_alike(proofs)
    else:
        check_alike(proofs)


@pytest.mark.parametrize(
    ("busy", "stretch", "said"),
    [
        (0.05, 1.02, []),
        (1.64, 1.02, ["before the start other processes kept 1.64 cores busy"]),
        (0.05, 1.3, ["NumPy's one thread took 1.30 times its CPU time"]),
    ],
)
def test_a_machine_that_is_not_quiet_is_noticed(busy, stretch, said):
    works = [
        {"contenders": {"NumPy": {"wall_ms": 3 * k, "cpu_ms": 3.0}}}
        for k in (9, stretch, 1)
    ]
    result = {"machine": {"busy cores": busy}, "works": works}
    assert disturbances(result) == said


# Showing


@pytest.fixture
def result():
    """Measurements in which NumPy's CPU time is 100 ms, and Keras failed in the end."""
    works = []
    for k, one in enumerate(planned(FULL._replace(sizes=FULL.sizes[::2]))):
        times = {"NumPy": 0.1, "Keras": 0.2 + 0.01 * k, "PyTorch, 2 threads": 0.05}
        if k > 15:
            del times["Keras"]
        rounds = [
            {name: (0.7 * s, s * stretch) for name, s in times.items()}
            for stretch in (1, 1.5)
        ]
        works.append(
            {
                "name": one.name,
                **one.size._asdict(),
                "floor_ms": 11.0 + k,
                "contenders": summarize(rounds, (11.0 + k) / 1e3),
            }
        )
    yield {"works": works}
    plt.close("all")


def test_the_times_are_drawn(result):
    for k, ax in enumerate(draw(result).axes[:3]):
        assert ax.get_title() == planned(FULL)[k].name
        bars = [bar.get_width() for bar in ax.patches]
        assert bars == pytest.approx([125, 1.25 * (200 + 10 * k), 62.5])
        lines = [line.get_xdata() for line in ax.lines]
        spread, wall = lines[2], lines[3]  # Keras'
        assert [*spread] == pytest.approx([200 + 10 * k, 1.5 * (200 + 10 * k)])
        assert [*wall] == pytest.approx([0.7 * (200 + 10 * k)])
        assert set(lines[-1]) == {11 + k}  # the floor
        assert ax.get_xlim()[0] == 0
    names = [label.get_text() for label in ax.figure.axes[0].get_yticklabels()]
    assert names == ["NumPy", "Keras", "PyTorch, 2 threads"]


def test_the_ratios_are_drawn(result):
    figure = draw(result)
    drawn = {"D": [], "v": []}
    for ax, batch in zip(figure.axes[3:], (1, 32, 256), strict=True):
        assert ax.get_title().endswith(f"batch {batch}")
        assert ax.get_yscale() == "log"
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert labels == [
            *("25", "100\nH = 8", "400", "25", "100\nH = 32", "400"),
            *("25", "100\nH = 128", "400"),
        ]
        for line in ax.lines:
            if line.get_marker() in drawn:
                place = np.argmin(abs(ax.get_xticks() - line.get_xdata()[0]))
                steps, units = (25, 100, 400)[place % 3], (8, 32, 128)[place // 3]
                key = (units, steps, batch)
                drawn[line.get_marker()].append((key, line.get_ydata()[0]))
    expected = {
        marker: {
            (one["units"], one["steps"], one["batch"]): one["contenders"][name]["ratio"]
            for one in result["works"][3:]
            if name in one["contenders"]
        }
        for marker, name in {"D": "Keras", "v": "PyTorch, 2 threads"}.items()
    }
    assert {marker: dict(points) for marker, points in drawn.items()} == expected
    assert (len(drawn["D"]), len(drawn["v"])) == (13, 14)
    (legend,) = figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["NumPy", "Keras", "PyTorch, 2 threads"]


def test_the_words_for_the_figure_say_its_numbers(result):
    words = describe(result)
    assert (
        "For one training step of 64 reviews, NumPy: 125 ms; Keras: 262 ms (2.10 times "
        "NumPy's); PyTorch, 2 threads: 62.5 ms (0.50 times NumPy's); floor: 12.0 ms."
    ) in words
    assert "Keras: 2.30 to 3.50, above 1 at 13 of 13 sizes." in words
    assert "PyTorch, 2 threads: 0.50 to 0.50, above 1 at 0 of 14 sizes." in words


def test_the_same_numbers_give_the_same_bytes(result, tmp_path):
    write_figure(result, tmp_path / "a.svg")
    with mpl.rc_context({"font.size": 31, "svg.hashsalt": None, "axes.grid": False}):
        write_figure(json.loads(json.dumps(result)), tmp_path / "b.svg")
    svg = (tmp_path / "a.svg").read_bytes()
    assert svg == (tmp_path / "b.svg").read_bytes()
    assert describe(result) in svg.decode().replace("&apos;", "'")
    for stranger in (b"<text", b"dc:date", b"dc:creator"):
        assert stranger not in svg


def test_the_committed_figure_is_drawn_from_the_committed_numbers(tmp_path):
    numbers = FIGURES / "measurements" / "bench.json"
    if not numbers.exists():
        pytest.skip("nothing was measured yet")
    write_figure(
        read_sealed(numbers, anew="python -m benchmarks"), tmp_path / "bench.svg"
    )
    committed = (FIGURES / "bench.svg").read_bytes()
    assert committed.replace(b"\r\n", b"\n") == (tmp_path / "bench.svg").read_bytes()


def test_numbers_changed_by_hand_are_found(tmp_path):
    text = (FIGURES / "measurements" / "bench.json").read_text("utf-8")
    changed = tmp_path / "bench.json"
    changed.write_text(text.replace('"ratio": 1.0', '"ratio": 0.1', 1), "utf-8")
    with pytest.raises(
        MeasurementError, match=r"changed by hand.*: python -m benchmarks"
    ):
        read_sealed(changed, anew="python -m benchmarks")


# The processes

NAMES = {"numpy": "NumPy", "keras": "Keras", "xla": "Keras, XLA"}


def put_in_place(**contenders):
    """Replace the real contenders, in this process."""
    bench_module.CONTENDERS = {
        NAMES.get(name, "PyTorch, 1 thread"): make for name, make in contenders.items()
    }
    bench_module.QUICK = TINY


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the bench with some pretenders."""
    monkeypatch.setattr(bench_module, "CONTENDERS", None)
    monkeypatch.setattr(bench_module, "QUICK", None)

    def run_it(**contenders):
        put_in_place(**contenders)
        return bench(quick=True, out=tmp_path / "out")

    yield run_it
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if "spawn_main" in str(child.cmdline())]


def test_who_fails_is_left_out_and_the_others_go_on(run, monkeypatch, tmp_path, capsys):
    start = bench_module._Field.start

    def start_with_patience(field, names):
        start(field, names)
        monkeypatch.setattr(bench_module, "_PATIENCE", 8)

    monkeypatch.setattr(bench_module._Field, "start", start_with_patience)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    assert run(
        numpy=Pretender,
        keras=partial(Pretender, "layer", die),
        xla=partial(Pretender, "model", complain),
        torch=partial(Pretender, "inference", hang),
    )
    said = capsys.readouterr().out
    result = json.loads((tmp_path / "out/measurements/bench.json").read_text())
    assert result["left_out"] == {
        "Keras, XLA": "ValueError: no such thing",
        "PyTorch, 1 thread": "no answer within 8 seconds",
        "Keras": "its process ended with code 7",
    }
    for name, why in result["left_out"].items():
        assert f"  {name} is left out from here on: {why}\n" in said
    took_part = [[*one["contenders"]] for one in result["works"]]
    assert took_part == [["NumPy", "Keras"]] * 3 + [["NumPy"]]
    assert (tmp_path / "out/bench.svg").exists()


@pytest.mark.parametrize(
    ("contenders", "message"),
    [
        (
            {"numpy": Pretender, "keras": partial(Pretender, error=2e-5)},
            "Keras does not do the same work as NumPy: outputs",
        ),
        ({"numpy": partial(Pretender, "layer", die)}, "NumPy failed: .* code 7"),
    ],
)
def test_without_a_fair_comparison_nothing_is_written(
    run, tmp_path, contenders, message
):
    with pytest.raises(BenchError, match=message):
        run(**contenders)
    assert list((tmp_path / "out").iterdir()) == []


INTERRUPTED = """
import os, signal, sys
from benchmarks import pretenders, test_bench
ctrl_c = test_bench.partial(pretenders.Pretender, "layer", pretenders.press_ctrl_c)
test_bench.put_in_place(numpy=ctrl_c)
signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["THE_BENCH"] = str(os.getpid())
try:
    test_bench.command.app(["--quick", "--out", sys.argv[1]])
finally:
    left = test_bench.psutil.Process().children()
    print("left:", *[child for child in left if "spawn_main" in str(child.cmdline())])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_ends_everyone_and_changes_no_file(tmp_path):
    (tmp_path / "bench.svg").write_text("the old figure")
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert (done.returncode, done.stderr) == (130, "")
    assert "\nepoch of 160 reviews\n  NumPy  " in done.stdout
    assert "\nInterrupted: the rows above are complete" in done.stdout
    assert done.stdout.endswith("left:\n")
    assert [path.name for path in tmp_path.iterdir()] == ["bench.svg"]
    assert (tmp_path / "bench.svg").read_text() == "the old figure"


@pytest.mark.parametrize("installed", [True, False])
def test_pytorch_takes_part_where_it_is_installed(
    monkeypatch, tmp_path, capsys, installed
):
    started = []

    def start(field, names):
        started.extend(names)
        raise KeyboardInterrupt

    monkeypatch.setattr(bench_module._Field, "start", start)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: installed or None)
    assert not bench(quick=True, out=tmp_path)
    assert ("PyTorch, 1 thread" in started) == installed
    assert started[:3] == ["NumPy", "Keras", "Keras, XLA"]
    assert ("pip install -e '.[bench]'" in capsys.readouterr().out) != installed


# The command


def test_the_command_hands_its_options_over(monkeypatch, tmp_path):
    told = []

    def pretend(**arguments):
        told.append(arguments)
        if len(told) == 3:
            raise BenchError("NumPy failed: of old age")
        return len(told) == 1

    monkeypatch.setattr(command, "bench", pretend)
    options = [], ["--quick", "--out", str(tmp_path)], []
    done = [CliRunner().invoke(command.app, some) for some in options]
    assert [one.exit_code for one in done] == [0, 130, 1]
    assert done[2].stderr == "NumPy failed: of old age\n"
    default = {"quick": False, "out": FIGURES}
    assert told == [default, {"quick": True, "out": tmp_path}, default]


REAL = """
import sys
from benchmarks import test_bench
real = test_bench.bench_module.CONTENDERS
del real["PyTorch, 2 threads"], real["Keras, XLA"]  # XLA compiles for 10 seconds
test_bench.bench_module.QUICK = test_bench.TINY
test_bench.command.app(["--quick", "--out", sys.argv[1]])
"""


def test_a_small_run_of_the_real_ones(tmp_path):
    """It proves, too, that they do the same work: it fails otherwise."""
    done = subprocess.run(
        [sys.executable, "-c", REAL, tmp_path], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    path = tmp_path / "measurements" / "bench.json"
    result = read_sealed(path, anew="python -m benchmarks")
    write_figure(result, tmp_path / "again.svg")
    svgs = {(tmp_path / name).read_bytes() for name in ("bench.svg", "again.svg")}
    assert len(svgs) == 1

    names = ["NumPy", "Keras"] + ["PyTorch, 1 thread"] * TORCH
    assert (result["quick"], result["left_out"]) == (True, {})
    assert [one["name"] for one in result["works"]] == [
        "inference of 64 reviews",
        "training step of 64 reviews",
        "epoch of 160 reviews",
        "LSTM alone, H 3, T 5, batch 2",
    ]
    rows = re.findall(
        r"^  (\w.{17})((?: +[\d.,]+){3} +[\d.,]+ – .+)$", done.stdout, re.M
    )
    assert [name.strip() for name, _ in rows] == names * 4
    for one in result["works"]:
        assert [*one["contenders"]] == names
        for numbers in one["contenders"].values():
            assert numbers["lowest"] <= numbers["ratio"] <= numbers["highest"]
            assert numbers["floors"] > 1  # or the floor is none
    assert result["machine"]["numpy"] == np.__version__
