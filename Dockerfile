# Two images from one file: `web` (without torch; also migrate and scheduler) and `worker`.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PATH=/opt/venv/bin:$PATH
RUN groupadd --gid 10001 app && useradd --uid 10001 --gid app --no-create-home --home-dir /app app
WORKDIR /app

FROM base AS web-packages
RUN python -m venv /opt/venv
COPY requirements/web.txt requirements/web.txt
RUN pip install --require-hashes --requirement requirements/web.txt

FROM web-packages AS worker-packages
COPY requirements/worker.txt requirements/worker.txt
RUN pip install --require-hashes --requirement requirements/worker.txt

FROM base AS code
COPY manage.py ./
COPY slowfashion_ai slowfashion_ai
COPY classifier classifier
COPY training training
# The one folder that may be written to. Made here, so that a volume mounted in it is ours too.
RUN mkdir -p var/bundle-cache var/retraining && chown -R app:app var

FROM code AS web
COPY --from=web-packages /opt/venv /opt/venv
COPY bundles/starter bundles/starter
USER app
# Collecting reads the settings, which want a key; this one is used for nothing and not kept.
RUN SECRET_KEY=only-while-building python manage.py collectstatic --no-input
# Give memory back when a photo is cleaned: see the Procfile.
ENV GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    MALLOC_TRIM_THRESHOLD_=1048576 \
    PILLOW_BLOCKS_MAX=3
EXPOSE 8000
CMD ["gunicorn", "slowfashion_ai.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", \
     "slowfashion_ai.gunicorn_worker.PatientThreadWorker", \
     "--workers", "2", "--threads", "24", "--timeout", "60", "--preload", "--no-control-socket", \
     "--worker-tmp-dir", "/dev/shm"]

FROM code AS worker
COPY --from=worker-packages /opt/venv /opt/venv
USER app
# Keep freed memory for the next pass instead of returning it: see the Procfile.
ENV PYTHONMALLOC=malloc \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    MALLOC_MMAP_MAX_=0 \
    MALLOC_TRIM_THRESHOLD_=2147483648 \
    MALLOC_TOP_PAD_=67108864
CMD ["celery", "--app", "slowfashion_ai", "worker", "--pool", "threads", "--concurrency", "4", \
     "--queues", "classification,reclassification,maintenance", \
     "--without-gossip", "--without-mingle", "--without-heartbeat"]
