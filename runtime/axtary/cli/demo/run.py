"""Plays the scenes and tells them. Exit 0 only if every one ended as it should."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.cli.demo.scenes import SCENES, Step
from axtary.cli.demo.world import World, world
from axtary.cli.output import FINDINGS, OK, colour, fail, leave, print_json
from axtary.compiler.diagnostics import printable


def run(keep: Path | None, as_json: bool) -> None:
    """In a folder that is gone afterwards, or that is kept."""
    with _folder(keep, as_json) as folder:
        with world(folder) as stage:
            played = [_played(stage, name, scene, as_json) for name, scene in SCENES]
        if keep is not None and not as_json:
            sys.stdout.write(f"\nthe policy, the state and the ledger are in {printable(str(keep))}\n")
    right = all(step.right for _name, steps in played for step in steps) and all(steps for _name, steps in played)
    if as_json:
        print_json({"right": right, "scenes": [_json(name, steps) for name, steps in played]})
    leave(OK if right else FINDINGS)


def _played(stage: World, name: str, scene: Any, as_json: bool) -> tuple[str, list[Step]]:
    if not as_json:
        sys.stdout.write(f"{colour(scene.__doc__, 'bold')}\n")
    steps = []
    for step in scene(stage):
        steps.append(step)
        if not as_json:
            mark = colour("ok", "green") if step.right else colour("WRONG", "red")
            sys.stdout.write(f"  {mark:<2}  {step.what}: {step.came}\n")
            sys.stdout.flush()
    return name, steps


def _json(name: str, steps: list[Step]) -> dict[str, Any]:
    told = [{"what": step.what, "came": step.came, "right": step.right} for step in steps]
    return {"scene": name, "right": bool(steps) and all(step.right for step in steps), "steps": told}


@contextmanager
def _folder(keep: Path | None, as_json: bool) -> Iterator[Path]:
    if keep is None:
        made = Path(tempfile.mkdtemp(prefix="axtary-demo-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    try:
        keep.mkdir(mode=0o700, parents=True)
    except OSError as error:
        fail(f"{keep}: {(error.strerror or str(error)).lower()}", "name a folder that is not there yet", as_json)
    yield keep
