"""Versions that a caller's copy may have, held against the stored one."""

from __future__ import annotations

from salesos.errors import PreconditionFailed, alternatives

# The version of the caller's copy, or several of which one will do: none of them, where the set is empty. None asks for
# nothing.
IfVersion = int | frozenset[int] | None


def require_version(kind: str, version: int, wanted: IfVersion) -> None:
    """Raises ``PreconditionFailed`` where what is stored, a ``kind`` of ours, is at none of the versions wanted."""
    if wanted is None or wanted == version or (isinstance(wanted, frozenset) and version in wanted):
        return
    versions = sorted(_all(wanted))
    message = f"the {kind} is at version {version}"
    message += f", not {alternatives(versions)}: read it again" if versions else ", and no version is named that it had"
    raise PreconditionFailed.at(version, message)


def newest_before(version: int, wanted: IfVersion) -> int | None:
    """The newest of the versions wanted that was there before the stored one: the caller's copy, most probably."""
    return max((one for one in _all(wanted) if 0 < one < version), default=None)


def _all(wanted: IfVersion) -> frozenset[int]:
    if wanted is None:
        return frozenset()
    return wanted if isinstance(wanted, frozenset) else frozenset([wanted])
