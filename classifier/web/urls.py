"""The seller's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from classifier.web import change, views
from classifier.web.suggest import SuggestView

urlpatterns = [
    path("", views.UploadPage.as_view(), name="upload"),
    path("listings/", views.ListingsPage.as_view(), name="listings"),
    path("listings/<int:pk>/", views.ListingPage.as_view(), name="listing"),
    path("listings/<int:pk>/edit/", views.EditPage.as_view(), name="listing-edit"),
    path("listings/<int:pk>/tags/", views.TagsFragment.as_view(), name="listing-tags"),
    path(
        "listings/<int:pk>/photos/<int:photo>/suggest/", SuggestView.as_view(), name="photo-suggest"
    ),
    path("listings/<int:pk>/title/", change.RenameView.as_view(), name="listing-rename"),
    path("listings/<int:pk>/delete/", change.DeleteView.as_view(), name="listing-delete"),
    path("listings/<int:pk>/restore/", change.RestoreView.as_view(), name="listing-restore"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("livez", views.livez, name="livez"),
    path("healthz", views.healthz, name="healthz"),
]
