"""The look of the admin."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy

UNFOLD = {
    "SITE_TITLE": "SlowFashion AI",
    "SITE_HEADER": "SlowFashion AI",
    "SITE_SYMBOL": "checkroom",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("classifier/icon.svg"),
        }
    ],
    "STYLES": [
        lambda _request: static("classifier/admin/without_script.css"),
        lambda _request: static("classifier/admin/accessible.css"),
    ],
    "SCRIPTS": [lambda _request: static("classifier/admin/accessible.js")],
    # Password, address and second factor are changed there, with the limits on guesses.
    "ACCOUNT": {
        "navigation": [{"title": gettext_lazy("Account"), "link": reverse_lazy("account")}]
    },
    # The green of the seller's pages, from its lightest tint to its darkest shade.
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .012 165)",
            "100": "oklch(94.5% .025 165)",
            "200": "oklch(89% .045 164)",
            "300": "oklch(81% .065 163)",
            "400": "oklch(71% .08 163)",
            "500": "oklch(58% .085 163)",
            "600": "oklch(42% .07 163)",
            "700": "oklch(37% .06 163)",
            "800": "oklch(32% .05 163)",
            "900": "oklch(27% .04 163)",
            "950": "oklch(20% .03 163)",
        }
    },
}
