"""The language of a page: the one that was chosen, else the browser's."""

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

_ROWS: Final = "/admin/classifier/"
# Pages of engineers and administrators, whose words are not in the catalogs.
IN_ENGLISH: Final = re.compile(f"{_ROWS}modelversion/[0-9]+/(thresholds|compare)/")


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, but that pages whose texts are in one language are in that language whole."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if IN_ENGLISH.match(request.path_info):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
