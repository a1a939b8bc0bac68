"""How a text leans: positive, neutral or negative, with probabilities that mean what they say."""

from textmine.sentiment.classifier import SentimentClassifier

__all__ = ["SentimentClassifier"]
