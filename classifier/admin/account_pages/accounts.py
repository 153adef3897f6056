"""Users and groups with Unfold's forms; API tokens are not shown in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import PROTECT, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authtoken.models import TokenProxy
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm

from classifier.accounts import roles
from classifier.admin.account_pages.account_forms import AccountForm, InviteForm
from classifier.admin.account_pages.rights import TranslatedRights
from classifier.admin.account_pages.second_factor import SecondFactorFilter, SecondFactors
from classifier.admin.read_only import CascadingDelete

for _model in (User, Group, TokenProxy):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


def protected_rows(user: User) -> str:
    """Return in words what keeps an account from being deleted: 3 reviews, 1 listing."""
    counts = []
    for field in User._meta.get_fields(include_hidden=True):
        if getattr(field, "on_delete", None) is PROTECT and field.auto_created:
            model = field.related_model
            rows = model._default_manager.filter(**{field.field.name: user})  # type: ignore[union-attr]  # a relation to users
            if count := rows.count():
                names = model._meta  # type: ignore[union-attr]  # likewise
                name = names.verbose_name if count == 1 else names.verbose_name_plural
                counts.append(f"{count:,} {name}")
    return ", ".join(counts)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, CascadingDelete, TranslatedRights, SecondFactors):  # type: ignore[type-arg]  # no generic at run time
    """Accounts; one with reviews or listings is deactivated in place of being deleted."""

    form = AccountForm
    add_form = InviteForm
    list_display = (
        "username", "email", "shown_role", "listed_second_factor", "is_active", "last_login",
    )  # fmt: skip
    list_filter = ("is_active", "is_staff", SecondFactorFilter, "groups")
    readonly_fields = ("second_factor",)
    actions_detail = ("reset_second_factor",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Person"), {"fields": ("first_name", "last_name", "email")}),
        (
            gettext_lazy("What this account is for"),
            {"fields": ("role", "is_active", "second_factor")},
        ),
        (
            gettext_lazy("Rights in detail"),
            {
                "classes": ("collapse",),
                "fields": ("is_staff", "is_superuser", "groups", "user_permissions"),
            },
        ),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "role", "password1", "password2")}),)
    change_password_form = AdminPasswordChangeForm
    actions = ("deactivate_selected", "delete_selected")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.offered = roles.may_give(request.user)  # type: ignore[arg-type]  # signed in
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody but administrators gives rights one by one, or changes an administrator."""
        readonly = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return readonly
        return (*readonly, "is_staff", "is_superuser", "groups", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = bool(super().has_change_permission(request, obj))
        return may and (obj is None or request.user.is_superuser or not obj.is_superuser)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give the role last: it stands above the rights in detail, where it was changed."""
        super().save_related(request, form, formsets, change)
        if "role" in form.changed_data or not change:
            roles.give_role(form.instance, roles.Role(form.cleaned_data["role"]))

    @display(description=gettext_lazy("Role"))
    def shown_role(self, user: User) -> str:
        return str(roles.NAMES[roles.role_of(user)])

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting; what cannot be deleted can be deactivated instead."""
        user = self.get_object(request, unquote(object_id))
        if user is None or not self.has_delete_permission(request, user):
            return super().delete_view(request, object_id, extra_context)
        if not (kept := protected_rows(user)):
            return super().delete_view(request, object_id, extra_context)
        may_deactivate = (
            user.is_active and user != request.user and self.has_change_permission(request, user)
        )
        if "deactivate" in request.POST and may_deactivate:
            self._deactivate(request, user)
            return redirect("admin:auth_user_changelist")
        context = {
            **self.admin_site.each_context(request), "opts": self.opts,
            "title": _("Deactivate instead"), "object": user, "kept": kept,
            "may_deactivate": may_deactivate,
        }  # fmt: skip
        return TemplateResponse(request, "admin/classifier/accounts/keep.html", context)

    def _deactivate(self, request: HttpRequest, user: User) -> None:
        user.is_active = False
        user.save(update_fields=["is_active"])
        self.log_change(request, user, _("Deactivated."))
        done = _("%(name)s is deactivated.") % {"name": user}
        self.message_user(request, done, messages.SUCCESS)

    @admin.action(permissions=["change"], description=gettext_lazy("Deactivate selected users"))
    def deactivate_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let these accounts sign in no more; one's own stays."""
        for user in queryset.filter(is_active=True):
            if user != request.user:
                self._deactivate(request, user)

    @admin.action(permissions=["delete"], description=gettext_lazy("Delete selected users"))
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> Any:
        """Delete these accounts, unless one has what must stay."""
        kept = {str(user): rows for user in queryset if (rows := protected_rows(user))}
        if not kept:
            return delete_selected(self, request, queryset)
        words = "; ".join(f"{name}: {rows}" for name, rows in kept.items())
        self.message_user(
            request,
            _(
                "These accounts cannot be deleted, since their record must stay (%(record)s). "
                "Choose “Deactivate selected users” instead."
            )
            % {"record": words},
            messages.ERROR,
        )
        return None


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, TranslatedRights):
    pass
