"""From the state of the crypto market to text that is true."""

__version__ = "0.1.0"
