"""From social-media exports of Indonesian government agencies to evidence for award judges."""

__version__ = "0.1.0"
