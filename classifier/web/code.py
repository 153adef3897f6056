"""The second page of the sign-in: the code of who has a second factor."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import RedirectURLMixin, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from classifier.accounts.second_factor import check, first_step
from classifier.throttles import LoginThrottle
from classifier.web.views import minutes_left, too_often, too_often_sentence


class CodeField(forms.CharField):
    """A code of an app, or a backup code; without the spaces and hyphens that people type."""

    def __init__(self, **more: Any) -> None:
        keyboard = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        widget = forms.TextInput(attrs=keyboard | more.pop("attrs", {}))
        super().__init__(label=gettext_lazy("Code"), max_length=32, widget=widget, **more)

    def clean(self, value: Any) -> str:
        code = check.digits_of(super().clean(value))
        if code is None:
            raise forms.ValidationError(
                _("A code has six digits, and a backup code ten. This is neither.")
            )
        return code


class CodeForm(forms.Form):
    """One code."""

    code = CodeField(attrs={"autofocus": True})


def device_of_code(request: HttpRequest, user: User, code: str) -> Any:
    """Return the device of a right code.

    Raises:
        ValidationError: if it is wrong, or there were too many that were.
    """
    try:
        device = check.device_of(request, user, code)
    except check.TooManyCodesError as error:
        raise forms.ValidationError(minutes_left(error.seconds), code="wait") from error
    if device is None:
        raise forms.ValidationError(
            _("This code is wrong, or it was used before. Wait for the next one.")
        )
    return device


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class CodePage(RedirectURLMixin, View):
    """Takes the code within five minutes of the password, and signs in."""

    next_page = settings.LOGIN_REDIRECT_URL

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        user = first_step.user_of(request)
        if user is None or request.user.is_authenticated:
            return self._answer(request, form)
        if too_often(request, LoginThrottle):
            return self._page(user, CodeForm(), too_often_sentence(), 429)
        if not form.is_valid():
            return self._page(user, form, str(form.errors["code"][0]))
        try:
            device = device_of_code(request, user, form.cleaned_data["code"])
        except forms.ValidationError as error:
            status = 429 if error.code == "wait" else 200
            return self._page(user, CodeForm(), str(error.message), status)
        first_step.finish(request, user, device)
        return redirect(self.get_success_url())

    def _answer(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        user = first_step.user_of(request)
        if user is not None:
            return self._page(user, form)
        if request.method == "POST":
            messages.info(request, _("That took a while. Please enter your password again."))
        return redirect_to_login(self.get_redirect_url() or self.get_default_redirect_url())

    def _page(
        self, user: User, form: CodeForm, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form, "problem": problem, "name": user.get_username(),
            "next": self.get_redirect_url(),
        }  # fmt: skip
        page = render(self.request, "registration/code.html", context, status=status)
        if status == 429:
            page.headers["Retry-After"] = "60"
        return page
