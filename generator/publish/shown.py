"""A post as a terminal shows it before it is sent: every part, its length, what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.cli import Context
    from generator.model import Problem
    from generator.publish.base import Post


def show(context: Context, post: Post) -> None:
    """The very bytes, part by part: text to stdout, all about it to stderr."""
    from generator.show.view import visible

    if post.title:
        context.say(f"    title: {visible(post.title)}")
    for name, content in post.parts.items():
        context.say(f"    with {name} ({len(content.encode()) / 1000:.0f} kB)")
    count = len(post.segments)
    for index, segment in enumerate(post.segments):
        head = f"{post.network}, part {index + 1} of {count}" if count > 1 else post.network
        context.say(f"--- {head} ({segment.length})")
        context.give(visible(segment.text))
        for media in post.pictures(index):
            size = len(media.data) / 1000
            told = f": {visible(media.alt)}" if media.alt else ""
            context.say(f"    with {media.name} ({size:.0f} kB){told}")


def show_problems(context: Context, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        context.say(f"    {problem.severity}: {problem.gate}: {problem.message}")
