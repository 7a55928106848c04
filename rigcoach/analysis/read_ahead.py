"""Items of an iterator, made on a thread of its own, a little ahead of their consumer.

FFmpeg, OpenCV and numpy let other threads run while they work, so that decoding, finding and measuring overlap. Every
part keeps its order, so that results don't depend on how fast any of them is.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_END: Final = object()
_LOOK_UP_S = 0.1


def read_ahead(items: Iterator[T], most: int) -> Generator[T, None, None]:
    """Yield what an iterator yields, which runs on a thread of its own, at most so many items ahead.

    What it raises is raised here, after the items before. Closing the generator, as the end of a `for` loop or an
    exception in it does, ends the thread, and closes the iterator if it is a generator.
    """
    waiting: queue.Queue[T | object] = queue.Queue(most)
    stopped = threading.Event()
    failed: list[BaseException] = []

    def put(item: T | object) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=_LOOK_UP_S)
            except queue.Full:
                continue
            return True
        return False

    def run() -> None:
        try:
            for item in items:
                if not put(item):
                    break
        except BaseException as error:  # noqa: BLE001 - it is raised by who takes the items
            failed.append(error)
        finally:
            if isinstance(items, Generator):
                items.close()
            put(_END)

    thread = threading.Thread(target=run, name="read ahead", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            yield item  # type: ignore[misc]
        if failed:
            raise failed[0]
    finally:
        stopped.set()
        thread.join()


def map_ahead(function: Callable[[T], R], items: Iterator[T], workers: int) -> Generator[R, None, None]:
    """Yield what a function makes of each item, in their order, made by so many threads a little ahead.

    The function must not depend on what it was called with before. What the iterator raises is raised here, after what
    was made of the items before. Closing the generator ends the threads.
    """
    waiting: deque[Future[R]] = deque()
    failed: BaseException | None = None
    with ThreadPoolExecutor(workers, thread_name_prefix="map ahead") as pool:
        try:
            while True:
                try:
                    item = next(items)
                except StopIteration:
                    break
                except BaseException as error:  # noqa: BLE001 - it is raised below
                    failed = error
                    break
                waiting.append(pool.submit(function, item))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
    if failed is not None:
        raise failed
