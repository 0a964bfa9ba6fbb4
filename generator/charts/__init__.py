"""Charts: what a story's lead looks like, from the very numbers that the note is written from.

`choose` decides and describes (pure: no clock, no disk, no matplotlib), one file in `kinds/` for
each kind of chart; `draw` turns a description into a PNG and is the only module that imports
matplotlib; `child` runs it in a process of its own while the text is written. This package is also
what that process imports first, so nothing heavy stands here.
"""
