"""Which posts are good, by the labels of judges or by engagement net of audience, with reasons and with doubt."""

from textmine.quality.labels import read_labels
from textmine.quality.model import QualityModel
from textmine.quality.persistence import load_model, load_reference, save_model
from textmine.quality.reasons import reasons
from textmine.quality.settings import CLASSES, UNSURE, QualitySettings
from textmine.quality.stage import model_folder, post_features, quality_stage, training_stage
from textmine.quality.training import Trained, train

__all__ = [
    "CLASSES",
    "UNSURE",
    "QualityModel",
    "QualitySettings",
    "Trained",
    "load_model",
    "load_reference",
    "model_folder",
    "post_features",
    "quality_stage",
    "read_labels",
    "reasons",
    "save_model",
    "train",
    "training_stage",
]
