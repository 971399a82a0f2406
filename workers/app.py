"""Build the Celery application, put messages into its queue, and run a worker.

The settings were each exercised against killed workers and lost brokers. Celery carries messages and keeps processes.
It is not trusted with completeness, the coordinator's ledger is: so there is no result backend, no late
acknowledgement and no redelivery.
"""

from __future__ import annotations

import socket
import time
import warnings
from collections.abc import Sequence
from typing import Any

import msgspec
from celery import Celery
from celery.signals import (
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutting_down,
)
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError

from shared.analysis.scratch_server import started_server
from shared.events.worker import WorkerStarted, WorkerStopping, WorkerUnannounced
from shared.formats import PROTOCOL
from shared.hosts import Secret
from shared.logs import log
from shared.messages import Keys, Presence
from shared.postgres.reading.observe import observe as observe_target
from shared.postgres.reading.observe_namespaces import observe_namespaces
from workers.junk import JUNK_TTL_SECONDS
from workers.queue_guard import guard_the_queue, take_dropped
from workers.refusals import Refusals
from workers.scan import Observe
from workers.settings import WorkerSettings
from workers.tasks import Pool, register

_ANNOUNCE_EVERY_SECONDS = 5.0  # a worker says so often that it lives
_ABSENT_AFTER_SECONDS = 15.0  # without that for so long, it no longer counts

_CELERY_SETTINGS: dict[str, Any] = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": False,
    "task_publish_retry": False,
    "worker_disable_prefetch": True,
    "worker_prefetch_multiplier": 1,
    "worker_send_task_events": False,
    "worker_enable_remote_control": False,  # else whoever reaches Redis can tell workers to stop
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_proc_alive_timeout": 60,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_channel_error_retry": True,  # a Redis that is full, or whose keys are not ours, must not end the worker
    "broker_transport_options": {
        # What a worker has taken is not kept in Redis until it is acknowledged, in `unacked`, which all programs share:
        # junk there ended workers, and the ledger sends again what is not answered.
        "ack_emulation": False,
        # never retry_on_timeout: it silently turns the pipelined Producer.batch() off
        "socket_timeout": 10,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
}


class BrokerAwayError(Exception):
    """The queue cannot be reached now. The message is the type of the error, nothing else."""


def broker_url(redis_url: Secret) -> str:
    """Spell a redis-py URL as kombu does: the same but for unix sockets."""
    url = redis_url.reveal()
    if url.startswith("unix://"):
        return "redis+socket://" + url.removeprefix("unix://").replace("?db=", "?virtual_host=")
    return url


def build_app(redis_url: Secret, fleet: str) -> Celery:
    """Build the application of one fleet, for sending and for working."""
    queue = Keys(fleet).queue
    app = Celery("fleetdrift", broker=broker_url(redis_url), set_as_current=False)
    app.conf.update(_CELERY_SETTINGS, task_default_queue=queue)
    return app


def publish(app: Celery, task: str, messages: Sequence[str]) -> None:
    """Put messages into the queue, in order and in one round trip. Blocks: call it from a thread.

    Raises:
        BrokerAwayError: Some messages may have been put all the same, which is harmless.
    """
    try:
        with app.producer_pool.acquire(block=True, timeout=10) as producer, producer.batch():
            for message in messages:
                app.send_task(task, args=[message], producer=producer, argsrepr="-", kwargsrepr="-")
    except (KombuError, RedisError, OSError) as error:
        raise BrokerAwayError(type(error).__name__) from None  # the text may quote the URL


def run_worker(
    settings: WorkerSettings, *, concurrency: int, hostname: str = "", observe: Observe | None = None
) -> int:
    """Work until told to stop (SIGTERM: finish what is begun; SIGQUIT: at once).

    Args:
        settings: Of this worker.
        concurrency: Pool processes; each does one batch at a time.
        hostname: Name of this worker, unique in the fleet; default: made of the machine's name and the process id.
        observe: Reads one target, and each by itself; None reads a database's namespaces together.

    Returns:
        The worker's exit code.

    Raises:
        EmbeddedPostgresError: When no scratch DSN is configured and the embedded server does not start.
    """
    if settings.scratch_dsn is not None:
        return _work(settings, settings.scratch_dsn, concurrency, hostname, observe)
    with started_server(settings.scratch_binaries, wanted=settings.scratch_major) as scratch:
        return _work(settings, Secret(scratch.dsn()), concurrency, hostname, observe)


def _work(
    settings: WorkerSettings, scratch_dsn: Secret, concurrency: int, hostname: str, observe: Observe | None
) -> int:
    guard_the_queue()
    setup_logging.connect(_leave_logging_alone, weak=False)
    queues = [Keys(fleet.name).queue for fleet in settings.fleets]
    app = build_app(settings.redis_url, settings.fleets[0].name)
    app.conf.update(
        task_soft_time_limit=settings.soft_time_limit,
        task_time_limit=settings.hard_time_limit,
        worker_max_tasks_per_child=settings.tasks_per_child,
        worker_max_memory_per_child=settings.child_memory,
    )
    together = observe_namespaces if observe is None else None
    pool = Pool(settings, scratch_dsn, observe or observe_target, together)
    register(app, pool)
    worker_process_init.connect(pool.begin, weak=False)
    worker_process_shutdown.connect(pool.end, weak=False)
    worker_shutting_down.connect(pool.stop, weak=False)
    presence = _Presence(settings, hostname or f"fleetdrift@{socket.gethostname()}-{time.time_ns():x}", concurrency)
    worker_ready.connect(presence.begin, weak=False)
    worker_ready.connect(Refusals(app, settings).begin, weak=False)
    worker_shutting_down.connect(presence.end, weak=False)
    warnings.filterwarnings("ignore", message=".*superuser privileges.*")  # containers; nothing is unpickled here
    worker = app.Worker(
        hostname=presence.hostname,
        queues=queues,  # Redis is asked for each of them first in turn (queue_order_strategy round_robin)
        concurrency=concurrency,
        pool="prefork",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def _leave_logging_alone(**_: Any) -> None:
    """Keep Celery from setting up logging: it does so only where nobody receives this signal."""


class _Presence:
    """Announces this worker in Redis to each of its fleets: their coordinators count its slots for as long as it is."""

    def __init__(self, settings: WorkerSettings, hostname: str, slots: int) -> None:
        self.hostname = hostname
        self._fleets = tuple(fleet.name for fleet in settings.fleets)
        self._slots = slots
        self._keys = tuple(Keys(fleet, settings.ring) for fleet in self._fleets)
        self._member = msgspec.json.encode(Presence(hostname, slots, PROTOCOL, settings.ring.ids))
        self._announced = True  # as far as we know: that it fails is logged once
        self._redis = Redis.from_url(settings.redis_url.reveal(), socket_timeout=2, socket_connect_timeout=2)

    def begin(self, sender: Any, **_: Any) -> None:
        log(WorkerStarted(worker=self.hostname, fleets=",".join(self._fleets), slots=self._slots))
        self._announce()
        sender.timer.call_repeatedly(_ANNOUNCE_EVERY_SECONDS, self._announce)

    def _announce(self) -> None:
        try:
            seconds, micros = self._redis.time()
            for keys in self._keys:
                self._redis.zadd(keys.presence, {self._member: seconds + micros / 1e6 + _ABSENT_AFTER_SECONDS})
            for reason, count in take_dropped().items():  # before it is known for which fleet it was meant
                self._redis.hincrby(self._keys[0].junk, reason.value, count)
                self._redis.expire(self._keys[0].junk, JUNK_TTL_SECONDS)
        except RedisError as error:
            if self._announced:
                self._announced = False
                log(WorkerUnannounced(worker=self.hostname, error=type(error).__name__))
        else:
            self._announced = True

    def end(self, **_: Any) -> None:
        log(WorkerStopping(worker=self.hostname, fleets=",".join(self._fleets)))
        try:
            for keys in self._keys:
                self._redis.zrem(keys.presence, self._member)
        except RedisError as error:
            log(WorkerUnannounced(worker=self.hostname, error=type(error).__name__))
