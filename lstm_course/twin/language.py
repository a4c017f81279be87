"""The language model in Keras, built with today's API. Loads Keras when imported."""

from typing import Any

from lstm_course.system.keras_import import import_keras
from lstm_course.training.language import LanguageParams
from lstm_course.twin.weights import params_to_keras

keras: Any = import_keras()
layers = keras.layers


def keras_language_model(params: LanguageParams, streams: int) -> Any:
    """Return a ``keras.Model`` with these weights: ids (B, T) to logits (B, T, K).

    It is stateful: the state after a call is that before the next, until
    ``reset_state()`` is called on its LSTM, ``model.layers[1]``.

    Args:
        params: the weights, which are copied.
        streams: B, which a stateful layer has to know beforehand.
    """
    characters, embedding_dim = params.embedding.embeddings.shape
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(streams, None), dtype="int32"),
            layers.Embedding(characters, embedding_dim),
            layers.LSTM(
                len(params.recurrent.recurrent_kernel),
                return_sequences=True,
                stateful=True,
            ),
            layers.Dense(characters),
        ]
    )
    params_to_keras(params, model)
    return model
