"""A cluster of Dask's (https://distributed.dask.org): a running one, or one of this computer's cores."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dask
from distributed import Client, LocalCluster

from rigcoach.base.errors import RigcoachError

LOCAL = "local"
"""The address of a cluster that is started here, and ended with the command."""

MOST_DEATHS = 3
"""How many workers a clip may end before it is given up."""

_ANSWERS_WITHIN_S = 15.0
# One clip at a time for each worker: none waits at a worker that another one ends, and is blamed for it.
_CONFIG = {"distributed.scheduler.allowed-failures": MOST_DEATHS - 1, "distributed.scheduler.worker-saturation": 1.0}


class ClusterError(RigcoachError):
    """A cluster that does not answer, or is gone."""

    code = "cluster.unreachable"


@contextmanager
def cluster_client(address: str, workers: int) -> Iterator[Client]:
    """Yield what gives a cluster work.

    Parameters
    ----------
    address
        `LOCAL`, a scheduler's address such as ``tcp://10.0.0.5:8786``, or its file, whose name ends in ``.json``.
    workers
        How many processes a local cluster has.

    Raises
    ------
    ClusterError
        Nothing answers at the address.
    """
    with ExitStack() as until_then:
        until_then.enter_context(_quiet())
        if address == LOCAL:
            until_then.enter_context(dask.config.set(_CONFIG))
            # Who may connect to it may run programs as this user: with keys of its own nobody else can.
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address=None,
                # Its HTTP server starts all the same: two commands at once must not want the same port for it.
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                silence_logs=logging.CRITICAL,
                security=True,
            )
            until_then.enter_context(cluster)
            client = Client(cluster)
        else:
            client = _connected(address)
        yield until_then.enter_context(client)


def _connected(address: str) -> Client:
    try:
        if address.endswith(".json"):
            return Client(scheduler_file=address, timeout=_ANSWERS_WITHIN_S)
        return Client(address, timeout=_ANSWERS_WITHIN_S)
    except (OSError, ValueError, TypeError, ImportError) as error:
        raise ClusterError(
            f"no cluster answers at {address}",
            why=str(error),
            next_step="Start one (dask scheduler, dask worker --nthreads 1), or use --cluster local",
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own words on workers that come and go from the terminal: what matters is told clip by clip."""
    # Its loggers share one handler.
    handlers = logging.getLogger("distributed").handlers
    before = [handler.level for handler in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, level in zip(handlers, before, strict=True):
            handler.setLevel(level)
