"""Small market states in YAML, and what is needed to read them and to draw their past.

`reading` is the strict YAML, `form` the shape of a scenario file, `paths` the price history,
`flows` the volume, funding, open interest and premium history. The stage that turns a file into
a snapshot is `generator.collect.scenario`.
"""
