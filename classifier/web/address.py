"""Another mail address: asked for with the password, and a code where there is a second factor;
taken by who follows the link in the mail.
"""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from classifier.accounts import new_address, sign_up
from classifier.accounts.second_factor import devices
from classifier.throttles import LoginThrottle, address_of
from classifier.web.code import CodeField, device_of_code
from classifier.web.passwords import AddressForm, is_password
from classifier.web.views import too_often, too_often_sentence


class NewAddressForm(AddressForm):
    """A new address of this user, their password, and a code if they have a second factor."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request
        self.user: User = request.user  # type: ignore[assignment]  # signed in
        self.fields["email"].label = _("New e-mail address")
        self.fields["email"].error_messages["invalid"] = _("Please enter a whole e-mail address.")
        if devices.is_on(self.user):
            self.fields["code"] = CodeField()

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        if address.lower() == self.user.email.lower():
            raise ValidationError(_("This is your address already."))
        if new_address.is_name(self.user):
            sign_up.check_address(address)
        return address

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if not is_password(self.request, self.user, given):
            raise ValidationError(_("This is not your password."))
        return given

    def clean(self) -> dict[str, Any]:
        # Only if all else is right: a code that was compared is used up.
        if "code" in self.fields and not self.errors:
            try:
                device_of_code(self.request, self.user, self.cleaned_data["code"])
            except ValidationError as error:
                self.add_error("code", error)
        return self.cleaned_data


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangeAddressPage(LoginRequiredMixin, View):
    """Takes a new address and what shows who asks, and sends a link to that address."""

    template = "registration/change_address.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, self.template, {"form": NewAddressForm(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewAddressForm(request, request.POST)
        if not form.is_valid():
            return render(request, self.template, {"form": form}, status=400)
        address = form.cleaned_data["email"]
        try:
            sent = new_address.request_mails(user=form.user, address=address, request=request)
        except new_address.TooManyMailsError:
            return self._again(form, _("You asked for several mails. Please wait an hour."), 429)
        if not sent:
            problem = _("Mails cannot be sent just now. Please try again in a minute.")
            return self._again(form, problem, 503)
        return render(request, self.template, {"sent_to": address})

    def _again(self, form: NewAddressForm, problem: str, status: int) -> HttpResponse:
        context = {"form": form, "problem": problem}
        return render(self.request, self.template, context, status=status)


@method_decorator(never_cache, name="dispatch")
class ConfirmAddressPage(View):
    """Where the link leads: a button takes the new address, so that no mail scanner does."""

    template = "registration/confirm_address.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            user, address = new_address.read_token(token)
        except new_address.LinkEndedError:
            return render(request, self.template, {"ended": True})
        context = {"account": user, "address": address, "is_name": new_address.is_name(user)}
        return render(request, self.template, context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if too_often(request, LoginThrottle):
            context = {"problem": too_often_sentence()}
            return render(request, self.template, context, status=429)
        try:
            user = new_address.change(token, from_address=address_of(request))
        except new_address.LinkEndedError:
            return render(request, self.template, {"ended": True}, status=400)
        except sign_up.AddressTakenError:
            context = {"problem": _("Another account has this address by now.")}
            return render(request, self.template, context, status=400)
        return render(request, self.template, {"done": user})
