"""gradc: one model in, agreeing gradients out."""

__version__ = "0.1.0"
