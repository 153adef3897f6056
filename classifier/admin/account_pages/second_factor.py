"""Second factors in the admin: who has one, and taking one away from who lost the phone.

django-otp's own pages are not shown: they have everybody's secret.
"""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import BaseDialogForm

from classifier.accounts.second_factor import devices, reset
from classifier.admin.dialogs import dialog_action
from classifier.admin.read_only import back_to_list

for _model in (TOTPDevice, StaticDevice):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class SecondFactorFilter(admin.SimpleListFilter):
    """Who has a second factor, and who has none."""

    title = gettext_lazy("second factor")
    parameter_name = "second_factor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("on", _("On")), ("off", _("Off"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() not in ("on", "off"):
            return queryset
        return queryset.filter(has_second_factor=self.value() == "on")  # type: ignore[misc]  # annotated


class SecondFactors(ModelAdmin):
    """Adds a column, and the button on the page of an account."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return users.annotate(has_second_factor=Exists(apps))

    @display(description=gettext_lazy("Second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return devices.is_on(user) if user.pk else False

    @display(description=gettext_lazy("Second factor"), boolean=True, ordering="has_second_factor")
    def listed_second_factor(self, user: User) -> bool:
        return bool(user.has_second_factor)  # type: ignore[attr-defined]  # annotated

    def has_reset_second_factor_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        """Of others alone, by who may set their password: one's own takes password and code."""
        user = User.objects.filter(pk=object_id).first()
        return (
            user is not None
            and user != request.user
            and self.has_change_permission(request, user)
            and devices.is_on(user)
        )

    @dialog_action(
        description=gettext_lazy("Reset second factor"),
        icon="phonelink_erase",
        permission="reset_second_factor",
        title=gettext_lazy("Reset the second factor?"),
        text=gettext_lazy(
            "For who has neither phone nor backup codes; make sure that it is them who asks. App, "
            "backup codes and API token end, sessions are signed out, and a mail tells them."
        ),
        submit=gettext_lazy("Reset"),
    )
    def reset_second_factor(
        self, request: HttpRequest, form: BaseDialogForm, object_id: str
    ) -> HttpResponse:
        user, by = User.objects.get(pk=object_id), cast(User, request.user)
        if not reset.reset(request, user, by=by):
            words = _("%(name)s has no second factor any more.")
            messages.warning(request, words % {"name": user})
            return back_to_list(User)
        self.log_change(request, user, _("Second factor reset."))
        messages.success(request, _("The second factor of %(name)s is reset.") % {"name": user})
        if not reset.request_notice(request, user, by=by):
            messages.warning(
                request,
                _(
                    "No mail goes to %(name)s: there is no address, or no broker. Tell them "
                    "yourself."
                )
                % {"name": user},
            )
        return back_to_list(User)
