"""docs/networks.md says what the code does."""

from __future__ import annotations

import re

from generator.networks import named, names
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "networks.md").read_text("utf-8")
HEAD = """\
| name | network | a part holds | forms | becomes a link | hashtags | pictures | threads |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def row(name: str) -> str:
    n = named(name)
    limits = n.limits
    holds = "no limit" if limits.limit is None else f"{limits.limit:,} {limits.unit}"
    if limits.most_bytes is not None:
        holds += f", {limits.most_bytes:,} bytes"
    forms = ", ".join(f"**{f}**" if f == n.form else f for f in n.forms)
    linked = ", ".join(n.linked) or "nothing"
    most = "any" if limits.hashtags is None else str(limits.hashtags)
    pictures = f"{limits.media} by {limits.media_mode}" if limits.media_mode != "none" else "none"
    threads = "yes" if limits.threads else "no"
    return f"| `{name}` | {n.title} | {holds} | {forms} | {linked} | {most} | {pictures} | {threads} |\n"


def test_the_table_says_of_every_network_in_it_what_the_code_does() -> None:
    found = re.search(r"<!-- networks -->\n(.*?)<!-- /networks -->", PAGE, re.DOTALL)
    assert found is not None
    assert found[1].startswith(HEAD)
    rows = found[1].removeprefix(HEAD).splitlines(keepends=True)
    assert len(rows) >= 11
    assert rows == [row(line.split("`")[1]) for line in rows]


def test_every_form_and_setting_that_a_network_has_is_described() -> None:
    forms = {form for name in names() for form in named(name).forms}
    for word in (*forms, "posts", "numbered", "disclaimer", "limit", "form", "base_url"):
        assert f"`{word}`" in PAGE, word
