"""Text as characters: a small alphabet, ids, and streams to read side by side.

    reviews → one long text → ids (N,) → streams (B, N // B), one row a reader

A review is one line, so that the line's end says that it is over.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lstm_course.arrays.shapes import Ids, check_at_least, check_shapes

END = "\n"  # of a review; it also stands before the first
OTHER = "\N{REPLACEMENT CHARACTER}"  # any character outside the alphabet

# How the reviews write a new line, and what no screen shows.
_BLANKS = re.compile(r"<br ?/?>|[\x00-\x1f\x7f-\x9f]")


def join_reviews(reviews: Iterable[str]) -> str:
    """Return reviews as one text, a line each, which begins and ends with an END.

    What cannot be seen becomes a space, with the blanks around it: ``<br />``, which is
    how the reviews write a new line, and control characters.

    Raises:
        TypeError: `reviews` is one string.
    """
    if isinstance(reviews, str):
        raise TypeError("reviews is a str; expected an iterable of texts")
    lines = [" ".join(_BLANKS.sub(" ", text).split()) for text in reviews]
    return END + "".join(line + END for line in lines)


@dataclass(frozen=True, repr=False)
class Characters:
    """The characters that a model knows: the id of each is its place.

    Attributes:
        alphabet: K different characters; OTHER, the last, stands for all the rest.
    """

    alphabet: str

    def __post_init__(self) -> None:
        if not self.alphabet.endswith(OTHER):
            raise ValueError(
                f"alphabet ends with {self.alphabet[-1:]!r}; expected {OTHER!r}, "
                "which stands for all other characters"
            )
        if len(self.id_of) != len(self.alphabet):
            character, times = Counter(self.alphabet).most_common(1)[0]
            raise ValueError(
                f"alphabet holds {character!r} {times} times; expected each once"
            )

    @classmethod
    def build(cls, text: str, size: int) -> Self:
        """Keep the most frequent characters of a text; equals in the order of Unicode.

        Args:
            text: what to count in: of the training part alone.
            size: K, how many there are at most, OTHER included.

        Raises:
            TypeError: `size` is no integer.
            ValueError: `size` is less than 2.
        """
        check_at_least("size", size, 2)
        counts = Counter(text)
        counts.pop(OTHER, None)
        ranked = sorted(counts, key=lambda character: (-counts[character], character))
        return cls("".join(ranked[: size - 1]) + OTHER)

    @cached_property
    def id_of(self) -> dict[str, int]:
        """The id of every character."""
        return {character: number for number, character in enumerate(self.alphabet)}

    def __len__(self) -> int:
        """Return K, OTHER included."""
        return len(self.alphabet)

    def __repr__(self) -> str:
        """Show the first characters only."""
        return f"Characters({len(self)}: {self.alphabet[:8]!r} …)"

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the id of each character, (N,).

        Raises:
            TypeError: `text` is no string.
        """
        if not isinstance(text, str):
            raise TypeError(f"text is a {type(text).__name__}; expected a str")
        other = len(self) - 1
        ids = (self.id_of.get(character, other) for character in text)
        return np.fromiter(ids, np.int32, len(text))

    def decode(self, ids: Ids) -> str:
        """Return the text of ids (N,).

        Raises:
            TypeError, ValueError: ids are no integers, have another rank, or one is
                outside the alphabet.
        """
        check_shapes(ids=(ids, "int N"))
        if ids.size and not (ids.min() >= 0 and ids.max() < len(self)):
            raise ValueError(
                f"ids go from {ids.min()} to {ids.max()}; expected 0 to "
                f"{len(self) - 1}, one for each character of the alphabet"
            )
        return "".join(self.alphabet[number] for number in ids)


def cut_streams(ids: Ids, streams: int) -> Ids:
    """Cut a text into rows of one length, to be read side by side.

    Each row goes on where the one above it ends, and its last id is the first of the
    next: what is to be foretold at the end of the one, and read at the start of the
    other. What is left over at the end is dropped.

    Args:
        ids: (N,) of a text.
        streams: B, how many rows.

    Returns:
        (B, L + 1), with L = (N - 1) // B: so many ids to foretell in each row.

    Raises:
        TypeError, ValueError: an argument has the wrong kind or rank, or the text is
            too short for so many rows.
    """
    check_shapes(ids=(ids, "int N"))
    check_at_least("streams", streams, 1)
    length = (len(ids) - 1) // streams
    if length < 1:
        raise ValueError(
            f"ids has {len(ids)} entries; expected {streams + 1} or more for "
            f"{streams} streams"
        )
    return np.stack([ids[k * length : (k + 1) * length + 1] for k in range(streams)])
