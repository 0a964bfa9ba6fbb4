"""One kind of chart, one file; nothing lists them.

    FOR                             patterns of "family/rule" that it shows
    picture(view) -> Picture | None   None where the data for it do not exist

Where several kinds show a rule, those whose pattern says more come first.
"""
