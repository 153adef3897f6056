"""The routes below /api/v1/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from classifier.api import views
from classifier.api.docs import docs
from classifier.api.drafts import DraftsView, ListingPhotosView
from classifier.api.token import TokenView
from classifier.api.verdicts import DisagreeView

app_name = "api"

urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("listings/", views.ListingsView.as_view(), name="listings"),
    path("listings/<int:pk>/", views.ListingView.as_view(), name="listing"),
    path("listings/<int:pk>/restore/", views.RestoreView.as_view(), name="listing-restore"),
    path("listings/<int:pk>/photos/", ListingPhotosView.as_view(), name="listing-photos"),
    path("drafts/", DraftsView.as_view(), name="drafts"),
    path("photos/<int:pk>/restore/", views.PhotoRestoreView.as_view(), name="photo-restore"),
    path("photos/<int:pk>/", views.PhotoView.as_view(), name="photo"),
    path("photos/<int:pk>/disagree/", DisagreeView.as_view(), name="photo-disagree"),
    path("photos/<int:pk>/image/", views.ImageView.as_view(), name="photo-image"),
    path("photos/<int:pk>/thumbnail/", views.ThumbnailView.as_view(), name="photo-thumbnail"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
]
