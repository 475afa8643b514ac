"""How passwords are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's figures: 19 MiB, two passes, one thread. Many who sign in at once need little memory."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
