"""The verdicts of lesson 14: on the model that it writes with, and as measured."""

from itertools import pairwise

import numpy as np
import pytest

from lstm_course import load_imdb
from lstm_course.data.characters import END, cut_streams, join_reviews
from lstm_course.data.ngrams import fit_ngrams, ngram_probabilities
from lstm_course.experiments.verdict import compare, mean_interval
from lstm_course.study.measurements import read_measurement
from lstm_course.study.stored_models import describe_model, read_writer
from lstm_course.training.language import language_bits, write_text


@pytest.fixture(scope="module")
def writer():
    return read_writer()


@pytest.fixture(scope="module")
def sizes():
    results = read_measurement("counted_characters")["results"]
    return {int(case.split()[0]): runs["0"] for case, runs in results.items()}


def test_q03_the_network_is_ahead_of_n_grams_that_counted_the_same_text(writer, sizes):
    """Review by review, on a part that decided nothing."""
    data, characters = load_imdb(), writer.characters
    reviews = describe_model("writer")["recipe"]["reviews"]
    counted = characters.encode(join_reviews(data.train.texts[:reviews]))
    model = fit_ngrams(counted, len(characters), sizes[reviews]["order"])
    unseen = characters.encode(join_reviews(data.test.texts[200:500]))
    network = language_bits(cut_streams(unseen, 16), writer.params).ravel()
    by_counting = -np.log2(ngram_probabilities(unseen, model))[: len(network)]
    review = np.cumsum(unseen[1:] == characters.id_of[END])[: len(network)]
    lead = np.bincount(review, by_counting - network) / np.bincount(review)
    assert mean_interval(lead).low > 0


def test_q03_more_text_helps_the_n_grams_more_than_this_network_can_use(sizes):
    bits = [run["test_bits"] for _, run in sorted(sizes.items())]
    assert all(fewer - more > 0.05 for fewer, more in pairwise(bits))
    reached = describe_model("writer")["reached"]["test_bits"]
    assert reached < sizes[1500]["test_bits"]
    assert reached > sizes[max(sizes)]["test_bits"]
    orders = [run["order"] for size, run in sizes.items() if size >= 1500]
    assert 1 < min(orders) <= max(orders) < 12  # not at the edge of the grid


def test_q04_a_carried_state_is_settled_to_help():
    measured = read_measurement("carried_state")
    for part in ("validation", "test"):
        lead = compare(measured, "from zeros", "carried", f"{part}_bits")
        assert not lead.flaws
        assert lead.word == "higher"


def test_at_temperature_0_it_goes_round_in_a_loop(writer):
    written = write_text(writer, "The story", 300, temperature=0)
    period = next(
        (p for p in range(1, 120) if written[-120:] == written[-120 - p : -p]), None
    )
    assert period is not None, written
