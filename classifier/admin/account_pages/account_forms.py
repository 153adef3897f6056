"""Forms of accounts: a role in place of a list of rights."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy
from unfold.forms import UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminRadioSelectWidget

from classifier.accounts import roles
from classifier.accounts.roles import Role


class RoleField(forms.ChoiceField):
    """One of the roles that the person before the form may give."""

    def __init__(self, **more: Any) -> None:
        super().__init__(label=gettext_lazy("Role"), widget=UnfoldAdminRadioSelectWidget, **more)

    def offer(self, offered: tuple[Role, ...]) -> None:
        self.choices = [(role.value, roles.DESCRIPTIONS[role]) for role in offered]


class InviteForm(UserCreationForm):
    """Makes an account: a name, a role and a first password."""

    role = RoleField(initial=Role.SELLER)
    # Set by the admin for each request.
    offered: tuple[Role, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.offer(tuple(role for role in self.offered if role is not Role.OTHER))

    class Meta(UserCreationForm.Meta):
        fields = ("username", "email")


class AccountForm(UserChangeForm):
    """Changes an account; `Role.OTHER` leaves its rights as they are in detail."""

    role = RoleField(help_text=gettext_lazy("Another role replaces all rights of the one before."))
    offered: tuple[Role, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" not in self.fields:  # somebody who may only view
            return
        user: User = self.instance
        now, field = roles.role_of(user), self.fields["role"]
        offering: Any = field
        offering.offer(tuple(dict.fromkeys((*self.offered, now))))
        field.initial = now
