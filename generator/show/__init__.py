"""What a person sees of a run: the run folder, the page in the browser, the terminal."""
