"""Importing changes nothing in the process; ``tune_process`` changes two settings."""

import subprocess
import sys

import pytest

# Prints BLAS' threads, and how many pages each step faults in, before and after.
MEASURE = """
import resource
import numpy as np
from threadpoolctl import threadpool_info

def threads():
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return sorted(pool["num_threads"] for pool in pools)

def faults():
    step = lambda: [np.ones(2**17) for _ in range(8)]  # 8 MB: 2048 pages
    step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        step()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 20

before = threads(), faults()
{statement}
print(before[0] == threads(), threads(), before[1], faults())
"""
LAYERS = """
import lstm_course, lstm_course.plain
from lstm_course import lstm_forward, gru_forward, rnn_forward, bidirectional_forward
from lstm_course import lstm_init, build_sentiment_model, load_imdb, check
lstm_forward(np.ones((2, 3, 4)), lstm_init(np.random.default_rng(1), 4, 5))
"""
TUNED = "from lstm_course.system.process import tune_process\ntune_process()"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc alone")


def measure(statement):
    code = MEASURE.format(statement=statement)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    same, *rest = done.stdout.split(" ", 1)
    threads, before, after = rest[0].rsplit(" ", 2)
    return same == "True", threads, float(before), float(after)


@on_linux
def test_importing_and_calling_layers_changes_neither_threads_nor_malloc():
    same_threads, _, before, after = measure(LAYERS)
    assert same_threads
    if before < 500:
        pytest.skip("this malloc keeps what is freed, or hands out huge pages")
    assert after > before / 2


@on_linux
def test_a_tuned_process_keeps_its_memory_and_has_one_blas_thread():
    _, threads, before, after = measure(TUNED)
    assert set(threads.strip("[]").split(", ")) == {"1"}
    if before >= 500:
        assert after < 5


@pytest.mark.parametrize(
    "training",
    [
        "from lstm_course.training import regression as m\n"
        "steps = m.train_regression(m.regression_init(np.random.default_rng(1), 'rnn', "
        "1, 2, dtype=float), lambda: (np.ones((2, 3, 1)), np.ones((2, 1))), steps=1)\n"
        "list(steps)",
        "from types import SimpleNamespace as Split\n"
        "from lstm_course import build_sentiment_model\n"
        "some = Split(ids=np.ones((2, 3), int), labels=np.array([0, 1]))\n"
        "build_sentiment_model().fit(some, some, epochs=1, batch_size=2, "
        "optimizer='adam', learning_rate=0.1)",
    ],
    ids=["train_regression", "fit"],
)
@on_linux
def test_training_tunes_its_process(training):
    _, threads, _, after = measure(training)
    assert set(threads.strip("[]").split(", ")) == {"1"}
    assert after < 5
