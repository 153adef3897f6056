"""How long work waits for one of several servers that take it in the order in which it came.

M/M/c: Erlang 1917, as in Kleinrock, Queueing Systems, vol. 1 (1975), section 3.5. M/G/c: the
approximation of Lee and Longton (1959), which Allen, Probability, Statistics and Queueing Theory
(2nd edition 1990), section 5.3, gives for any arrivals: the wait of M/M/c times (1 + cv^2) / 2.
Rates are a second, times in seconds.
"""

from dataclasses import dataclass
from math import ceil, log


@dataclass(frozen=True, slots=True)
class Queue:
    """Work that arrives at random (Poisson) for ``servers`` that are alike.

    Attributes:
        arrivals: a second.
        service: mean seconds that one server is busy with one arrival.
        servers: how many work beside each other.
        variation: of the service times, standard deviation over mean; 1 is exponential, 0 constant.

    Raises:
        ValueError: if more arrives than the servers can do, or a number has no meaning.
    """

    arrivals: float
    service: float
    servers: int
    variation: float = 1.0

    def __post_init__(self) -> None:
        if not (self.arrivals >= 0 and self.service > 0 and self.servers >= 1):
            raise ValueError("A queue needs arrivals of 0 or more, a service time and a server.")
        if not self.variation >= 0:
            raise ValueError(f"A variation is 0 or more, not {self.variation}.")
        if self.utilisation >= 1:
            raise ValueError(
                f"{self.arrivals:g} a second are more than {self.servers} servers of "
                f"{self.service:g} s each can do; the queue would grow for ever."
            )

    @property
    def utilisation(self) -> float:
        """The share of the time that a server is busy."""
        return self.arrivals * self.service / self.servers

    @property
    def waiting_share(self) -> float:
        """The share of arrivals that find all servers busy (Erlang's C)."""
        return erlang_c(self.arrivals * self.service, self.servers)

    @property
    def mean_wait(self) -> float:
        """Mean seconds before the service begins, over all arrivals."""
        spare = self.servers / self.service - self.arrivals
        return self.waiting_share / spare * self._factor

    def wait(self, share: float) -> float:
        """Return the seconds that this share of the arrivals waits at most, such as 0.95.

        Exact for M/M/c, where the wait of those who wait is exponential; else stretched like the
        mean.
        """
        if not 0 < share < 1:
            raise ValueError(f"A share lies between 0 and 1; it is {share}.")
        if self.waiting_share <= 1 - share:
            return 0.0
        spare = self.servers / self.service - self.arrivals
        return log(self.waiting_share / (1 - share)) / spare * self._factor

    @property
    def _factor(self) -> float:
        return (1 + self.variation**2) / 2


def erlang_c(load: float, servers: int) -> float:
    """Return the share of arrivals that must wait.

    Args:
        load: arrivals times service time, in erlangs; less than ``servers``.
    """
    # Erlang's B by its recursion, which neither overflows nor cancels with thousands of servers.
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def servers_needed(
    arrivals: float, service: float, *, variation: float, most_wait: float, share: float
) -> Queue:
    """Return the queue with the fewest servers where ``share`` of the arrivals wait that long.

    Args:
        most_wait: seconds that this share of the arrivals may wait at most; 0 or more.
    """
    few = int(arrivals * service) + 1

    def suffices(servers: int) -> bool:
        return Queue(arrivals, service, servers, variation).wait(share) <= most_wait

    many = few
    while not suffices(many):
        many = ceil(1.1 * many) + 1
    while few < many:
        middle = (few + many) // 2
        few, many = (few, middle) if suffices(middle) else (middle + 1, many)
    return Queue(arrivals, service, few, variation)
