"""All addresses of the product."""

from django.contrib import admin
from django.urls import include, path

from classifier.web.views import staff_sign_in

handler500 = "slowfashion_ai.server_errors.answer"

urlpatterns = [
    # One page to sign in at, with one limit on attempts.
    path("admin/login/", staff_sign_in),
    path("admin/", admin.site.urls),
    path("api/v1/", include("classifier.api.urls")),
    path("", include("classifier.web.urls")),
]
