"""The verdict of lesson 09, on the figures that decide it."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lstm_course import load_imdb
from lstm_course.data.text import RESERVED
from lstm_course.experiments.verdict import review_difference


@pytest.mark.slow
def test_c07_order_is_worth_some_points_here_and_words_alone_nearly_as_much():
    data = load_imdb(num_words=500, maxlen=100)

    def words(ids):
        return ids[ids >= len(RESERVED)].tolist()

    def words_and_pairs(ids):
        known = ids >= len(RESERVED)
        both = known[:-1] & known[1:]
        pairs = 500 * ids[:-1] + ids[1:]  # each a number above those of the words
        return words(ids) + pairs[both].tolist()

    rng = np.random.default_rng(0)
    shuffled = [
        [rng.permutation(row[row != 0]) for row in split.ids]
        for split in (data.train, data.validation)
    ]
    in_order = (data.train.ids, data.validation.ids)

    def hits(analyzer, train, validation):
        weights = TfidfVectorizer(analyzer=analyzer, min_df=20)
        model = make_pipeline(weights, LogisticRegression(max_iter=500))
        model.fit(train, data.train.labels)
        return model.predict(validation) == data.validation.labels

    alone = hits(words, *in_order)
    pairs = hits(words_and_pairs, *in_order)
    control = hits(words_and_pairs, *shuffled)
    assert 0.79 < alone.mean() < 0.82  # words alone are nearly as good:
    by_pairs = review_difference(pairs, alone, comparisons=2)
    assert 0 < by_pairs.low < by_pairs.high < 0.05
    by_pairs_of_no_order = review_difference(control, alone, comparisons=2)
    assert by_pairs_of_no_order.low <= 0
