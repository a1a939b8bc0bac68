"""How a text leans: positive, neutral or negative, with probabilities that mean what they say."""

from textmine.sentiment.classifier import SentimentClassifier
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.persistence import load_classifier, load_confusion, save_classifier
from textmine.sentiment.shares import Shares, estimate_shares

__all__ = [
    "Confusion",
    "SentimentClassifier",
    "Shares",
    "estimate_shares",
    "load_classifier",
    "load_confusion",
    "save_classifier",
]
