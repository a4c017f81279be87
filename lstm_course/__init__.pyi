# The public names, each with the module that it stands in. The lessons import from here
# and from nowhere deeper.

from lstm_course.arrays.activations import sigmoid as sigmoid
from lstm_course.arrays.gradcheck import (
    central_difference_gradient as central_difference_gradient,
)
from lstm_course.arrays.gradcheck import complex_step_gradient as complex_step_gradient
from lstm_course.arrays.gradcheck import worst_entry as worst_entry
from lstm_course.arrays.trees import tree_leaves as tree_leaves
from lstm_course.arrays.trees import tree_map as tree_map
from lstm_course.commands.doctor import examine_setup as examine_setup
from lstm_course.commands.doctor import report_setup as report_setup
from lstm_course.data.characters import Characters as Characters
from lstm_course.data.characters import cut_streams as cut_streams
from lstm_course.data.characters import join_reviews as join_reviews
from lstm_course.data.imdb import IMDB as IMDB
from lstm_course.data.imdb import IMDB_CITATION as IMDB_CITATION
from lstm_course.data.imdb import Split as Split
from lstm_course.data.imdb import load_imdb as load_imdb
from lstm_course.data.ngrams import fit_ngrams as fit_ngrams
from lstm_course.data.ngrams import ngram_probabilities as ngram_probabilities
from lstm_course.data.ngrams import ngrams_next as ngrams_next
from lstm_course.data.pieces import count_in_pieces as count_in_pieces
from lstm_course.data.pieces import telling_words as telling_words
from lstm_course.data.series import cut_windows as cut_windows
from lstm_course.data.series import mackey_glass as mackey_glass
from lstm_course.data.tasks import adding_batch as adding_batch
from lstm_course.data.text import Vocabulary as Vocabulary
from lstm_course.data.text import pad_batch as pad_batch
from lstm_course.data.text import tokenize as tokenize
from lstm_course.exercises.check import check as check
from lstm_course.exercises.check import quiz as quiz
from lstm_course.exercises.check import solution as solution
from lstm_course.exercises.progress import show_progress as show_progress
from lstm_course.experiments.runner import load_experiment as load_experiment
from lstm_course.experiments.verdict import compare as compare
from lstm_course.experiments.verdict import mcnemar as mcnemar
from lstm_course.experiments.verdict import mean_interval as mean_interval
from lstm_course.experiments.verdict import paired_difference as paired_difference
from lstm_course.experiments.verdict import review_difference as review_difference
from lstm_course.layers.bidirectional import BothWays as BothWays
from lstm_course.layers.bidirectional import (
    bidirectional_backward as bidirectional_backward,
)
from lstm_course.layers.bidirectional import (
    bidirectional_forward as bidirectional_forward,
)
from lstm_course.layers.bidirectional import bidirectional_init as bidirectional_init
from lstm_course.layers.cells import CELLS as CELLS
from lstm_course.layers.dropout import dropout_mask as dropout_mask
from lstm_course.layers.embedding import EmbeddingParams as EmbeddingParams
from lstm_course.layers.embedding import embedding_forward as embedding_forward
from lstm_course.layers.embedding import embedding_init as embedding_init
from lstm_course.layers.fused.gru import GRUTrace as GRUTrace
from lstm_course.layers.fused.gru import gru_backward as gru_backward
from lstm_course.layers.fused.gru import gru_forward as gru_forward
from lstm_course.layers.fused.lstm import LSTMTrace as LSTMTrace
from lstm_course.layers.fused.lstm import lstm_backward as lstm_backward
from lstm_course.layers.fused.lstm import lstm_forward as lstm_forward
from lstm_course.layers.fused.rnn import RNNTrace as RNNTrace
from lstm_course.layers.fused.rnn import rnn_backward as rnn_backward
from lstm_course.layers.fused.rnn import rnn_forward as rnn_forward
from lstm_course.layers.gru import GRUGates as GRUGates
from lstm_course.layers.gru import GRUParams as GRUParams
from lstm_course.layers.gru import GRUState as GRUState
from lstm_course.layers.gru import gru_init as gru_init
from lstm_course.layers.gru import gru_step as gru_step
from lstm_course.layers.gru import gru_step_backward as gru_step_backward
from lstm_course.layers.lstm import LSTMGates as LSTMGates
from lstm_course.layers.lstm import LSTMParams as LSTMParams
from lstm_course.layers.lstm import LSTMState as LSTMState
from lstm_course.layers.lstm import lstm_init as lstm_init
from lstm_course.layers.lstm import lstm_step as lstm_step
from lstm_course.layers.lstm import lstm_step_backward as lstm_step_backward
from lstm_course.layers.parameters import count_parameters as count_parameters
from lstm_course.layers.rnn import RNNGates as RNNGates
from lstm_course.layers.rnn import RNNParams as RNNParams
from lstm_course.layers.rnn import RNNState as RNNState
from lstm_course.layers.rnn import rnn_init as rnn_init
from lstm_course.layers.rnn import rnn_step as rnn_step
from lstm_course.layers.rnn import rnn_step_backward as rnn_step_backward
from lstm_course.study.generalization_gap import loss_gap_at as loss_gap_at
from lstm_course.study.gradient_flow import gradient_reach as gradient_reach
from lstm_course.study.gradient_flow import state_gradients as state_gradients
from lstm_course.study.measurements import over_seeds as over_seeds
from lstm_course.study.measurements import read_measurement as read_measurement
from lstm_course.study.measurements import spread as spread
from lstm_course.study.plots.cells import curves_over_time as curves_over_time
from lstm_course.study.plots.cells import squashing_curves as squashing_curves
from lstm_course.study.plots.cells import value_table as value_table
from lstm_course.study.plots.comparison import cell_comparison as cell_comparison
from lstm_course.study.plots.forecasts import forecasts_beside as forecasts_beside
from lstm_course.study.plots.forecasts import forecasts_beyond as forecasts_beyond
from lstm_course.study.plots.gradients import SpreadPanel as SpreadPanel
from lstm_course.study.plots.gradients import spread_lines as spread_lines
from lstm_course.study.plots.ladder import accuracy_by_cost as accuracy_by_cost
from lstm_course.study.plots.ladder import (
    shared_and_other_films as shared_and_other_films,
)
from lstm_course.study.plots.reading import verdict_curves as verdict_curves
from lstm_course.study.plots.reading import word_maps as word_maps
from lstm_course.study.plots.reviews import accuracy_by_size as accuracy_by_size
from lstm_course.study.plots.reviews import blanked_text as blanked_text
from lstm_course.study.plots.reviews import loss_gap_curves as loss_gap_curves
from lstm_course.study.plots.reviews import mask_grids as mask_grids
from lstm_course.study.plots.reviews import seed_dots as seed_dots
from lstm_course.study.plots.style import BLUE as BLUE
from lstm_course.study.plots.style import GREEN as GREEN
from lstm_course.study.plots.style import GREY as GREY
from lstm_course.study.plots.style import ORANGE as ORANGE
from lstm_course.study.plots.style import PURPLE as PURPLE
from lstm_course.study.plots.style import new_figure as new_figure
from lstm_course.study.plots.style import use_slide_style as use_slide_style
from lstm_course.study.plots.training import learning_curves as learning_curves
from lstm_course.study.plots.writing import writing_stages as writing_stages
from lstm_course.study.reading import forward_with as forward_with
from lstm_course.study.reading import read_review as read_review
from lstm_course.study.reading import running_logits as running_logits
from lstm_course.study.show import show as show
from lstm_course.study.stored_models import describe_model as describe_model
from lstm_course.study.stored_models import read_model as read_model
from lstm_course.study.stored_models import read_writer as read_writer
from lstm_course.system.keras_import import import_keras as import_keras
from lstm_course.system.process import tune_process as tune_process
from lstm_course.training.forecasting import fit_changes as fit_changes
from lstm_course.training.forecasting import fit_least_squares as fit_least_squares
from lstm_course.training.forecasting import last_value as last_value
from lstm_course.training.forecasting import rms_error as rms_error
from lstm_course.training.forecasting import roll_out as roll_out
from lstm_course.training.history import History as History
from lstm_course.training.language import LanguageModel as LanguageModel
from lstm_course.training.language import draw_character as draw_character
from lstm_course.training.language import language_backward as language_backward
from lstm_course.training.language import language_bits as language_bits
from lstm_course.training.language import language_forward as language_forward
from lstm_course.training.language import language_init as language_init
from lstm_course.training.language import read_in_pieces as read_in_pieces
from lstm_course.training.language import temper as temper
from lstm_course.training.language import train_language as train_language
from lstm_course.training.language import write_text as write_text
from lstm_course.training.losses import mean_squared_error as mean_squared_error
from lstm_course.training.losses import softmax as softmax
from lstm_course.training.losses import softmax_cross_entropy as softmax_cross_entropy
from lstm_course.training.optimizers import adam_update as adam_update
from lstm_course.training.optimizers import clip_by_global_norm as clip_by_global_norm
from lstm_course.training.optimizers import global_norm as global_norm
from lstm_course.training.optimizers import optimizer_init as optimizer_init
from lstm_course.training.regression import regression_backward as regression_backward
from lstm_course.training.regression import regression_forward as regression_forward
from lstm_course.training.regression import regression_init as regression_init
from lstm_course.training.regression import train_regression as train_regression
from lstm_course.training.word_vectors import word_vectors as word_vectors
from lstm_course.twin.models import build_sentiment_model as build_sentiment_model
from lstm_course.twin.models import load_model as load_model
from lstm_course.twin.weights import params_to_keras as params_to_keras

from . import plain as plain
