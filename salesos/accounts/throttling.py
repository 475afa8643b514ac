"""How often somebody may try to sign in, on the API and on the page alike."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import SimpleRateThrottle


class SignInThrottle(SimpleRateThrottle):
    """So many attempts for each address, as the setting SIGN_IN_RATE says."""

    scope = "sign_in"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
