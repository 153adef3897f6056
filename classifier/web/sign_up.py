"""Signing up, where the setting `SIGN_UP` allows it: an address, a mail, a password."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from classifier.accounts import mail_links, sign_up
from classifier.throttles import LoginThrottle, address_of
from classifier.web.passwords import MailPage
from classifier.web.views import too_often, too_often_sentence


class OnlyIfAllowed(View):
    """A page that is there while sellers may sign up, for who is not signed in."""

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if not settings.SIGN_UP:
            raise Http404("Sellers cannot sign up here: the setting SIGN_UP is off.")
        if request.user.is_authenticated:
            return redirect("upload")
        return super().dispatch(request, *args, **kwargs)


class SignUpPage(OnlyIfAllowed, MailPage):
    """Takes an address and sends a link there."""

    template = "registration/sign_up.html"
    task = mail_links.SIGN_UP_TASK

    def refusal(self, address: str) -> str:
        try:
            sign_up.check_address(address)
        except ValidationError as error:
            return str(error.message)
        return ""


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class BeginPage(OnlyIfAllowed):
    """Takes the password of a new account from who has the link, and signs them in."""

    template = "registration/begin.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        address = self._address(token)
        form = SetPasswordForm(User(username=address)) if address else None
        return render(request, self.template, {"address": address, "form": form})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        address = self._address(token)
        if address is None:
            return render(request, self.template, {"address": None}, status=400)
        form = SetPasswordForm(User(username=address, email=address), request.POST)
        problem = too_often_sentence() if too_often(request, LoginThrottle) else ""
        if problem or not form.is_valid():
            context = {"address": address, "form": form, "problem": problem}
            return render(request, self.template, context, status=429 if problem else 400)
        try:
            user = sign_up.make_seller(
                address=address,
                password=form.cleaned_data["new_password1"],
                from_address=address_of(request),
            )
        except sign_up.AddressTakenError:
            return render(request, self.template, {"address": None}, status=400)
        login(request, user)
        return redirect("upload")

    def _address(self, token: str) -> str | None:
        """Return the address of a link that can still be used."""
        address = mail_links.address_in(token)
        if address is None or mail_links.is_taken(address):
            return None
        return sign_up.check_address(address)
