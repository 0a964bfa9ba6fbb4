"""The tests of drafts in Ghost, on Ghost itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from generator.publish.ledger import Ledger
from tests.publish.test_ghost import (
    Site,
    test_a_correction_changes_the_page_and_not_what_somebody_else_changed,
    test_a_draft_is_made_with_its_picture_and_reads_back_word_for_word,
    test_a_draft_is_taken_back_whole_and_twice_is_no_matter,
    test_a_wrong_key_sends_nothing_and_is_shown_nowhere,
    test_the_same_post_is_one_page_however_often_it_is_sent,
)
from tests.servers.started import ghost

__all__ = [
    "test_a_correction_changes_the_page_and_not_what_somebody_else_changed",
    "test_a_draft_is_made_with_its_picture_and_reads_back_word_for_word",
    "test_a_draft_is_taken_back_whole_and_twice_is_no_matter",
    "test_a_wrong_key_sends_nothing_and_is_shown_nowhere",
    "test_the_same_post_is_one_page_however_often_it_is_sent",
]
pytestmark = pytest.mark.skipif(
    not os.environ.get("COMMENTARY_SERVERS"), reason="real servers run with `make test-servers`"
)
ADMIN = "/ghost/api/admin"
OWNER = {"name": "Desk", "email": "desk@example.org", "password": "a long planted passphrase"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that was set up, with the key of an integration."""
    with ghost(tmp_path_factory.mktemp("ghost")) as url:
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        setup = {"setup": [OWNER | {"blogTitle": "Desk"}]}
        _asked(browser, url, "/authentication/setup/", setup)
        login = {"username": OWNER["email"], "password": OWNER["password"]}
        _asked(browser, url, "/session/", login)
        made = _asked(
            browser, url, "/integrations/?include=api_keys", {"integrations": [{"name": "desk"}]}
        )
        keys = made["integrations"][0]["api_keys"]
        yield Site(url, next(k["secret"] for k in keys if k["type"] == "admin"), None)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "state") as ledger:
        yield ledger


def _asked(browser: OpenerDirector, url: str, route: str, body: Any) -> Any:
    headers = {"content-type": "application/json", "origin": url, "accept-version": "v5.0"}
    with browser.open(Request(url + ADMIN + route, json.dumps(body).encode(), headers)) as answer:
        text = answer.read()
    return json.loads(text) if text.startswith(b"{") else None
