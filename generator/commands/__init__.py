"""One module per command; see `generator/cli.py` for what each must have."""
