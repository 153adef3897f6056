"""The seller's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from classifier.web import (
    account,
    address,
    change,
    code,
    lists,
    passwords,
    second_factor,
    sign_up,
    views,
)
from classifier.web.disagree import DisagreeView
from classifier.web.suggest import SuggestView

urlpatterns = [
    path("", views.UploadPage.as_view(), name="upload"),
    path("listings/", lists.ListingsPage.as_view(), name="listings"),
    path("photos/", lists.PhotosPage.as_view(), name="photos"),
    path("listings/<int:pk>/", views.ListingPage.as_view(), name="listing"),
    path("listings/<int:pk>/edit/", views.EditPage.as_view(), name="listing-edit"),
    path("listings/<int:pk>/tags/", views.TagsFragment.as_view(), name="listing-tags"),
    path(
        "listings/<int:pk>/photos/<int:photo>/suggest/", SuggestView.as_view(), name="photo-suggest"
    ),
    path(
        "listings/<int:pk>/photos/<int:photo>/disagree/",
        DisagreeView.as_view(),
        name="photo-disagree",
    ),
    path("listings/<int:pk>/title/", change.RenameView.as_view(), name="listing-rename"),
    path("listings/<int:pk>/delete/", change.DeleteView.as_view(), name="listing-delete"),
    path("listings/<int:pk>/restore/", change.RestoreView.as_view(), name="listing-restore"),
    path("account/", account.AccountPage.as_view(), name="account"),
    path("account/export/", account.ExportView.as_view(), name="account-export"),
    path("account/delete/", account.DeletePage.as_view(), name="account-delete"),
    path("account/address/", address.ChangeAddressPage.as_view(), name="account-address"),
    path(
        "account/address/<token>/",
        address.ConfirmAddressPage.as_view(),
        name="account-address-confirm",
    ),
    path("account/password/", passwords.ChangePage.as_view(), name="account-password"),
    path(
        "account/second-factor/",
        second_factor.SecondFactorPage.as_view(),
        name="account-second-factor",
    ),
    path(
        "account/second-factor/backup-codes/",
        second_factor.BackupCodesPage.as_view(),
        name="account-second-factor-backup-codes",
    ),
    path(
        "account/second-factor/off/",
        second_factor.TurnOffPage.as_view(),
        name="account-second-factor-off",
    ),
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/code/", code.CodePage.as_view(), name="login-code"),
    path("login/forgotten/", passwords.ForgottenPage.as_view(), name="password-forgotten"),
    path(
        "login/new-password/<uidb64>/<token>/",
        passwords.ResetPage.as_view(),
        name="password_reset_confirm",
    ),
    path("sign-up/", sign_up.SignUpPage.as_view(), name="sign-up"),
    path("sign-up/<token>/", sign_up.BeginPage.as_view(), name="sign-up-begin"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("livez", views.livez, name="livez"),
    path("healthz", views.healthz, name="healthz"),
]
