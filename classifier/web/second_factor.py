"""A person's own second factor: turn it on, make new backup codes, turn it off."""

from base64 import b32encode
from typing import Any, Final

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as note_device

from classifier.accounts import audit
from classifier.accounts.second_factor import backup_codes, devices
from classifier.throttles import address_of
from classifier.web.code import CodeField, device_of_code
from classifier.web.passwords import is_password

# The secret that an app is given, in the session until a code shows that it has it.
KEY: Final = "second-factor-key"


class PasswordAndCodeForm(forms.Form):
    """The password, then a code of the app, or a backup code."""

    code = CodeField()
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.request = request
        self.user: Any = request.user
        super().__init__(*args)

    def clean_password(self) -> str:
        """Compare it, unless the code is none: a guess is counted only if it can succeed."""
        given: str = self.cleaned_data["password"]
        if "code" in self.cleaned_data and not is_password(self.request, self.user, given):
            raise forms.ValidationError(_("This is not your present password."))
        return given


class CheckedForm(PasswordAndCodeForm):
    """The same, where the code is of a second factor that there is."""

    def clean(self) -> dict[str, Any]:
        # Only with the right password: whoever found an open browser guesses at no code.
        if not self.errors:
            try:
                device_of_code(self.request, self.user, self.cleaned_data["code"])
            except forms.ValidationError as error:
                self.add_error("code", error)
        return self.cleaned_data


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class SecondFactorPage(LoginRequiredMixin, RedirectURLMixin, View):
    """Turns the second factor on; where it is on, says so and leads to the rest."""

    next_page = "account"

    def get(self, request: HttpRequest) -> HttpResponse:
        if (app := devices.app_of(request.user)) is None:
            return self._set_up(PasswordAndCodeForm(request))
        user: User = request.user  # type: ignore[assignment]  # signed in
        context = {
            "since": app.created_at, "left": backup_codes.left(user),
            "required": devices.is_required(user),
        }  # fmt: skip
        return render(request, "classifier/second_factor/on.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        user: User = request.user  # type: ignore[assignment]  # signed in
        if devices.is_on(user) or KEY not in request.session:
            return redirect(request.get_full_path())
        form = PasswordAndCodeForm(request, request.POST)
        if not form.is_valid():
            return self._set_up(form)
        made = devices.turn_on(user, key=request.session[KEY], **form.cleaned_data)
        if made is None:
            form.add_error("code", _("This code is not the one that the app shows now."))
            return self._set_up(form)
        device, codes = made
        del request.session[KEY]
        update_session_auth_hash(request, user)
        note_device(request, device)
        audit.record("turned on a second factor", by=user, address=address_of(request))
        return _show(request, codes, self.get_success_url())

    def _set_up(self, form: PasswordAndCodeForm) -> HttpResponse:
        """Show the secret; the same one until it is confirmed, also when the page is reloaded."""
        user: User = self.request.user  # type: ignore[assignment]  # signed in
        key = self.request.session.setdefault(KEY, devices.new_key())
        secret = b32encode(bytes.fromhex(key)).decode()
        address = devices.unsaved_app(user, key).config_url
        context = {
            "form": form, "address": address, "picture": _picture(address),
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "required": devices.is_required(user), "next": self.get_redirect_url(),
        }  # fmt: skip
        return render(self.request, "classifier/second_factor/set_up.html", context)


class CodePageOfOwn(LoginRequiredMixin, View):
    """A page that takes password and code, of who has a second factor."""

    template = ""

    @method_decorator([never_cache, sensitive_post_parameters()])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not devices.is_on(request.user):
            return redirect("account-second-factor")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, self.template, {"form": CheckedForm(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CheckedForm(request, request.POST)
        if not form.is_valid():
            return render(request, self.template, {"form": form})
        return self.done(request, form.user)

    def done(self, request: HttpRequest, user: User) -> HttpResponse:
        """Do it; password and code were right."""
        raise NotImplementedError


class BackupCodesPage(CodePageOfOwn):
    """Makes new backup codes; those before end."""

    template = "classifier/second_factor/renew.html"

    def done(self, request: HttpRequest, user: User) -> HttpResponse:
        codes = backup_codes.renew(user)
        audit.record("made new backup codes", by=user, address=address_of(request))
        return _show(request, codes, reverse("account-second-factor"))


class TurnOffPage(CodePageOfOwn):
    """Turns the second factor off."""

    template = "classifier/second_factor/turn_off.html"

    def done(self, request: HttpRequest, user: User) -> HttpResponse:
        devices.turn_off(user)
        # This browser stays signed in; the others are signed out.
        request.session.pop(DEVICE_ID_SESSION_KEY, None)
        audit.record("turned off a second factor", by=user, address=address_of(request))
        messages.success(request, _("The second factor is off. Your password alone signs you in."))
        return redirect("account")


def _show(request: HttpRequest, codes: list[str], following: str) -> HttpResponse:
    """Show backup codes, which nobody can be shown again."""
    halves = [f"{code[:5]} {code[5:]}" for code in codes]
    context = {"codes": halves, "next": following}
    return render(request, "classifier/second_factor/backup_codes.html", context)


def _picture(address: str) -> SafeString:
    """Return the QR code of an app's address as SVG; dark on light, as cameras want it."""
    code = segno.make_qr(address, error="m")
    svg = code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr")
    return mark_safe(svg)  # noqa: S308  # made of squares; nobody's text is in it
