"""The seller's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from classifier.web import views
from classifier.web.suggest import SuggestView

urlpatterns = [
    path("", views.UploadPage.as_view(), name="upload"),
    path("listings/", views.ListingsPage.as_view(), name="listings"),
    path("listings/<int:pk>/", views.ListingPage.as_view(), name="listing"),
    path("listings/<int:pk>/tags/", views.TagsFragment.as_view(), name="listing-tags"),
    path(
        "listings/<int:pk>/photos/<int:photo>/suggest/", SuggestView.as_view(), name="photo-suggest"
    ),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("healthz", views.healthz, name="healthz"),
]
