"""Roles of people, as groups with rights; one of them is what an account is for."""

from enum import StrEnum
from typing import Final

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.utils.translation import gettext_lazy

MODERATOR_RIGHTS: Final = (
    "view_listing", "view_listingphoto", "change_listingphoto", "view_modelversion",
    "add_review", "view_review", "overrule_review", "view_quality",
)  # fmt: skip
ENGINEER_RIGHTS: Final = (
    "view_listing", "view_listingphoto", "view_review", "view_quality", "export_labels",
    "view_modelversion", "change_modelversion", "set_thresholds", "compare_versions", "run_shadow",
    "view_retrainrun", "retrain", "view_reclassification", "add_reclassification", "view_status",
)  # fmt: skip


class Role(StrEnum):
    """What somebody does here."""

    SELLER = "seller"
    MODERATOR = "moderator"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"
    OTHER = "other"


# Each role that is a group: the group's name and its rights.
GROUPS: Final = {
    Role.MODERATOR: ("Moderators", MODERATOR_RIGHTS),
    Role.ENGINEER: ("Engineers", ENGINEER_RIGHTS),
}
NAMES: Final = {
    Role.SELLER: gettext_lazy("Seller"),
    Role.MODERATOR: gettext_lazy("Moderator"),
    Role.ENGINEER: gettext_lazy("Engineer"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
    Role.OTHER: gettext_lazy("Other"),
}
DESCRIPTIONS: Final = {
    Role.SELLER: gettext_lazy("Seller: sends photos; no access to the admin"),
    Role.MODERATOR: gettext_lazy("Moderator: reviews photos and settles their labels"),
    Role.ENGINEER: gettext_lazy("Engineer: sees figures and labels, retrains and promotes models"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator: everything, accounts included"),
    Role.OTHER: gettext_lazy("Other: the rights in detail, below, as they are"),
}


def group_of(role: Role) -> Group:
    """Return the group of a role, made with its rights where it is missing.

    Raises:
        KeyError: if the role is no group.
    """
    name, rights = GROUPS[role]
    group, is_new = Group.objects.get_or_create(name=name)
    if is_new:
        group.permissions.set(
            Permission.objects.filter(content_type__app_label="classifier", codename__in=rights)
        )
    return group


def role_of(user: User) -> Role:
    """Return the role that an account has; `Role.OTHER` for rights that are none of ours."""
    if user.is_superuser:
        return Role.ADMINISTRATOR
    if user.pk is None or (not user.is_staff and not user.groups.exists()):
        return Role.SELLER
    names = set(user.groups.values_list("name", flat=True))
    for role, (name, _) in GROUPS.items():
        if user.is_staff and names == {name} and not user.user_permissions.exists():
            return role
    return Role.OTHER


def give_role(user: User, role: Role) -> None:
    """Make an account what its role is, in place of what it was; `Role.OTHER` changes nothing."""
    if role is Role.OTHER:
        return
    with transaction.atomic():
        user.is_superuser = role is Role.ADMINISTRATOR
        user.is_staff = role is not Role.SELLER
        user.save(update_fields=["is_superuser", "is_staff"])
        user.user_permissions.clear()
        user.groups.set([group_of(role)] if role in GROUPS else [])


def may_give(giver: User) -> tuple[Role, ...]:
    """Return the roles that somebody may give: nobody gives more than administrators may."""
    return tuple(Role) if giver.is_superuser else (Role.SELLER, Role.MODERATOR)
