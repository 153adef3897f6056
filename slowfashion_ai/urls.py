"""All addresses of the product."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog, set_language

from classifier.web.views import staff_sign_in

handler500 = "slowfashion_ai.server_errors.answer"

urlpatterns = [
    # One page to sign in at, with one limit on attempts.
    path("admin/login/", staff_sign_in),
    # Likewise one to change a password at: Django's own has no limit on guesses at the old one.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account-password")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("classifier.api.urls")),
    path("language/", set_language, name="set_language"),
    path("texts.js", JavaScriptCatalog.as_view(packages=["classifier"]), name="javascript-catalog"),
    path("", include("classifier.web.urls")),
]
