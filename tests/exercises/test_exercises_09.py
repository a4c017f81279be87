"""Other right answers to the exercises of lesson 09, and wrong ones that are named."""

import re
from collections import Counter, defaultdict

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.data.text import Vocabulary, pad_batch, tokenize
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise
from lstm_course.experiments.verdict import review_difference

pytestmark = pytest.mark.usefixtures("in_this_process")

# encode_by_counting


def encode_by_sorting(texts, num_words, review):
    """No Counter; a list of words in place of a dictionary; an array."""
    counts = defaultdict(int)
    for text in texts:
        for word in tokenize(text):
            counts[word] += 1
    vocabulary = ["", "", "", *sorted(counts, key=counts.get, reverse=True)]
    vocabulary = vocabulary[:num_words]
    places = [
        vocabulary.index(word) if word in vocabulary else 2 for word in tokenize(review)
    ]
    return np.array([1, *places], np.float32)


def encode_by_a_regular_expression(texts, num_words, review):
    """Without tokenize; a tuple; the apostrophe belongs to its word."""

    def cut(text):
        return re.findall(r"[a-z']+", text.lower())

    counts = Counter(cut(" ".join(texts)))
    ranks = {}
    while len(ranks) < num_words - 3:
        word = max(counts, key=counts.get)
        del counts[word]
        ranks[word] = 3 + len(ranks)
    return (1, *(ranks.get(word, 2) for word in cut(review)))


def test_encode_by_counting():
    variants = [
        encode_by_sorting,
        encode_by_a_regular_expression,
    ]
    assert_all_pass("encode_by_counting", variants)


def encode(texts, num_words, review, *, first=3, cut=tokenize, unknown=2):
    counts = Counter()
    for text in texts:
        counts.update(cut(text))
    known = counts.most_common(num_words - 3)
    ids = {word: first + rank for rank, (word, _) in enumerate(known)}
    return [1] + [ids.get(word, unknown) for word in cut(review)]


def test_encodings_that_go_wrong():
    def no_start(*arguments):
        return encode(*arguments)[1:]

    def words_first(texts, num_words, review):
        return encode(texts, num_words + 3, review, first=0)

    def by_split(*arguments):
        return encode(*arguments, cut=str.split)

    def skips(texts, num_words, review):
        return [n for n in encode(texts, num_words, review) if n != 2]

    def too_many_and_no_start(texts, num_words, review):
        return encode(texts, num_words + 3, review)[1:]

    def pairs_for_words(texts, num_words, review):
        counts = Counter(word for text in texts for word in tokenize(text))
        ids = {w: n for n, w in enumerate(counts.most_common(num_words - 3), 3)}
        return [1] + [ids.get(word, 2) for word in tokenize(review)]

    def letters_counted(texts, num_words, review):
        counts = Counter()
        for text in texts:
            counts.update(text)
        kept = [word for word, _ in counts.most_common(num_words - 3)]
        return [1] + [kept.index(w) + 3 if w in kept else 2 for w in tokenize(review)]

    def from_the_unknown_id(texts, num_words, review):
        return encode(texts, num_words + 1, review, first=2)

    def letters_looked_up(texts, num_words, review):
        ids = dict(zip("abc", [3, 4, 5], strict=True))
        return [1] + [ids.get(letter, 2) for letter in review]

    def forgets_lower_case(*arguments):
        return encode(*arguments, cut=lambda text: re.findall(r"[A-Za-z']+", text))

    name = "encode_by_counting"
    assert_named(name, no_start, "encoded-without-start")
    assert_named(name, words_first, "reserved-ids-not-counted", "words-from-id-0")
    assert_named(name, by_split, "counted-by-split", "encoded-by-split")
    assert_named(name, skips, "unknown-words-skipped")
    assert_named(
        name, too_many_and_no_start, "reserved-ids-not-counted", "encoded-without-start"
    )
    assert_named(name, pairs_for_words, "words-kept-with-their-counts")
    assert_named(name, letters_counted, "words-kept-with-their-counts")
    assert_named(
        name, from_the_unknown_id, "two-reserved-ids-counted", "words-from-id-2"
    )
    assert_told(name, letters_looked_up, "shape")
    assert_told(name, forgets_lower_case, "With capitals", "departs first at step 3")


def test_by_hand_is_without_the_package():
    def encode(texts, num_words, review):
        return Vocabulary.build(texts, num_words).encode(review)

    def pad(reviews, length, padding, truncating):
        return pad_batch(reviews, length, padding=padding, truncating=truncating)

    for name, answer in (("encode_by_counting", encode), ("pad_and_mask", pad)):
        assert_told(name, answer, "the course's own do the work: write it yourself")
    assert pad_batch([[7]], 2)[0].tolist() == [[0, 7]], "it does as before"


# pad_and_mask


def pad_in_lists(reviews, length, padding, truncating):
    """A token at a time; lists; the mask of 0 and 1."""
    batch, masks = [], []
    for review in reviews:
        row = list(review)
        while len(row) > length:
            row.pop(0 if truncating == "pre" else -1)
        mask = [1] * len(row)
        while len(row) < length:
            place = 0 if padding == "pre" else len(row)
            row.insert(place, 0)
            mask.insert(place, 0)
        batch.append(row)
        masks.append(mask)
    return batch, masks


def pad_with_np_pad(reviews, length, padding, truncating):
    """The mask follows from the ids, for no token is 0; single precision."""
    rows = []
    for review in reviews:
        cut = slice(-length, None) if truncating == "pre" else slice(length)
        kept = np.array(review[cut], np.float32)
        missing = length - len(kept)
        before = missing if padding == "pre" else 0
        rows.append(np.pad(kept, (before, missing - before)))
    return {"ids": np.stack(rows), "mask": np.stack(rows) != 0}


def test_pad_and_mask():
    variants = [pad_in_lists, pad_with_np_pad]
    assert_all_pass("pad_and_mask", variants)


def with_mask(reviews, length, padding, truncating, make_mask):
    ids = pad_with_np_pad(reviews, length, padding, truncating)["ids"]
    return ids, make_mask(ids)


def turned(side):
    return "post" if side == "pre" else "pre"


@pytest.mark.parametrize(
    ("answer", "mistakes"),
    [
        (
            lambda r, n, p, t: pad_in_lists(r, n, turned(p), t),
            ["filled-at-the-wrong-end"],
        ),
        (lambda r, n, p, t: pad_in_lists(r, n, p, turned(t)), ["cut-at-the-wrong-end"]),
        (lambda r, n, p, _: pad_in_lists(r, n, p, p), ["cut-where-padded"]),
        (
            lambda r, n, p, _: pad_in_lists(r, n, p, "post"),
            ["always-cut-at-the-end"],
        ),
        (
            lambda r, n, p, t: pad_in_lists(r, n, "pre", "pre"),
            ["always-cut-at-the-beginning", "always-filled-before"],
        ),
        (
            lambda r, n, p, t: pad_in_lists(r, n, t, p),
            ["cut-where-padded", "filled-where-cut"],
        ),
        (
            lambda r, n, p, t: with_mask(r, n, p, turned(t), lambda ids: ids == 0),
            ["cut-at-the-wrong-end", "mask-marks-the-zeros"],
        ),
        (
            lambda r, n, p, t: pad_in_lists(r, n, p, t)[::-1],
            ["ids-and-mask-swapped"],
        ),
        (
            lambda r, n, p, t: pad_in_lists(
                [row[len(row) - n :] if t == "pre" else row for row in r], n, p, t
            ),
            ["cut-counted-from-the-front"],
        ),
        (
            lambda r, n, p, t: with_mask(r, n, p, t, lambda ids: ids > 2),
            ["mask-hides-unknown-words"],
        ),
    ],
)
def test_pads_that_go_wrong(answer, mistakes):
    assert_named("pad_and_mask", answer, *mistakes)


def test_a_pad_that_is_wrong_in_a_new_way():
    def one_too_short(reviews, length, padding, truncating):
        ids, mask = pad_in_lists(reviews, length - 1, padding, truncating)
        return [[0, *row] for row in ids], [[0, *row] for row in mask]

    def ids_alone(*arguments):
        return pad_in_lists(*arguments)[0]

    assert_told("pad_and_mask", one_too_short, "ids departs first at row 0")
    verdict = verdict_on("pad_and_mask", ids_alone)
    assert verdict.outcome == "failed"


# bag_by_counting


def bag_in_plain_loops(ids, labels, asked, size):
    counts = [[1] * size, [1] * size]
    for review, label in zip(ids, labels, strict=True):
        for word in review:
            if word:
                counts[int(label)][word] += 1
    totals = [sum(side) for side in counts]
    scores = [
        np.log(counts[1][v] / totals[1]) - np.log(counts[0][v] / totals[0])
        for v in range(size)
    ]
    logits = []
    for review in asked:
        known = [scores[word] for word in review if word]
        logits.append(sum(known) / len(known))
    return logits


def bag_by_products(ids, labels, asked, size):
    """A table of counts for each review, and products with it; (B, 1)."""

    def table(reviews):
        one_hot = np.eye(size)[reviews].sum(axis=1)
        one_hot[:, 0] = 0
        return one_hot

    counts = table(ids).T @ np.stack([labels == 0, labels == 1], axis=1) + 1
    scores = np.log(counts / counts.sum(axis=0)) @ [-1, 1]
    words = table(asked)
    return words @ scores / words.sum(axis=1)


def bag_in_float32(ids, labels, asked, size):
    """A masked mean, by a score of 0 for padding; single precision."""
    p, q = np.ones((2, size), np.float32)
    np.add.at(p, ids[labels == 1].ravel(), 1)
    np.add.at(q, ids[labels == 0].ravel(), 1)
    p[0] = q[0] = 1
    s = np.log(p) - np.log(q) - np.log(p.sum() / q.sum())
    s[0] = 0
    return [s[row].sum() / np.count_nonzero(row) for row in asked]


def test_bag_by_counting():
    variants = [bag_in_plain_loops, bag_by_products, bag_in_float32]
    assert_all_pass("bag_by_counting", variants)


def test_bags_with_a_hole():
    def counts_padding(ids, labels, asked, size):
        p = np.bincount(ids[labels == 1].ravel(), minlength=size) + 1
        q = np.bincount(ids[labels == 0].ravel(), minlength=size) + 1
        s = np.log(p / p.sum()) - np.log(q / q.sum())
        return [s[row[row > 0]].mean() for row in asked]

    def means_over_all(ids, labels, asked, size):
        logits = np.array(bag_in_plain_loops(ids, labels, asked, size))
        return logits * np.mean(asked > 0, axis=1)

    def without_totals_upside_down(ids, labels, asked, size):
        p = np.bincount(ids[(labels == 1)[:, None] & (ids > 0)], minlength=size) + 1
        q = np.bincount(ids[(labels == 0)[:, None] & (ids > 0)], minlength=size) + 1
        s = np.log(q / p)
        return [s[row[row > 0]].mean() for row in asked]

    def one_for_each_review(ids, labels, asked, size):
        once = np.array([[v > 0 and v in row for v in range(size)] for row in ids])
        p = once[labels == 1].sum(axis=0) + 1
        q = once[labels == 0].sum(axis=0) + 1
        s = np.log(p / p.sum()) - np.log(q / q.sum())
        return [s[row[row > 0]].mean() for row in asked]

    def everything_a_word(ids, labels, asked, size):
        p = np.bincount(ids[labels == 1].ravel(), minlength=size) + 1
        q = np.bincount(ids[labels == 0].ravel(), minlength=size) + 1
        return np.log(p / p.sum() * q.sum() / q)[asked].mean(axis=1)

    def as_probabilities(*arguments):
        return 1 / (1 + np.exp(-np.array(bag_in_plain_loops(*arguments))))

    def as_verdicts(*arguments):
        return np.array(bag_in_plain_loops(*arguments)) > 0

    def up_to_the_largest_id(ids, labels, asked, size):
        return bag_in_plain_loops(ids, labels, asked, 1 + max(ids.max(), asked.max()))

    def labels_as_places(ids, labels, asked, size):
        p, q = (np.bincount(ids[k].ravel()) + 1 for k in (labels, 1 - labels))
        return np.log(p / p.sum() * q.sum() / q)[asked].mean(axis=1)

    def of_each_review(ids, labels, asked, size):
        ratio = np.sum(labels == 1) / np.sum(labels == 0)
        p, q = np.ones((2, size))
        np.add.at(p, ids[(labels == 1)[:, None] & (ids > 0)], 1)
        np.add.at(q, ids[(labels == 0)[:, None] & (ids > 0)], 1)
        return [np.log(p / q / ratio)[row[row > 0]].mean() for row in asked]

    def to_base_ten(*arguments):
        return np.array(bag_in_plain_loops(*arguments)) / np.log(10)

    name = "bag_by_counting"
    assert_named(name, everything_a_word, "padding-taken-for-a-word")
    assert_named(name, as_probabilities, "probabilities-for-logits")
    assert_named(name, as_verdicts, "verdicts-for-logits")
    assert_named(name, up_to_the_largest_id, "size-forgotten")
    assert_named(name, of_each_review, "divided-by-the-reviews")
    assert_named(name, labels_as_places, "reviews-not-told-apart")
    assert_told(name, to_base_ten, "With reviews short and long")
    assert_named(name, counts_padding, "padding-counted")
    assert_named(name, means_over_all, "mean-over-all-steps")
    assert_named(
        name, without_totals_upside_down, "counts-for-shares", "scores-upside-down"
    )
    assert_named(name, one_for_each_review, "each-word-once-a-review")


# The quizzes


def test_a_row_is_what_the_package_makes_of_the_sentence():
    exercise = find_exercise("sentence_to_row")
    rng = np.random.default_rng(5)
    for _ in range(30):
        words, known, length, side = exercise.draw(rng)
        counts = {word: -rank for rank, word in enumerate(known)}
        vocabulary = Vocabulary.from_counts(counts, 3 + len(known))
        ids, mask = pad_batch(
            [vocabulary.encode(" ".join(words))], length, padding=side, truncating=side
        )
        verdict = verdict_on(
            "sentence_to_row", (ids[0], mask[0]), {"": (words, known, length, side)}
        )
        assert verdict.outcome == "passed", verdict.text


def test_four_decimals_are_enough_for_a_gain():
    exercise = find_exercise("is_it_a_gain")
    rng = np.random.default_rng(6)
    gains = []
    for _ in range(60):
        numbers = exercise.draw(rng)
        error, gain = exercise.solution(*numbers)
        gains.append(gain)
        verdict = verdict_on("is_it_a_gain", (round(error, 4), gain), {"": numbers})
        assert verdict.outcome == "passed", verdict.text
        verdict = verdict_on("is_it_a_gain", (round(error, 4), not gain), {"": numbers})
        assert verdict.mistakes
        reviews, _, bag_alone, model_alone = numbers
        lead = (model_alone - bag_alone) / reviews
        assert (lead / round(error, 4) >= 1.96) == gain  # also by who goes on with it
    assert 0.3 < np.mean(gains) < 0.7


def test_the_error_of_a_gain_is_that_of_the_rules():
    exercise = find_exercise("is_it_a_gain")
    for seed in range(20):
        numbers = exercise.draw(np.random.default_rng(seed))
        reviews, right, bag_alone, model_alone = numbers
        bag, model = np.zeros((2, reviews), bool)
        bag[:right] = True  # of which the model misses some, and it has others
        model[bag_alone : right + model_alone] = True
        lead = review_difference(model, bag)
        error, gain = exercise.solution(*numbers)
        assert np.isclose(lead.high - lead.mean, 1.96 * error, rtol=1e-4)
        assert (lead.low > 0) == gain


def test_accuracies_are_shares_of_the_reviews():
    exercise = find_exercise("is_it_a_gain")
    for seed in range(20):
        question = exercise.question(*exercise.draw(np.random.default_rng(seed)))
        reviews = int(re.search(r"same ([\d,]+) ", question)[1].replace(",", ""))
        counts = re.findall(r"([\d,]+)(?: of them)? \((0\.\d+)\)", question)
        assert len(counts) == 2
        for count, share in counts:
            assert float(share) == round(int(count.replace(",", "")) / reviews, 3)
