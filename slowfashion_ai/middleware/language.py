"""The language of a page: the one that was chosen, else the browser's."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

ADMIN: Final = "/admin/"
# Pages of the admin that have no frame but our own words, all of them in the catalogs.
TRANSLATED: Final = ("/admin/classifier/review/queue/",)


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, but that the admin stays in one language where our texts there have one."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        path = request.path_info
        if path.startswith(ADMIN) and not path.startswith(TRANSLATED):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
