"""Who may see which listing and photo: one rule for pages, API and admin.

A seller sees their own. Staff whom the admin lets view photos see all. What somebody may not see
does not exist for them, so that nothing can be learned by guessing numbers.
"""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from classifier.models import Listing, ListingPhoto


def sees_all(user: User | AnonymousUser) -> bool:
    """Return whether somebody may see the photos of every seller."""
    return user.is_staff and user.has_perm("classifier.view_listingphoto")


def listings_for(user: User | AnonymousUser) -> QuerySet[Listing]:
    """Return the listings somebody may see, newest first."""
    if sees_all(user):
        return Listing.objects.filter(deleted_at__isnull=True)
    if not user.pk:
        return Listing.objects.none()
    return Listing.objects.filter(seller_id=user.pk, deleted_at__isnull=True)


def photos_for(user: User | AnonymousUser) -> QuerySet[ListingPhoto]:
    """Return the photos somebody may see."""
    if sees_all(user):
        return ListingPhoto.objects.all()
    if not user.pk:
        return ListingPhoto.objects.none()
    return ListingPhoto.objects.filter(
        listing__seller_id=user.pk, listing__deleted_at__isnull=True, deleted_at__isnull=True
    )
