"""One file per source. A module here with NAME and `fetch` is a source; nothing lists them."""
