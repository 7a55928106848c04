"""Batches of clips scored on a cluster: workers may die and come back, the rows are the same."""

import time
from collections.abc import Callable, Generator, Sequence
from itertools import islice
from queue import Empty, SimpleQueue
from uuid import uuid4

from distributed import Client, Future, KilledWorker

from rigcoach.base.progress import Advance
from rigcoach.cluster.clip_addresses import ClipAddress
from rigcoach.cluster.clip_row import ClipRow, clip_row
from rigcoach.cluster.clip_task import OtherWorkerError, score_address
from rigcoach.cluster.dask_cluster import MOST_DEATHS, ClusterError
from rigcoach.cluster.manifest import ClipBatch, HowScored
from rigcoach.scoring.batch import FailedClip
from rigcoach.video.clip import ClipError

RETRIES = 2
"""How often a clip is tried again where the place it lies at does not answer."""

_AHEAD = 1000
"""How many clips the scheduler holds, so that no worker waits for the next, beside some for each core."""

_AHEAD_PER_CORE = 4
_TICK_S = 0.2
_LOOK_AT_CLUSTER_EVERY_S = 5.0
_GONE_AFTER_S = 60.0

Score = Callable[[ClipAddress, HowScored], ClipRow]


def score_batches(
    client: Client,
    batches: Sequence[ClipBatch],
    how: HowScored,
    advance: Advance,
    note: Callable[[str], None],
    score: Score = score_address,
) -> Generator[tuple[ClipBatch, list[ClipRow]]]:
    """Score batches of clips; each comes as soon as all of its clips came, with its rows in the order of its clips.

    A caller who stops before the end closes the iterator: what the cluster was still to do is taken back then.

    Parameters
    ----------
    client
        Of `rigcoach.cluster.dask_cluster.cluster_client`.
    batches, how
        What is scored, and how.
    advance
        Told of the clips scored, and of how many.
    note
        Told what there is to know of the cluster, as sentences.
    score
        What workers do.

    Raises
    ------
    ClusterError
        The scheduler is gone.
    OtherWorkerError
        A worker has other code or detectors than this computer.
    """
    tasks = iter([(number, place) for number, batch in enumerate(batches) for place in range(len(batch.clips))])
    count = sum(len(batch.clips) for batch in batches)
    rows: dict[int, dict[int, ClipRow]] = {}
    running: dict[Future[ClipRow], tuple[int, int]] = {}
    finished: SimpleQueue[Future[ClipRow]] = SimpleQueue()
    group, done = f"rigcoach-{uuid4().hex}", 0
    cluster = _Cluster(client, note)
    try:
        while done < count:
            for number, place in islice(tasks, cluster.ahead() - len(running)):
                key = (group, number, place)
                future = client.submit(score, batches[number].clips[place], how, key=key, pure=False, retries=RETRIES)
                running[future] = number, place
                future.add_done_callback(finished.put)
            some = _drained(finished)
            came = _rows(client, some, lambda each: _clip(batches, running[each]))
            for future in some:
                if future not in came:
                    # Its worker was ended before its row was fetched: another one is at it.
                    future.add_done_callback(finished.put)
            for future, row in came.items():
                number, place = running.pop(future)
                done += 1
                rows.setdefault(number, {})[place] = row
                if len(rows[number]) == len(batches[number].clips):
                    by_place = rows.pop(number)
                    yield batches[number], [by_place[place] for place in sorted(by_place)]
            advance(done, count)
    finally:
        if running and client.status == "running":
            client.cancel(list(running), force=True)


def _clip(batches: Sequence[ClipBatch], at: tuple[int, int]) -> ClipAddress:
    return batches[at[0]].clips[at[1]]


def _drained(finished: "SimpleQueue[Future[ClipRow]]") -> list[Future[ClipRow]]:
    """Return the futures that are done; wait a moment for the first."""
    some: list[Future[ClipRow]] = []
    try:
        some.append(finished.get(timeout=_TICK_S))
        while True:
            some.append(finished.get_nowait())
    except Empty:
        return some


def _rows(
    client: Client, futures: Sequence[Future[ClipRow]], clip_of: Callable[[Future[ClipRow]], ClipAddress]
) -> dict[Future[ClipRow], ClipRow]:
    """Return the rows of those futures that have one still; a worker that is ended takes with it what it holds."""
    good = [future for future in futures if future.status == "finished"]
    try:
        rows = dict(zip(good, client.gather(good), strict=True))
    except (KilledWorker, OSError, OtherWorkerError):
        rows = {}  # lost meanwhile, and failed then: it is looked at again
    for future in futures:
        if future.status == "error":
            rows[future] = _failed(clip_of(future), future.exception())
        elif future.status == "cancelled":
            raise _gone("it took a clip back")
    return rows


def _failed(clip: ClipAddress, error: BaseException | None) -> ClipRow:
    """Return the row of a clip of which the cluster returned none."""
    name = clip.address
    told = ClipError(f"{name} cannot be measured", why=str(error), next_step="Score it alone", code="clip.failed")
    if isinstance(error, OtherWorkerError):
        raise error
    if isinstance(error, KilledWorker):
        why = f"{MOST_DEATHS} processes ended while they measured it, as they do where memory runs out"
        told = ClipError(f"{name} cannot be measured", why=why, next_step="Score it alone", code="clip.killed")
    elif isinstance(error, OSError):
        why = error.strerror or str(error)
        told = ClipError(f"{name} cannot be read", why=why, next_step="Check where it lies", code="clip.unreadable")
    return clip_row(FailedClip(name, told), name, clip.chapters)


def _gone(why: str) -> ClusterError:
    return ClusterError(
        "the cluster is gone",
        why=why,
        next_step="Start it again, and give the same command: it goes on",
        code="cluster.gone",
    )


class _Cluster:
    """How the cluster is, looked at now and then."""

    def __init__(self, client: Client, note: Callable[[str], None]) -> None:
        self._client, self._note = client, note
        self._looked_at = -_LOOK_AT_CLUSTER_EVERY_S
        self._cores = 0
        self._there_at = time.monotonic()
        self._told_empty = self._told_threads = False

    def ahead(self) -> int:
        """Return how many clips the scheduler is to hold."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_AT_CLUSTER_EVERY_S:
            self._looked_at = now
            self._look(now)
        return _AHEAD + _AHEAD_PER_CORE * self._cores

    def _look(self, now: float) -> None:
        try:
            threads = list(self._client.nthreads().values())
        except (OSError, TimeoutError, RuntimeError, ValueError) as error:
            if now - self._there_at < _GONE_AFTER_S and self._client.status in ("running", "connecting"):
                return
            raise _gone(str(error)) from error
        self._cores = sum(threads)
        if threads:
            self._there_at, self._told_empty = now, False
        elif now - self._there_at > _GONE_AFTER_S and not self._told_empty:
            self._told_empty = True
            self._note("The cluster has no worker; waiting for one. Ctrl-C keeps what is done.")
        if max(threads, default=1) > 1 and not self._told_threads:
            self._told_threads = True
            self._note("Workers have several threads: a clip that ends one takes others along. Use --nthreads 1.")
