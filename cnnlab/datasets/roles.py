"""What a caller asked for, checked: a role of a profile and one of its splits."""

from cnnlab.datasets.errors import DataError
from cnnlab.profiles import Profile, RoleSize, resolve, role_size

BOXED = ("pascal", "pascal-2012", "pascal-extra")


def asked(
    role: str, profile: Profile | str, split: str | None, *, boxed: bool
) -> tuple[Profile, RoleSize, str]:
    """The profile, how large the role is in it, and the split: the role's first for None.

    Raises DataError, with the names there are, for an unknown role or split, and for a role that
    has boxes where none are wanted, or none where they are.
    """
    profile = resolve(profile) if isinstance(profile, str) else profile
    try:
        size = role_size(profile, role)
    except ValueError as error:
        raise DataError(str(error)) from error
    if (role in BOXED) != boxed:
        said, call = ("has no boxes", "load") if boxed else ("is scenes with boxes", "load_scenes")
        others = ", ".join(r for r in profile.roles if (r in BOXED) == boxed)
        raise DataError(f"role {role!r} {said}; choose among {others}, or open it with `{call}`")
    split = split or next(iter(size.splits))
    if split not in size.splits:
        raise DataError(
            f"role {role!r} has no split {split!r} in profile {profile.name!r}; "
            f"it has {', '.join(size.splits)}"
        )
    return profile, size, split
