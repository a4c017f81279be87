"""Two engines, one model: NumPy and Keras behind the same three methods."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.sentiment import SentimentConfig

if TYPE_CHECKING:
    from lstm_course.twin.sentiment import KerasSentimentModel


def build_sentiment_model(
    *,
    engine: Literal["numpy", "keras"] = "numpy",
    cell: str = "lstm",
    num_words: int = 500,
    embedding_dim: int = 16,
    units: int = 8,
    layers: int = 1,
    dropout: float = 0.0,
    mask_zero: bool = False,
    seed: int = 42,
    bidirectional: bool = False,
    pooling: Literal["last", "mean", "max", "max_mean"] = "last",
    head_dropout: float = 0.0,
    ngrams: int = 0,
    network_share: float = 1.0,
) -> "NumpySentimentModel | KerasSentimentModel":
    """Return a model that tells whether a film review is positive, ready to train.

    Embedding (num_words, embedding_dim), ``layers`` recurrent layers of ``units``,
    one sigmoid output. Both engines have ``fit``, ``predict``, ``evaluate`` and
    ``save``; Keras is loaded only for its own.

    Args:
        engine: "numpy", the course's own code, or "keras".
        cell: the kind of recurrent layer.
        num_words: ids go from 0 to num_words - 1.
        embedding_dim: numbers a word is turned into.
        units: the size of the hidden state.
        layers: recurrent layers one above the other; 0 puts the mean of the
            embeddings in their place, a bag of embeddings.
        dropout: share of each recurrent layer's inputs dropped while training.
        mask_zero: skip id 0, the padding.
        seed: decides the first weights, the shuffling and the dropout.
        bidirectional: let each recurrent layer read both ways, with ``units`` each way.
        pooling: what the output layer reads: the last step of the last layer, or of all
            steps the mean, the largest of each feature, or both. Without a recurrent
            layer "last" is the mean.
        head_dropout: share of the output layer's inputs dropped while training.
        ngrams: how many words the longest n-grams have that a linear model beside the
            network reads; 0: there is none. NumPy alone has it.
        network_share: of the network's logit, when it is added to the linear model's.

    Raises:
        TypeError, ValueError: an argument makes no model; the message names it.
    """
    config = SentimentConfig(
        cell,
        num_words,
        embedding_dim,
        units,
        layers,
        dropout,
        mask_zero,
        seed,
        bidirectional,
        pooling,
        head_dropout,
        ngrams,
        network_share,
    )
    if engine == "numpy":
        return NumpySentimentModel(config)
    if engine == "keras":
        from lstm_course.twin.sentiment import KerasSentimentModel

        return KerasSentimentModel(config)
    raise ValueError(f"engine is {engine!r}; expected 'numpy' or 'keras'")


def load_model(path: str | Path) -> "NumpySentimentModel | KerasSentimentModel":
    """Return a model that ``save`` or a checkpoint wrote, of the engine it was of.

    Args:
        path: a file ending in .npz (NumPy) or .keras (Keras).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it has another ending, or holds something else.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no model at {path}")
    if Path(path).suffix == ".npz":
        return NumpySentimentModel.load(path)
    if Path(path).suffix == ".keras":
        from lstm_course.twin.sentiment import KerasSentimentModel

        return KerasSentimentModel.load(path)
    raise ValueError(f"path is {str(path)!r}; expected a name ending in .npz or .keras")
