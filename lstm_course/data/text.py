"""From text to padded batches of word ids, as ``keras.datasets.imdb`` does it.

    text → tokenize → Vocabulary.encode → pad_batch → ids (B, T) and their mask

Three ids stand for no word: 0 is padding, 1 the start of a text, 2 a word that the
vocabulary does not know. Words follow from 3 on, the most frequent first.
"""

import reprlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from lstm_course.arrays.shapes import Ids, Mask, check_at_least, is_integer

PADDING, START, UNKNOWN = 0, 1, 2

# How the ids that are no words are shown. No word looks like them: `tokenize`
# leaves no bracket in a word.
RESERVED = ("[pad]", "[start]", "[?]")
UNUSED = "[unused]"

_SEPARATORS = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))
_LARGEST_ID = int(np.iinfo(np.int32).max)


def tokenize(text: str) -> list[str]:
    """Return the words of a text as Keras' tokenizer cuts them.

    Everything becomes lower case; ASCII punctuation, tabs and line ends separate
    words; the apostrophe belongs to its word. Nothing cleverer happens: the line
    break ``<br />`` becomes the word ``br``, ``7.5`` the words ``7`` and ``5``, and
    a curly quotation mark or a no-break space stays part of the word beside it.

    Raises:
        TypeError: `text` is no string.
    """
    if not isinstance(text, str):
        raise TypeError(f"text is a {type(text).__name__}; expected a str")
    return [word for word in text.lower().translate(_SEPARATORS).split(" ") if word]


@dataclass(frozen=True, repr=False)
class Vocabulary:
    """The words a model knows, and the id of each.

    Attributes:
        tokens: what each id stands for, by id: the three `RESERVED` names, then the
            words, the most frequent first.
    """

    tokens: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.tokens[: len(RESERVED)] != RESERVED:
            raise ValueError(
                f"tokens starts with {self.tokens[: len(RESERVED)]}; "
                f"expected {RESERVED}, what ids 0, 1 and 2 stand for"
            )
        if len(self.id_of) != len(self.tokens):
            token, times = Counter(self.tokens).most_common(1)[0]
            raise ValueError(
                f"tokens holds {token!r} {times} times; expected each token once"
            )

    @classmethod
    def build(cls, texts: Iterable[str | Iterable[str]], num_words: int) -> Self:
        """Count the words of texts and keep the most frequent.

        Args:
            texts: strings, which are tokenized, or lists of words, which are not.
            num_words: how many ids there are at most, the three reserved ones
                included, as in Keras: every id is below it.

        Raises:
            TypeError: `texts` is one string, or `num_words` no integer.
            ValueError: `num_words` leaves no room for a word.
        """
        if isinstance(texts, str):
            raise TypeError("texts is a str; expected an iterable of texts")
        words = (tokenize(text) if isinstance(text, str) else text for text in texts)
        return cls.from_counts(Counter(chain.from_iterable(words)), num_words)

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], num_words: int) -> Self:
        """Keep the most frequent of words already counted.

        Words that are equally frequent come in alphabetical order, so that the ids
        do not depend on the order of the texts.

        Raises:
            TypeError: `counts` is no mapping, or `num_words` no integer.
            ValueError: `num_words` leaves no room for a word.
        """
        if not isinstance(counts, Mapping):
            raise TypeError(
                f"counts is a {type(counts).__name__}; "
                "expected a mapping from words to how often each occurs"
            )
        check_at_least("num_words", num_words, len(RESERVED) + 1)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(RESERVED + tuple(ranked[: num_words - len(RESERVED)]))

    @cached_property
    def id_of(self) -> dict[str, int]:
        """The id of every token."""
        return {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        """Return the number of ids, the reserved ones included."""
        return len(self.tokens)

    def __repr__(self) -> str:
        """Show the first tokens only."""
        first = " ".join(self.tokens[:8])
        return f"Vocabulary({len(self)} tokens: {first}{' …' * (len(self) > 8)})"

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text: the start id, then one id a word."""
        ids = [self.id_of.get(word, UNKNOWN) for word in tokenize(text)]
        return [START, *ids]

    def decode(self, ids: Iterable[int]) -> str:
        """Return what is left of a text once it is ids: ``[start] a [?] film``.

        Raises:
            TypeError: an id is no integer.
            ValueError: an id is outside the vocabulary.
        """
        ids = list(ids)
        for number in ids:
            if not is_integer(number):
                raise TypeError(f"ids holds {reprlib.repr(number)}; expected integers")
        strangers = sorted({int(n) for n in ids if not 0 <= n < len(self)})
        if strangers:
            raise ValueError(
                f"ids holds {reprlib.repr(strangers)}; expected ids from 0 "
                f"to {len(self) - 1}, one for each token of this vocabulary"
            )
        return " ".join(self.tokens[number] for number in ids)


def pad_batch(
    sequences: Iterable[Sequence[int] | Ids],
    length: int,
    *,
    padding: Literal["pre", "post"] = "pre",
    truncating: Literal["pre", "post"] = "pre",
) -> tuple[NDArray[np.int32], Mask]:
    """Bring sequences of different lengths to one length.

    Args:
        sequences: N sequences of ids; an empty one is allowed.
        length: number of steps T that each gets.
        padding: where zeros are added to a shorter sequence: before it or after it.
        truncating: where a longer sequence is cut: ``"pre"`` drops its beginning,
            ``"post"`` its end.

    Returns:
        ids (N, T) int32, and the mask (N, T): True where an id of a sequence stands,
        False where there is padding. The mask goes by position, so an id 0 inside a
        sequence is no padding.

    Raises:
        TypeError: a sequence holds something else than integers, or `length` is none.
        ValueError: an id is negative or beyond int32, `length` is less than 1, or
            `padding` or `truncating` is neither ``"pre"`` nor ``"post"``.
    """
    check_at_least("length", length, 1)
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise ValueError(f"{name} is {side!r}; expected 'pre' or 'post'")

    rows = [_id_array(sequence, row) for row, sequence in enumerate(sequences)]
    kept = [ids[-length:] if truncating == "pre" else ids[:length] for ids in rows]
    kept_length = np.array([len(ids) for ids in kept], dtype=np.intp)[:, np.newaxis]
    step = np.arange(length)
    mask = step >= length - kept_length if padding == "pre" else step < kept_length
    batch = np.zeros(mask.shape, dtype=np.int32)
    # Both sides run row by row, from left to right.
    batch[mask] = np.concatenate([np.empty(0, dtype=np.int64), *kept])
    return batch, mask


def _id_array(sequence: Sequence[int] | Ids, row: int) -> NDArray[np.int64]:
    try:
        ids = np.asarray(sequence)
    except ValueError:  # lists of different lengths inside
        ids = np.asarray(None)
    whole = ids.ndim == 1 and ids.size and ids.dtype.kind in "iu"
    if not (whole and 0 <= ids.min() <= ids.max() <= _LARGEST_ID):
        for number in sequence if isinstance(sequence, Iterable) else ():
            shown = f"sequences[{row}] holds {reprlib.repr(number)}"
            if not is_integer(number):
                raise TypeError(f"{shown}; expected integers")
            if not 0 <= number <= _LARGEST_ID:
                raise ValueError(f"{shown}; expected ids from 0 to {_LARGEST_ID}")
        if ids.ndim != 1:
            raise TypeError(
                f"sequences[{row}] is a {type(sequence).__name__}; "
                "expected a sequence of integers"
            )
    return ids.astype(np.int64)
