"""The exercises of lesson 09: from a text to padded ids, and a baseline by counting."""

from collections import Counter
from itertools import chain

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array, Ids, Mask
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.data.text import RESERVED, Vocabulary, pad_batch, tokenize

# sentence_to_row ----------------------------------------------------------------

_KNOWN = ("the", "and", "a", "is", "it", "film", "this", "not", "good")
_RARE = ("charming", "dire", "yawn", "gem", "clumsy", "superb")


def sentence_to_row(
    words: tuple[str, ...], known: tuple[str, ...], length: int, side: str
) -> tuple[list[int], list[int]]:
    """Return the row of ids, and its mask, 1 where a token stands."""
    tokens = ["[start]", *words]
    id_of = {word: number for number, word in enumerate(known, start=3)}
    ids = [1, *(id_of.get(word, 2) for word in tokens[1:])]
    ids = ids[-length:] if side == "pre" else ids[:length]
    zeros = [0] * (length - len(ids))
    mask = [1] * len(ids)
    if side == "pre":
        return zeros + ids, zeros + mask
    return ids + zeros, mask + zeros


def draw_sentence(
    rng: Generator,
) -> tuple[tuple[str, ...], tuple[str, ...], int, str]:
    """Draw a sentence with a word or two that are not known, to be cut or filled."""
    known = tuple(str(word) for word in rng.permutation(_KNOWN)[:5])
    words = [*rng.permutation(known)[:3], *rng.permutation(_RARE)[: rng.integers(1, 3)]]
    sentence = tuple(str(word) for word in rng.permutation(words))
    tokens = 1 + len(sentence)
    length = tokens + int(rng.choice([-2, 2]))
    return sentence, known, length, str(rng.choice(["pre", "post"]))


def ask_for_row(
    words: tuple[str, ...], known: tuple[str, ...], length: int, side: str
) -> str:
    """Return the question."""
    table = ", ".join(f"{n} {name}" for n, name in enumerate([*RESERVED, *known]))
    return (
        f"The vocabulary has V = {3 + len(known)} ids: {table}.\n"
        f'A review says: "{" ".join(words).capitalize()}!" It is encoded, and brought '
        f'to T = {length} steps with padding="{side}" and truncating="{side}".\n'
        "Which ids stand in its row, and what is its mask, 1 where a token stands and "
        "0 where there is padding? Give (ids, mask), two lists."
    )


def derive_row(
    words: tuple[str, ...], known: tuple[str, ...], length: int, side: str
) -> str:
    """Return the row, token by token, before and after."""
    whole, _ = sentence_to_row(words, known, 1 + len(words), side)
    ids, mask = sentence_to_row(words, known, length, side)
    where = {"pre": "before", "post": "after"}[side]
    end = {"pre": "beginning", "post": "end"}[side]
    what = f"its {end} is dropped" if length <= len(words) else f"zeros stand {where}"
    tokens = ", ".join(
        f"{n} {w}" for n, w in zip(whole, ["[start]", *words], strict=True)
    )
    return (
        f"Encoded: {tokens}. What is not known is 2.\n"
        f'It has {len(whole)} tokens for {length} steps. With "{side}", {what}: '
        f"ids {ids}, mask {mask}."
    )


SENTENCE_TO_ROW = Quiz(
    able="turn text into ids",
    solution=sentence_to_row,
    draw=draw_sentence,
    question=ask_for_row,
    derivation=derive_row,
    parts={"ids": "T", "mask": "T"},
    hints=(
        "First every token becomes an id: [start] is 1, and what the vocabulary does "
        "not have is 2. Then cut or fill, at the side that is named.",
        "",
    ),
    mistakes={
        "start-id-forgotten": Mistake(
            right="ids = [1, *(id_of.get(word, 2) for word in tokens[1:])]",
            wrong="ids = [id_of.get(word, 2) for word in tokens[1:]]",
            hint="Your review has no start: id 1 comes before its first word.",
        ),
        "unknown-words-left-out": Mistake(
            right="(id_of.get(word, 2) for word in tokens[1:])",
            wrong="(id_of[word] for word in tokens[1:] if word in id_of)",
            hint="Your unknown words are gone: each becomes id 2.",
        ),
        "start-kept-in-the-cut": Mistake(
            right='ids = ids[-length:] if side == "pre"',
            wrong='ids = ids[:1] + ids[1:][1 - length :] if side == "pre"',
            hint="Your row keeps the start, but with 'pre' the beginning is "
            "dropped, and [start] is the first token of all.",
        ),
        "cut-and-filled-at-the-other-side": Mistake(
            right='ids = ids[-length:] if side == "pre" else ids[:length]\n'
            "    zeros = [0] * (length - len(ids))\n"
            "    mask = [1] * len(ids)\n"
            '    if side == "pre":',
            wrong='ids = ids[-length:] if side == "post" else ids[:length]\n'
            "    zeros = [0] * (length - len(ids))\n"
            "    mask = [1] * len(ids)\n"
            '    if side == "post":',
            hint="Your row is cut or filled at the wrong side: 'pre' is before, "
            "where a review begins.",
        ),
        "mask-the-wrong-way-round": Mistake(
            right="zeros = [0] * (length - len(ids))\n    mask = [1] * len(ids)",
            wrong="zeros = [0] * (length - len(ids))\n    mask = [0] * len(ids)\n"
            '    ones = [1] * len(zeros)\n    if side == "pre":\n'
            "        return zeros + ids, ones + mask\n"
            "    return ids + zeros, mask + ones",
            hint="Your mask is the wrong way round: 1 marks what counts.",
        ),
        "unknown-words-masked": Mistake(
            right="mask = [1] * len(ids)",
            wrong="mask = [int(number != 2) for number in ids]",
            hint="Your mask hides the unknown words: each is a step of the "
            "review, and counts.",
        ),
        "start-masked": Mistake(
            right="mask = [1] * len(ids)",
            wrong="mask = [int(number != 1) for number in ids]",
            hint="Your mask hides the start: it is a token, and counts.",
        ),
        "start-and-unknown-masked": Mistake(
            right="mask = [1] * len(ids)",
            wrong="mask = [int(number > 2) for number in ids]",
            hint="Your mask hides the start and the unknown words: they are tokens.",
        ),
    },
    reasoning="First all tokens become ids, the start and the unknown words too; "
    "then the row is cut or filled; and the mask follows the zeros.",
)


# is_it_a_gain -------------------------------------------------------------------


def is_it_a_gain(
    reviews: int, right: int, bag_alone: int, model_alone: int
) -> tuple[float, bool]:
    """Return the standard error of the LSTM's lead, and whether 0 is out of reach.

    Args:
        reviews: N, judged by both.
        right: on how many the bag is.
        bag_alone: on how many the bag is right and the LSTM wrong.
        model_alone: the other way round.
    """
    lead = (model_alone - bag_alone) / reviews
    share = (model_alone + bag_alone) / reviews  # on which they disagree
    error = np.sqrt((share - lead**2) / reviews)
    return float(error), bool(lead > 1.96 * error)


def draw_verdicts(rng: Generator) -> tuple[int, int, int, int]:
    """Draw how often each is right, so that it is clear whether the lead is one.

    The reviews are few, and the two disagree often: so the square of the lead shows in
    the fourth decimal of the error.
    """
    reviews = int(rng.choice([60, 80, 90, 100, 120, 150]))
    right = int(reviews * rng.integers(64, 77) / 100)
    disagree = int(reviews * rng.integers(16, 31) / 100)
    lead = rng.choice([1.2, 1.3, 1.4, 1.5, 2.2, 2.6, 3.0]) * np.sqrt(disagree)
    model_alone = round((disagree + lead) / 2)
    drawn = reviews, right, disagree - model_alone, model_alone
    lead = 2 * model_alone - disagree
    error, _ = is_it_a_gain(*drawn)
    # Clear is what rounding the error does not turn round.
    clear = abs(lead / reviews / error - 1.96) > 0.2 and disagree > model_alone
    shows = np.sqrt(disagree) / reviews - error > 3e-4
    possible = model_alone <= reviews - right
    return drawn if clear and shows and possible else draw_verdicts(rng)


def ask_for_gain(reviews: int, right: int, bag_alone: int, model_alone: int) -> str:
    """Return the question."""
    theirs = right - bag_alone + model_alone
    return (
        f"Both have judged the same {reviews:,} reviews. The bag of words is right on "
        f"{right:,} of them ({right / reviews:.3f}), the LSTM on {theirs:,} "
        f"({theirs / reviews:.3f}). On {bag_alone} the bag alone is right, on "
        f"{model_alone} the LSTM alone.\n"
        "What is the standard error of the LSTM's lead, to four decimals? And is 0 "
        "outside the 95 % interval of the lead, so that the LSTM is better? Give "
        "(error, True or False)."
    )


def derive_gain(reviews: int, right: int, bag_alone: int, model_alone: int) -> str:
    """Return how many standard errors there are between the two."""
    error, gains = is_it_a_gain(reviews, right, bag_alone, model_alone)
    disagree, lead = bag_alone + model_alone, model_alone - bag_alone
    verdict = (
        "outside: the LSTM is better" if gains else "inside, and there is no telling"
    )
    return (
        f"They disagree on {bag_alone} + {model_alone} = {disagree} reviews, d = "
        f"{disagree / reviews:.4f}. The lead is δ = ({model_alone} - {bag_alone}) / "
        f"{reviews} = {lead / reviews:.4f}.\n"
        f"√((d - δ²) / N) = {error:.4f}. The lead is {lead / reviews / error:.1f} of "
        f"these; the limit is 1.96. So 0 is {verdict}."
    )


IS_IT_A_GAIN = Quiz(
    able="tell a difference from chance",
    solution=is_it_a_gain,
    draw=draw_verdicts,
    question=ask_for_gain,
    derivation=derive_gain,
    parts={"the standard error": "", "whether the LSTM is better": ""},
    tolerance=1.5e-4,
    hints=(
        "On how many reviews do the two disagree? That share, d, and the lead δ, both "
        "as shares of the N reviews, go into √((d - δ²) / N).",
        "",
    ),
    mistakes={
        "error-without-its-root": Mistake(
            right="error = np.sqrt((share - lead**2) / reviews)",
            wrong="error = (share - lead**2) / reviews",
            hint="Your standard error is its square: take the root.",
        ),
        "error-of-one-review": Mistake(
            right="np.sqrt((share - lead**2) / reviews)",
            wrong="np.sqrt(share - lead**2)",
            hint="Your standard error does not know how many reviews there are: "
            "divide by N, under the root.",
        ),
        "error-without-the-lead": Mistake(
            right="np.sqrt((share - lead**2) / reviews)",
            wrong="np.sqrt(share / reviews)",
            hint="Your standard error is nearly right: subtract δ², small as it is, "
            "from the share.",
        ),
        "error-of-one-accuracy": Mistake(
            right="np.sqrt((share - lead**2) / reviews)",
            wrong="np.sqrt(right / reviews * (1 - right / reviews) / reviews)",
            hint="Your standard error is that of one accuracy, the bag's. The two "
            "judge the same reviews: what counts is on how many they disagree.",
        ),
        "error-of-the-model": Mistake(
            right="np.sqrt((share - lead**2) / reviews)",
            wrong="np.sqrt((p := right / reviews + lead) * (1 - p) / reviews)",
            hint="Your standard error is that of one accuracy, the LSTM's. The two "
            "judge the same reviews: what counts is on how many they disagree.",
        ),
        "error-as-of-other-reviews": Mistake(
            right="np.sqrt((share - lead**2) / reviews)",
            wrong="np.sqrt(((p := right / reviews) * (1 - p) + (q := p + lead) * "
            "(1 - q)) / reviews)",
            hint="Your standard error is right for two models that judged other "
            "reviews each. These judged the same, so that most of it cancels: what "
            "counts is on how many they disagree.",
        ),
        "error-of-one-side": Mistake(
            right="np.sqrt((share - lead**2) / reviews)",
            wrong="np.sqrt(model_alone / reviews / reviews)",
            hint="Your share counts the reviews on which the LSTM alone is right: "
            "they also disagree where the bag alone is.",
        ),
        "error-of-the-lead-alone": Mistake(
            right="np.sqrt((share - lead**2) / reviews)",
            wrong="np.sqrt(lead / reviews)",
            hint="Your share is the lead: the two disagree on more reviews than "
            "those by which one is ahead. Add the two counts.",
        ),
        "half-the-interval": Mistake(
            right="return float(error)",
            wrong="return float(1.96 * error)",
            hint="Your error is 1.96 standard errors, half the interval: one "
            "standard error is asked for.",
        ),
        "error-in-percent": Mistake(
            right="return float(error)",
            wrong="return float(100 * error)",
            hint="Your standard error is in percent: give it as the accuracies "
            "are, between 0 and 1.",
        ),
        "error-in-reviews": Mistake(
            right="return float(error)",
            wrong="return float(reviews * error)",
            hint="Your standard error is a number of reviews: divide by N.",
        ),
        "any-lead-is-one": Mistake(
            right="lead > 1.96 * error",
            wrong="lead > 0",
            hint="Your error is right. But not every lead is more than chance: how "
            "many times the error is it? It takes 1.96.",
        ),
        "no-lead-is-one": Mistake(
            right="lead > 1.96 * error",
            wrong="False",
            hint="Your error is right. Look at the lead again: it is more than 1.96 "
            "times the error.",
        ),
    },
    reasoning="Where both are right, or both wrong, there is nothing to tell them "
    "apart; what is left is $d\\,N$ reviews on which they disagree, each of which "
    "could have gone the other way. Four times as many reviews halve the error. The "
    "error of *one* accuracy, $\\sqrt{p(1-p)/N}$, answers another question: how far "
    "that accuracy would move with other reviews.",
)


# encode_by_counting -------------------------------------------------------------


def encode_by_counting(texts: list[str], num_words: int, review: str) -> list[int]:
    """Return the ids of a review, by a vocabulary counted on other texts.

    Args:
        texts: what is counted.
        num_words: V, of all ids, the three that stand for no word included.
        review: what is encoded.
    """
    counts = Counter(chain.from_iterable(tokenize(text) for text in texts))
    kept = [word for word, _ in counts.most_common(num_words - 3)]
    id_of = {word: number for number, word in enumerate(kept, start=3)}
    return [1, *(id_of.get(word, 2) for word in tokenize(review))]


def encoding_cases() -> Cases:
    """Return texts in which no two words that matter are equally frequent."""
    texts = [
        "The film, the WHOLE film: a film for a bore!",
        "A film that the heart won't forget. The end? Critics won't tell",
        "The film won't be the same to the end; a heart, a heart, heart",
        "The end... a film, the film which the critics forgot: the heart won't.",
    ]
    return {
        "capitals, rare words and words never counted": (
            texts,
            8,
            "CRITICS, critics! The critics loved a FILM, the critics forgot an end.",
        ),
        "known words in lower case alone": (texts, 8, "the film won't a heart"),
        "a vocabulary of one word": (texts, 4, "the end of the film"),
        "a word never counted": (texts, 7, "the masterpiece"),
    }


ENCODE_BY_COUNTING = Exercise(
    able="turn text into ids",
    solution=encode_by_counting,
    by_hand=(Vocabulary.build, Vocabulary.from_counts),
    cases=encoding_cases,
    parts={"the row of ids": "T"},
    mistakes={
        "reserved-ids-not-counted": Mistake(
            right="counts.most_common(num_words - 3)",
            wrong="counts.most_common(num_words)",
            hint="Your vocabulary has three ids too many: num_words includes "
            "those of padding, start and unknown.",
        ),
        "two-reserved-ids-counted": Mistake(
            right="counts.most_common(num_words - 3)",
            wrong="counts.most_common(num_words - 2)",
            hint="Your vocabulary has an id too many: 0, 1 and 2 are three.",
        ),
        "all-words-kept": Mistake(
            right="counts.most_common(num_words - 3)",
            wrong="counts.most_common()",
            hint="Your vocabulary keeps every word: there are to be num_words ids "
            "in all.",
        ),
        "words-from-id-0": Mistake(
            right="start=3",
            wrong="start=0",
            hint="Your words begin at id 0: three ids are taken before the first word.",
        ),
        "words-from-id-1": Mistake(
            right="start=3",
            wrong="start=1",
            hint="Your words begin at id 1: three ids are taken before the first word.",
        ),
        "words-from-id-2": Mistake(
            right="start=3",
            wrong="start=2",
            hint="Your words begin at id 2, which is taken: it stands for all "
            "that is not known.",
        ),
        "encoded-without-start": Mistake(
            right="[1, *(id_of.get(word, 2) for word in tokenize(review))]",
            wrong="[id_of.get(word, 2) for word in tokenize(review)]",
            hint="Your row has no start: id 1 stands before the first word.",
        ),
        "unknown-words-skipped": Mistake(
            right="(id_of.get(word, 2) for word in tokenize(review))",
            wrong="(id_of[word] for word in tokenize(review) if word in id_of)",
            hint="Your row skips the words that it does not know: each becomes id 2.",
        ),
        "unknown-words-become-padding": Mistake(
            right="id_of.get(word, 2)",
            wrong="id_of.get(word, 0)",
            hint="Your unknown words have id 0, as if nothing stood there: 0 is "
            "padding, unknown is 2.",
        ),
        "counted-by-split": Mistake(
            right="tokenize(text) for text in texts",
            wrong="text.split() for text in texts",
            hint="Your counting cuts at the blanks alone, so that 'The' and "
            "'film,' are words: tokenize the texts.",
        ),
        "encoded-by-split": Mistake(
            right="in tokenize(review)",
            wrong="in review.split()",
            hint="Your review is cut at the blanks alone, so that 'FILM,' is "
            "unknown: tokenize it like the texts.",
        ),
        "encoded-letter-by-letter": Mistake(
            right="in tokenize(review)",
            wrong="in review",
            hint="Your row has an id for each letter: tokenize cuts the review "
            "into words.",
        ),
        "review-counted-too": Mistake(
            right="for text in texts)",
            wrong="for text in [*texts, review])",
            hint="Your vocabulary has counted the review itself: what is judged "
            "later must not have a say in it.",
        ),
        "words-kept-with-their-counts": Mistake(
            right="[word for word, _ in",
            wrong="[word for word in",
            hint="Your vocabulary knows none of the words asked for. Print it: "
            "has it pairs of word and count, as most_common returns them? "
            "Letters, whole texts, the rarest words?",
        ),
        "first-words-kept": Mistake(
            right="in counts.most_common(num_words - 3)",
            wrong="in list(counts.items())[: num_words - 3]",
            hint="Your vocabulary keeps the words that came first: keep the most "
            "frequent.",
        ),
        "rarest-words-kept": Mistake(
            right="in counts.most_common(num_words - 3)",
            wrong="in counts.most_common()[: 2 - num_words : -1]",
            hint="Your vocabulary keeps the rarest words: the most frequent come "
            "first.",
        ),
    },
    hints=(
        "Three steps: count the words of all texts (a Counter does it), give the "
        "most frequent num_words - 3 the ids from 3 on, look up each word.",
        "counts.most_common(n) gives pairs of word and count; with a dictionary "
        "id_of, the row is [1] and id_of.get(word, 2) for each word of "
        "tokenize(review).",
    ),
    reasoning="The review is cut as the texts were, or its words would not be "
    "found. It has no part in the counting. And whatever is not found is *said* "
    "to be unknown: a word that is skipped would move its neighbours together.",
)


# pad_and_mask -------------------------------------------------------------------


def pad_and_mask(
    reviews: list[list[int]], length: int, padding: str, truncating: str
) -> tuple[Ids, Mask]:
    """Bring reviews to one length; return ids (N, T) and mask (N, T).

    Args:
        reviews: lists of ids, none of them 0.
        length: T.
        padding: where zeros are added, "pre" or "post".
        truncating: where what is too long is cut off, "pre" or "post".
    """
    ids = np.zeros((len(reviews), length), int)
    mask = np.zeros((len(reviews), length), bool)
    for row, review in enumerate(reviews):
        kept = review[-length:] if truncating == "pre" else review[:length]
        first = length - len(kept) if padding == "pre" else 0
        place = slice(first, first + len(kept))
        ids[row, place] = kept
        mask[row, place] = True
    return ids, mask


def padding_cases() -> Cases:
    """Return reviews of all lengths, long and short, for each side."""
    reviews = [[1, 4, 2, 6, 7, 8, 2], [1, 9], [1, 5, 2, 11], [1], [1, 3, 2, 8, 4]]
    short, long = [[1, 9], [1, 2, 7]], [[1, 4, 2, 6, 7, 8, 2], [1, 3, 5, 2, 8, 4]]
    return {
        "padding before, truncating the end": (reviews, 4, "pre", "post"),
        "padding after, truncating the beginning": (reviews, 4, "post", "pre"),
        "both 'pre'": (reviews, 5, "pre", "pre"),
        "both 'post'": (reviews, 3, "post", "post"),
        "short reviews alone": (short, 6, "pre", "post"),
        "long reviews alone": (long, 3, "post", "pre"),
        "reviews that just fit": ([[1, 5, 6], [1, 2, 3]], 3, "pre", "pre"),
    }


PAD_AND_MASK = Exercise(
    able="pad and mask a batch",
    solution=pad_and_mask,
    by_hand=(pad_batch,),
    cases=padding_cases,
    parts={"ids": "N T", "mask": "N T"},
    mistakes={
        "cut-at-the-wrong-end": Mistake(
            right='if truncating == "pre" else',
            wrong='if truncating == "post" else',
            hint="Your long reviews are cut at the wrong end: 'pre' drops the "
            "beginning and keeps the end.",
        ),
        "filled-at-the-wrong-end": Mistake(
            right='if padding == "pre" else 0',
            wrong='if padding == "post" else 0',
            hint="Your zeros stand at the wrong end: 'pre' puts them before a review.",
        ),
        "cut-counted-from-the-front": Mistake(
            right="review[-length:] if",
            wrong="review[len(review) - length :] if",
            hint="Your cut takes tokens from short reviews: len(review) - length "
            "is below 0 there, and a slice counts that from the end.",
        ),
        "cut-where-padded": Mistake(
            right='if truncating == "pre" else',
            wrong='if padding == "pre" else',
            hint="Your cut goes by padding: where a review is cut, truncating says.",
        ),
        "filled-where-cut": Mistake(
            right='if padding == "pre" else 0',
            wrong='if truncating == "pre" else 0',
            hint="Your zeros go by truncating: where they stand, padding says.",
        ),
        "always-cut-at-the-beginning": Mistake(
            right='review[-length:] if truncating == "pre" else review[:length]',
            wrong="review[-length:]",
            hint="Your long reviews always lose their beginning: with 'post' they "
            "lose their end.",
        ),
        "always-cut-at-the-end": Mistake(
            right='review[-length:] if truncating == "pre" else review[:length]',
            wrong="review[:length]",
            hint="Your long reviews always lose their end: with 'pre' they lose "
            "their beginning.",
        ),
        "always-filled-before": Mistake(
            right='length - len(kept) if padding == "pre" else 0',
            wrong="length - len(kept)",
            hint="Your zeros always stand before a review: with 'post' they stand "
            "after it.",
        ),
        "always-filled-after": Mistake(
            right='length - len(kept) if padding == "pre" else 0',
            wrong="0",
            hint="Your zeros always stand after a review: with 'pre' they stand "
            "before it.",
        ),
        "ids-and-mask-swapped": Mistake(
            right="return ids, mask",
            wrong="return mask, ids",
            hint="Your ids and mask have changed places: the ids come first.",
        ),
        "mask-marks-the-zeros": Mistake(
            right="return ids, mask",
            wrong="return ids, ~mask",
            hint="Your mask marks the padding: True is where a token stands.",
        ),
        "mask-hides-unknown-words": Mistake(
            right="return ids, mask",
            wrong="return ids, ids > 2",
            hint="Your mask hides the start and the unknown words: they are tokens.",
        ),
        "mask-always-true": Mistake(
            right="mask = np.zeros((len(reviews), length), bool)",
            wrong="mask = np.ones((len(reviews), length), bool)",
            hint="Your mask is True everywhere: where there is padding it is False.",
        ),
    },
    hints=(
        "One review at a time: first cut it, then see how many zeros are missing, "
        "then put them before or after. Has each row length T then, that of a "
        "review which just fits too? The mask is made in the same way.",
        "kept = review[-length:] or review[:length]; zeros = [0] * (length - "
        "len(kept)); the row is zeros + kept or kept + zeros.",
    ),
    reasoning="Cutting and filling are two questions, each with its own side. "
    "After the cut, no review is too long, so that the zeros missing are never "
    "less than none.",
)


# bag_by_counting ----------------------------------------------------------------


def bag_by_counting(ids: Ids, labels: Ids, asked: Ids, size: int) -> Array:
    """Return the logits (B,) of reviews, by word scores that are counted, not trained.

    Args:
        ids: (N, T), of the reviews that are counted; 0 is padding.
        labels: (N,), 1 where positive.
        asked: (B, T), of the reviews to judge.
        size: V, of the vocabulary.
    """

    def is_token(row: Ids) -> Mask:
        return np.asarray(row > 0)

    def shares(reviews: Ids) -> Array:
        counts = np.bincount(reviews[is_token(reviews)], minlength=size) + 1
        parts: Array = counts / counts.sum()
        return parts

    scores = np.log(shares(ids[labels == 1]) / shares(ids[labels == 0]))
    found = np.where(is_token(asked), scores[asked], 0)  # (B, T)
    logits = found.sum(axis=1) / is_token(asked).sum(axis=1)
    return np.asarray(logits)


def bag_cases() -> Cases:
    """Return reviews with much padding and with none; each word is in both kinds."""
    rng = np.random.default_rng(9)
    V, T = 12, 11

    def write(number: int, least: int) -> tuple[Ids, Ids]:
        labels = (np.arange(number) % 3 == 0).astype(int)
        ids = rng.integers(1, V - 2, size=(number, T))
        ids[labels == 1, -2:] = V - 2  # a good word, and a bad one
        ids[labels == 0, -1] = V - 1
        short = rng.integers(least, T + 1, size=number)
        ids = np.where(np.arange(T) >= T - short[:, np.newaxis], ids, 0)
        ids[:2] = np.arange(1, V)  # each word in both kinds
        return ids, labels

    ids, labels = write(14, 2)
    asked = write(7, 2)[0][2:]
    full, full_labels = write(10, T)
    everywhere = np.tile(np.arange(1, 8), (4, 1))
    one_of_each = np.array([[3, 3, 4, 5], [3, 4, 5, 5]]), np.array([1, 0])
    return {
        "reviews short and long": (ids, labels, asked, V),
        "ids that stand in no review": (ids, labels, asked, V + 9),
        "no padding anywhere": (full, full_labels, full[2:5], V),
        "no padding in the reviews counted": (full, full_labels, asked, V),
        "no padding in the reviews asked": (ids, labels, everywhere, V),
        "a review of each kind": (*one_of_each, np.array([[3, 4, 5], [4, 5, 5]]), 6),
    }


BAG_BY_COUNTING = Exercise(
    able="set a baseline that is hard to beat",
    solution=bag_by_counting,
    cases=bag_cases,
    parts={"the logit": "B"},
    tolerance=1e-5,
    mistakes={
        "padding-taken-for-a-word": Mistake(
            right="row > 0",
            wrong="row >= 0",
            hint="Your bag takes padding for a word, in the counts, in the scores "
            "and in the mean: leave it out of all three.",
        ),
        "start-and-unknown-no-words": Mistake(
            right="row > 0",
            wrong="row > 2",
            hint="Your bag leaves the start and the unknown words out: they are "
            "tokens, and only padding counts nowhere.",
        ),
        "padding-counted": Mistake(
            right="reviews[is_token(reviews)]",
            wrong="reviews.ravel()",
            hint="Your counts take padding for a word, so that the sums depend on "
            "how long the reviews are: count ids above 0.",
        ),
        "padding-without-its-1": Mistake(
            right="minlength=size) + 1\n",
            wrong="minlength=size) + 1\n        counts[0] = 0\n",
            hint="Your sums leave id 0 out. That would do as well, but here each "
            "of the V ids has its 1.",
        ),
        "padding-scored": Mistake(
            right="np.where(is_token(asked), scores[asked], 0)",
            wrong="scores[asked]",
            hint="Your sums add a score for padding: only true tokens have one.",
        ),
        "mean-over-all-steps": Mistake(
            right="is_token(asked).sum(axis=1)",
            wrong="asked.shape[1]",
            hint="Your mean divides by T, padding included: divide by the number "
            "of true tokens.",
        ),
        "sum-for-mean": Mistake(
            right="found.sum(axis=1) / is_token(asked).sum(axis=1)",
            wrong="found.sum(axis=1)",
            hint="Your logits are sums: divide by the number of true tokens.",
        ),
        "probabilities-for-logits": Mistake(
            right="np.asarray(logits)",
            wrong="1 / (1 + np.exp(-logits))",
            hint="Your answers are probabilities, none below 0: the logits are wanted.",
        ),
        "verdicts-for-logits": Mistake(
            right="np.asarray(logits)",
            wrong="logits > 0",
            hint="Your answers are verdicts, yes or no: the logits are wanted.",
        ),
        "scores-without-log": Mistake(
            right="np.log(shares(ids[labels == 1]) / shares(ids[labels == 0]))",
            wrong="shares(ids[labels == 1]) / shares(ids[labels == 0])",
            hint="Your scores are ratios, none below 0: take their logarithm.",
        ),
        "scores-upside-down": Mistake(
            right="shares(ids[labels == 1]) / shares(ids[labels == 0])",
            wrong="shares(ids[labels == 0]) / shares(ids[labels == 1])",
            hint="Your scores are upside down: a word of positive reviews is above 0.",
        ),
        "reviews-not-told-apart": Mistake(
            right="shares(ids[labels == 1]) / shares(ids[labels == 0])",
            wrong="shares(ids[labels]) / shares(ids[1 - labels])",
            hint="Your scores are all 0, as if both kinds of review had the same "
            "words. ids[labels == 1] picks the positive rows; ids[labels] does "
            "not.",
        ),
        "each-word-once-a-review": Mistake(
            right="np.bincount(reviews[is_token(reviews)], minlength=size)",
            wrong="sum(np.bincount(r[r > 0], minlength=size) > 0 for r in reviews)",
            hint="Your counts have a word once a review, however often it stands "
            "there: count each time.",
        ),
        "size-forgotten": Mistake(
            right=", minlength=size",
            wrong="",
            hint="Your counts end at the largest id that occurs: each of the V "
            "ids has its 1, also one that stands in no review.",
        ),
        "sum-without-the-1s": Mistake(
            right="counts / counts.sum()",
            wrong="counts / (counts - 1).sum()",
            hint="Your shares are divided by the counts alone: the 1s belong to "
            "that sum too.",
        ),
        "divided-by-the-reviews": Mistake(
            right="counts / counts.sum()",
            wrong="counts / len(reviews)",
            hint="Your shares are divided by the number of reviews: divide by the "
            "sum of all the counts, 1s included.",
        ),
        "counts-for-shares": Mistake(
            right="= counts / counts.sum()",
            wrong="= counts",
            hint="Your scores compare counts: where one kind of review has more "
            "words, all scores lean to its side. Make shares of them.",
        ),
        "nothing-added-to-counts": Mistake(
            right="minlength=size) + 1",
            wrong="minlength=size)",
            hint="Your counts begin at 0, and a word that stands on one side only "
            "has an infinite score: add 1 to each.",
        ),
    },
    hints=(
        "Three steps: count each id in the positive and in the negative reviews, "
        "make V scores of the counts, take the mean score of each review asked.",
        "np.bincount(some_ids[some_ids > 0], minlength=size) + 1 counts; divided "
        "by its sum these are shares; scores[asked] is (B, T), and asked > 0 its "
        "mask.",
    ),
    reasoning="A bag of words again, with one score a word, found by counting "
    "once. Each step leaves the padding out: in the counts, in the sum, and in "
    "the number that it is divided by. (With the sum for the mean, this is *naive "
    "Bayes* for as many reviews of each kind; the verdicts are the same.)",
)


EXERCISES: dict[str, Exercise] = {
    "sentence_to_row": SENTENCE_TO_ROW,
    "is_it_a_gain": IS_IT_A_GAIN,
    "encode_by_counting": ENCODE_BY_COUNTING,
    "pad_and_mask": PAD_AND_MASK,
    "bag_by_counting": BAG_BY_COUNTING,
}
