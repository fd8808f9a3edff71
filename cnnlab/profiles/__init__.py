"""Profiles: every decision about scale, in one place; PAPER holds the papers' numbers."""

from cnnlab.profiles.base import Recipe, RoleSize
from cnnlab.profiles.profile import (
    COURSE,
    MINI,
    PAPER,
    SMOKE,
    Profile,
    parse_sources,
    profiles,
    resolve,
    role_size,
    scaled,
)

__all__ = [
    "COURSE",
    "MINI",
    "PAPER",
    "SMOKE",
    "Profile",
    "Recipe",
    "RoleSize",
    "parse_sources",
    "profiles",
    "resolve",
    "role_size",
    "scaled",
]
