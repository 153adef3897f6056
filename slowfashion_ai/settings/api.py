"""The API: who may ask, how often, and its description."""

from slowfashion_ai.environment import env
from slowfashion_ai.settings.security import HTTPS

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "classifier.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "classifier.api.errors.answer",
    "DEFAULT_THROTTLE_CLASSES": ["classifier.throttles.RequestThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": "6000/min",
        "uploads": f"{env.int('UPLOADS_PER_MINUTE', default=600)}/min",
        "exports": "6/hour",
        "logins": f"{env.int('LOGINS_PER_MINUTE', default=30)}/min",
    },
    # How many proxies of ours stand in front: their X-Forwarded-For is believed, no other.
    "NUM_PROXIES": env.int("NUM_PROXIES", default=1 if HTTPS else 0),
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "multipart",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SlowFashion AI",
    "DESCRIPTION": "Send listing photos, read their tags.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # A form takes a file and an answer has its address; in one schema both would be addresses.
    "COMPONENT_SPLIT_REQUEST": True,
}
