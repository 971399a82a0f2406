"""Whatever happens to answers on their way, permuted, doubled or lost, the ledger says the same in the end."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coordinator.ledger.batch import FinalOutcome
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from shared.messages import Answer, Failed, Observed
from shared.targets import Failure, FailureKind

FLEET = tuple(f"t{number:02}" for number in range(23))
HOSTS = ("a", "b", "c")
LOST_SEVERAL_TIMES = 1000  # a tenant whose answers are lost so often in a row counts as one that kills workers
RULES = LedgerRules(lease=10.0, batch_size=4, max_strikes=LOST_SEVERAL_TIMES)
LANES = [(tenant, HOSTS[number % 3]) for number, tenant in enumerate(FLEET)]


def truth(tenant: str) -> FinalOutcome:
    """Give what reading a tenant says, whoever reads it and however often."""
    number = int(tenant[1:])
    if number % 7 == 0:
        return Failed(Failure(FailureKind.AUTHENTICATION, f"no password for {tenant}"))
    return Observed(f"{number % 3}" * 64, 180000, number)


TRUTH = {tenant: truth(tenant) for tenant in FLEET}


class World:
    """Workers that answer one tenant at a time, and a road on which anything can happen to their answers."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ended: list[tuple[str, FinalOutcome]] = []
        self._lives = 0
        self._sent: list[tuple[str, str]] = []  # (batch, tenant): answers on their way
        self._begin()

    def _begin(self) -> None:
        self._lives += 1
        self.ledger = Ledger(LANES, dict.fromkeys(HOSTS, 5), RULES, prefix=str(self._lives))

    def send(self) -> None:
        for batch in self.ledger.next_batches(self.now, slots=3):
            self._sent += [(batch.id, "")] + [(batch.id, tenant) for tenant in batch.items]

    def deliver(self, position: int, *, keep: bool) -> None:
        if self._sent:
            position %= len(self._sent)
            batch, tenant = self._sent[position] if keep else self._sent.pop(position)
            answers = [Answer(tenant, TRUTH[tenant])] if tenant else []
            self._note(self.ledger.answer(batch, answers, self.now))

    def lose(self, position: int) -> None:
        if self._sent:
            self._sent.pop(position % len(self._sent))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self._note(self.ledger.tick(self.now, queue_empty=True))

    def lose_redis(self) -> None:
        self._sent.clear()
        self.ledger.requeue_all()

    def restart_coordinator(self) -> None:
        """Forget everything but what the store holds: marks and outcomes."""
        marks = {mark.item: mark for batch in self.ledger.in_flight() for mark in self.ledger.marks(batch)}
        outcomes = self.ledger.outcomes()
        self._begin()
        for tenant in FLEET:
            self.ledger.restore(tenant, marks.get(tenant), outcomes.get(tenant))

    def do(self, decision: int) -> None:
        what, position = decision % 16, decision // 16
        match what:
            case 0 | 1 | 2:
                self.send()
            case 3 | 4 | 5 | 6:
                self.deliver(position, keep=False)
            case 7 | 8:
                self.deliver(position, keep=True)
            case 9 | 10:
                self.lose(position)
            case 11:
                self.wait(1.0)
            case 12:
                self.wait(RULES.lease + 1)
            case 13:
                self.ledger.reset_leases(self.now)
            case 14:
                self.lose_redis()
            case _:
                self.restart_coordinator()

    def finish(self) -> None:
        """From now on nothing goes wrong; what is on its way arrives, the last first."""
        for _ in range(400):
            if self.ledger.done:
                return
            self.send()
            while self._sent:
                self.deliver(len(self._sent) - 1, keep=False)
            self.wait(RULES.lease + 1)
        raise AssertionError(f"the run does not end: {sorted(set(FLEET) - set(self.ledger.outcomes()))} are missing")

    def _note(self, ended: Iterable[tuple[str, FinalOutcome]]) -> None:
        self.ended += ended


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 16 * 64), max_size=150))
@example([0, *[3 + 16 * n for n in range(60)]])
@example([0, 3, 12, 0, 7, 12, 12, 15, 0, 3, 14, 0, 3])
def test_any_permutation_doubling_or_loss_of_answers_leads_to_the_same_ledger(decisions):
    world = World()
    for decision in decisions:
        world.do(decision)
    world.finish()
    assert world.ledger.outcomes() == TRUTH
    assert list(world.ledger.outcomes()) == list(FLEET)
    assert sorted(tenant for tenant, _ in world.ended) == list(FLEET)  # each is recorded once
    assert world.ledger.in_flight() == ()
