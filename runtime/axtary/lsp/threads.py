"""Between the loop and other threads, which are daemons: the end of the server waits for none of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def post(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: object) -> None:
    """Have the loop's thread call something; nothing, if the loop has ended."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *args)


async def aside(call: Callable[[], T]) -> T:
    """What a slow call returns or raises, made in a thread of its own."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():  # cancelled
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        try:
            result = call()
        except BaseException as error:
            post(loop, settle, None, error)
        else:
            post(loop, settle, result, None)

    threading.Thread(target=work, name="aside", daemon=True).start()
    return await done
