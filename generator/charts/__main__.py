"""The drawing process: `python -m generator.charts < pictures.json`, one line of JSON per picture.

Reads {"pictures": [{"name", "size", "picture"}]}; writes {"name", "size", "png"} (base64) or
{"name", "size", "reason"}. matplotlib is imported before the first byte is read, so that it loads
while whoever started this process is still at work on what is to be drawn.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

from generator.charts import draw, style
from generator.charts.model import picture_of


def drawn(job: dict[str, Any]) -> dict[str, str]:
    """One line of the answer. Whatever goes wrong is that picture's reason, not the others'."""
    told = {"name": str(job["name"]), "size": str(job["size"])}
    try:
        picture = picture_of(job["picture"])
        if lost := style.missing(picture.words):
            return told | {"reason": f"no font here has the characters {lost}"}
        return told | {"png": base64.b64encode(draw.png(picture, told["size"])).decode()}
    except Exception as error:
        return told | {"reason": f"{type(error).__name__}: {error}"}


def main() -> None:
    style.warm()
    for job in json.load(sys.stdin)["pictures"]:
        print(json.dumps(drawn(job)), flush=True)


if __name__ == "__main__":
    main()
