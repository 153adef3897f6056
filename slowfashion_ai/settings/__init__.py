"""Settings, read from the environment; README.md lists every variable.

Without any variable this is a safe single machine: DEBUG off, SQLite, files on disk, the embedded
Redis. `make run` switches DEBUG on.
"""

from slowfashion_ai.environment import BASE_DIR as BASE_DIR
from slowfashion_ai.settings.accounts import *
from slowfashion_ai.settings.admin import *
from slowfashion_ai.settings.api import *
from slowfashion_ai.settings.applications import *
from slowfashion_ai.settings.celery import *
from slowfashion_ai.settings.database import *
from slowfashion_ai.settings.files import *
from slowfashion_ai.settings.folders import *
from slowfashion_ai.settings.monitoring import *
from slowfashion_ai.settings.retraining import *
from slowfashion_ai.settings.review import *
from slowfashion_ai.settings.second_factor import *
from slowfashion_ai.settings.security import *
from slowfashion_ai.settings.tagging import *
