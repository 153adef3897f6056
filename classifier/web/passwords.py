"""A new password: changed by who knows the old one, or set by a link that came by mail."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, views
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from classifier.accounts import lockout, mail_links
from classifier.throttles import LoginThrottle
from classifier.web.views import minutes_left, too_often, too_often_sentence


def is_password(request: HttpRequest, user: User, password: str) -> bool:
    """Return whether this is the user's password; guesses count as those at the sign-in page.

    Raises:
        ValidationError: if there were too many.
    """
    if too_often(request, LoginThrottle):
        raise forms.ValidationError(too_often_sentence())
    if wait := lockout.seconds_left(request, user.username):
        raise forms.ValidationError(minutes_left(wait))
    return authenticate(request, username=user.username, password=password) == user


class ChangeForm(PasswordChangeForm):
    """Django's, with a limit on guesses at the old password."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        given: str = self.cleaned_data["old_password"]
        if not is_password(self.request, self.user, given):
            raise forms.ValidationError(_("This is not your present password."))
        return given


class ChangePage(views.PasswordChangeView):
    """Changes the password; other browsers are signed out, and the API token ends."""

    template_name = "registration/change_password.html"
    form_class = ChangeForm
    success_url = reverse_lazy("account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, _("Your password is changed."))
        return answer


class AddressForm(forms.Form):
    """A mail address."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class MailPage(View):
    """Asks for an address and sends a mail with a link there; says the same to everybody."""

    template = ""
    task = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, self.template, {"form": AddressForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AddressForm(request.POST)
        if too_often(request, LoginThrottle):
            return self._again(form, too_often_sentence(), 429)
        if not form.is_valid():
            return self._again(form, _("Please enter a whole e-mail address."), 400)
        address = form.cleaned_data["email"]
        if problem := self.refusal(address):
            return self._again(form, problem, 400)
        if not mail_links.request_mail(self.task, request=request, address=address):
            problem = _("Mails cannot be sent just now. Please try again in a minute.")
            return self._again(form, problem, 503)
        return render(request, self.template, {"sent_to": address})

    def refusal(self, address: str) -> str:  # noqa: ARG002  # others refuse some
        """Return why no mail goes to this address, whoever has it; empty if one may."""
        return ""

    def _again(self, form: AddressForm, problem: str, status: int) -> HttpResponse:
        page = render(
            self.request, self.template, {"form": form, "problem": problem}, status=status
        )
        if status != 400:
            page.headers["Retry-After"] = "60"
        return page


class ForgottenPage(MailPage):
    """Sends a link for a new password."""

    template = "registration/forgotten.html"
    task = mail_links.RESET_TASK


class ResetPage(views.PasswordResetConfirmView):
    """Takes a new password from who has the link; the link ends with it."""

    template_name = "registration/new_password.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        lockout.forget(self.request, form.user.get_username())
        messages.success(self.request, _("Your new password is set. Sign in with it."))
        return answer
