"""How a text leans: positive, neutral or negative, with probabilities that mean what they say."""

from textmine.sentiment.classifier import SentimentClassifier
from textmine.sentiment.persistence import load_classifier, save_classifier

__all__ = ["SentimentClassifier", "load_classifier", "save_classifier"]
