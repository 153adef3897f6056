"""A person's own account: what is kept of it, given out or deleted."""

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from classifier.accounts import personal_data
from classifier.accounts.second_factor import devices
from classifier.throttles import ExportThrottle
from classifier.web.passwords import is_password
from classifier.web.views import too_often, too_often_sentence


class AccountPage(LoginRequiredMixin, View):
    """Name, address and since when; leads to what can be changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request)


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # signed in
    context = {"problem": problem, "second_factor": devices.is_on(user)}
    return render(request, "classifier/account.html", context, status=status)


class ExportView(LoginRequiredMixin, View):
    """Sends a ZIP file with all that is kept, photos included, as it is being written."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        if too_often(request, ExportThrottle):
            return _page(request, too_often_sentence(), 429)
        user: User = request.user  # type: ignore[assignment]  # signed in
        return StreamingHttpResponse(
            personal_data.stream(user),
            content_type="application/zip",
            headers={"Content-Disposition": 'attachment; filename="slowfashion-data.zip"'},
        )


class DeletePage(LoginRequiredMixin, View):
    """Deletes the account with all its photos, once the password was given."""

    template = "classifier/account_delete.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        user: User = request.user  # type: ignore[assignment]  # signed in
        if personal_data.is_last_administrator(user):
            problem = _("You are the only administrator. Give somebody else the role first.")
            return self._page(request, problem)
        try:
            right = is_password(request, user, request.POST.get("password", ""))
        except forms.ValidationError as error:
            return self._page(request, str(error.message), 429)
        if not right:
            return self._page(request, _("This is not your password. Nothing was deleted."))
        personal_data.delete(user, by=user)
        logout(request)
        return render(request, "classifier/account_deleted.html")

    def _page(self, request: HttpRequest, problem: str = "", status: int = 400) -> HttpResponse:
        context = {"problem": problem, "photos": personal_data.photos_of(request.user).count()}  # type: ignore[arg-type]  # signed in
        return render(request, self.template, context, status=status if problem else 200)
