"""Django's cache `shared`: in Redis for all processes, in each process while Redis is away."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# While Redis does not answer, only one request in so many seconds waits for it.
ASK_AGAIN_SECONDS: Final = 5.0
SOCKET_PREFIX: Final = "redis+socket://"


def redis_location(broker_url: str) -> str:
    """Return a broker's address as the cache wants it: Celery and redis-py name sockets apart."""
    if broker_url.startswith(SOCKET_PREFIX):
        return f"unix://{broker_url.removeprefix(SOCKET_PREFIX)}"
    return broker_url


class JsonSerializer:
    """What is kept as JSON: Django's own way is pickle, which runs whatever it reads."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class SharedCache(RedisCache):
    """Redis, and this process's memory where Redis fails: a lost cache never fails a request."""

    # Of the process: each thread has a cache of its own, and one that waited is enough.
    away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.get("OPTIONS", {})
        # Trying again, and later, is for the next request: this one must not wait.
        once = {"retry": Retry(NoBackoff(), 0), "serializer": JsonSerializer}
        super().__init__(server, {**params, "OPTIONS": {**options, **once}})
        self._own = LocMemCache("shared-cache", {})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._either(
            lambda: RedisCache.get(self, key, default, version),
            lambda: self._own.get(key, default, version),
        )

    def set(self, key: str, value: Any, timeout: Any = None, version: int | None = None) -> None:
        self._either(
            lambda: RedisCache.set(self, key, value, timeout, version),
            lambda: self._own.set(key, value, timeout, version),
        )

    def add(self, key: str, value: Any, timeout: Any = None, version: int | None = None) -> bool:
        added: bool = self._either(
            lambda: RedisCache.add(self, key, value, timeout, version),
            lambda: self._own.add(key, value, timeout, version),
        )
        return added

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        def own() -> int:
            # It may have been added to Redis, which went away since.
            self._own.add(key, 0, None, version)
            return self._own.incr(key, delta, version)

        count: int = self._either(lambda: RedisCache.incr(self, key, delta, version), own)
        return count

    def delete(self, key: str, version: int | None = None) -> bool:
        deleted: bool = self._either(
            lambda: RedisCache.delete(self, key, version),
            lambda: self._own.delete(key, version),
        )
        return deleted

    def clear(self) -> None:
        """Forget what this process keeps; Redis holds the queues too and is never flushed."""
        self._own.clear()

    def _either(self, shared: Callable[[], Any], own: Callable[[], Any]) -> Any:
        if time.monotonic() < SharedCache.away_until:
            return own()
        try:
            return shared()
        except (RedisError, OSError) as error:
            SharedCache.away_until = time.monotonic() + ASK_AGAIN_SECONDS
            logger.warning("Redis does not answer (%s); each process counts for itself.", error)
            return own()
