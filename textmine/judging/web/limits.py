"""How often an address may fail."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

_MOST_ADDRESSES: Final = 10_000


class RateLimit:
    """A bucket for each address: ``burst`` tries at once, and one more every ``every`` seconds.

    Parameters
    ----------
    burst, every
        Size of the bucket, and seconds after which it gets one try back.
    clock
        Seconds that only grow.

    Examples
    --------
    >>> limit = RateLimit(2, 60.0, clock=lambda: 0.0)
    >>> [limit.take("192.0.2.1") for _ in range(3)], limit.take("192.0.2.2")
    ([True, True, False], True)
    """

    def __init__(self, burst: int, every: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst = burst
        self.every = every
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, address: str) -> bool:
        """Whether a try is left."""
        with self._lock:
            return self._filled(network_of(address)) >= 1

    def take(self, address: str) -> bool:
        """Take a try; whether there was one."""
        key = network_of(address)
        with self._lock:
            filled = self._filled(key)
            allowed = filled >= 1
            self._buckets[key] = (filled - 1 if allowed else filled, self._clock())
            self._buckets.move_to_end(key)
            while len(self._buckets) > _MOST_ADDRESSES:  # memory stays bounded whoever knocks
                self._buckets.popitem(last=False)
            return allowed

    def _filled(self, key: str) -> float:
        level, at = self._buckets.get(key, (float(self.burst), self._clock()))
        return min(float(self.burst), level + (self._clock() - at) / self.every)


def network_of(address: str) -> str:
    """What counts as one address: an IPv6 customer has a whole /64.

    Examples
    --------
    >>> network_of("2001:db8::1"), network_of("192.0.2.1"), network_of("::ffff:192.0.2.1"), network_of("unix")
    ('2001:db8::/64', '192.0.2.1', '192.0.2.1', 'unix')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
