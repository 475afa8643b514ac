"""How many wrong passwords somebody may try: counted for each account and each address, by all processes together.

The API, the page and Django's admin sign in through ``LimitedBackend``, so that all count as one. The counts are in
Django's cache, which all processes share (``CACHE_URL``). A right password is not counted.

Whoever tries one account from many addresses makes it limited. Its owner, at another address, is not locked out: an
address that has failed fewer than ``FEW`` times at that account is still heard, and a right password signs in.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.cache import cache
from django.db import OperationalError, transaction
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled

from salesos.accounts import audit
from salesos.accounts.addresses import address_of
from salesos.accounts.models import AuditEntry, User, normalized_email

FEW = 3
# Who has one address of IPv6 has all of its network.
IPV6_NETWORK_BITS = 64
# Longer waits are told in minutes.
LONG_WAIT_SECONDS = 100


class TooManyAttempts(Throttled):
    """Somebody is to wait before the next attempt to sign in. The API answers 429, and so do pages."""

    default_detail = "Too many attempts to sign in."
    wait: int
    extra_detail_singular = "Try again in {wait} second."
    extra_detail_plural = "Try again in {wait} seconds."

    def __init__(self, seconds: float, counter: str) -> None:
        super().__init__(wait=max(1, round(seconds)))
        # The name of what was counted too often.
        self.counter = counter

    @property
    def in_words(self) -> str:
        """How long to wait, for a person."""
        return f"{self.wait} seconds" if self.wait < LONG_WAIT_SECONDS else f"{-(-self.wait // 60)} minutes"


@dataclass(frozen=True)
class Counter:
    """Counts in the cache, for so many seconds from the first on."""

    name: str
    most: int
    seconds: int

    def read(self) -> tuple[int, float]:
        """The count, and how many seconds are left of its time."""
        since = cache.get(self.name)
        if since is None:
            return 0, 0
        return cache.get(self._key(since), 0), since + self.seconds - time.time()

    def add(self, number: int) -> tuple[int, float]:
        """Add to the count. Returns what ``read`` does."""
        cache.add(self.name, time.time(), self.seconds)
        since = cache.get(self.name) or time.time()
        key = self._key(since)
        # In a transaction, as a cache in the database reads and writes: its row is locked by writing it first.
        with transaction.atomic():
            cache.add(key, 0, self.seconds)
            cache.touch(key, self.seconds)
            count = cache.incr(key, number)
        return count, since + self.seconds - time.time()

    def _key(self, since: float) -> str:
        return f"{self.name}:{since}"


class LimitedBackend(ModelBackend):
    """Signs in by e-mail and password, so many times."""

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session, with the settings in force. One query."""
        user = User.objects.with_defaults().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def authenticate(  # type: ignore[override]
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The user, or None for a wrong e-mail or password.

        Raises ``TooManyAttempts``, and ``OperationalError`` where the cache is out of reach: nobody comes in uncounted.
        """
        if request is None or username is None:
            return super().authenticate(request, username, password, **kwargs)
        counters = _counters(_network_of(request), normalized_email(username))
        try:
            try:
                return self._counted(counters, request, username, password, **kwargs)
            except TooManyAttempts as refusal:
                self._note_refusal(request, username, refusal)
                raise
        except RedisError as error:
            raise OperationalError("the cache that counts attempts to sign in does not answer") from error

    def _counted(self, counters: list[Counter], request: Any, *credentials: str | None, **kwargs: Any) -> User | None:
        # Read first: whoever is refused costs no write.
        _refuse([counter.read() for counter in counters], counters, next_one=1)
        counts = [counter.add(1) for counter in counters]
        _refuse(counts, counters)
        user = super().authenticate(request, *credentials, **kwargs)
        if user is not None:
            for counter in counters:
                counter.add(-1)
            return user
        account, (count, wait) = counters[1], counts[1]
        if count > account.most:
            raise TooManyAttempts(wait, counters[2].name)
        return None

    def _note_refusal(self, request: Any, email: str, refusal: TooManyAttempts) -> None:
        """Note the first attempt that is refused, until the next one is heard: the others cost no write."""
        noted = f"{refusal.counter}:noted"
        if cache.get(noted) is None and cache.add(noted, True, refusal.wait):
            audit.note_attempt(request, AuditEntry.Kind.SIGN_IN_REFUSED, email)


def _refuse(counts: list[tuple[int, float]], counters: list[Counter], *, next_one: int = 0) -> None:
    """Raise ``TooManyAttempts`` where an attempt is one too many; ``next_one`` is 1 where it is not counted yet."""
    (of_address, wait), (of_account, account_wait), (of_both, _) = counts
    address, account, both = counters
    if of_address + next_one > address.most:
        raise TooManyAttempts(wait, address.name)
    if of_account + next_one > account.most and of_both + next_one > both.most:
        raise TooManyAttempts(account_wait, both.name)


def _counters(network: str, email: str) -> list[Counter]:
    """Those of an address, of an account, and of the account from that address."""
    per_address, per_account = settings.SIGN_IN_RATE, settings.SIGN_IN_ACCOUNT_RATE
    # The names of caches' keys are short and without spaces; e-mails that people type are neither.
    account = hashlib.sha256(email.encode("utf-8", "replace")).hexdigest()[:32]
    most, seconds = per_account
    return [
        Counter(f"sign-in:{network}", *per_address),
        Counter(f"sign-in:{account}", most, seconds),
        Counter(f"sign-in:{account}:{network}", min(FEW, most), seconds),
    ]


def _network_of(request: Any) -> str:
    """The address of a request, as far as one person has it."""
    text = address_of(request)
    try:
        address = ip_address(text)
    except ValueError:
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
    if address.version == 6:
        return str(ip_network((address, IPV6_NETWORK_BITS), strict=False).network_address)
    return str(address)
