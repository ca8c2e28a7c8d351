# Dagster in production: one image for code server, webserver, daemon and runs, which differ in their command.
# `make deploy` stages the folder that it is built from (infra/image.py) and builds it; `make image-size` runs its steps.

# Before you deploy, pin what this tag is on the day:
#   docker buildx imagetools inspect python:3.11-slim-bookworm --format '{{.Manifest.Digest}}'
# and write it behind the tag, as in python:3.11-slim-bookworm@sha256:<digest>.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /opt/txplatform
COPY constraints-image.txt ./
RUN python3 -m venv --without-pip /opt/venv
RUN python3 -m pip --python /opt/venv/bin/python install --quiet --no-cache-dir --no-compile --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r constraints-image.txt
COPY pyproject.toml dagster.yaml LICENSE ./
COPY deploy deploy
COPY infra infra
COPY lambdas lambdas
COPY txplatform txplatform
RUN mkdir -p /opt/dagster && /opt/venv/bin/python -m infra.instance /opt/dagster/dagster.yaml
RUN /opt/venv/bin/python -m compileall -q -j 0 /opt/txplatform/txplatform /opt/txplatform/lambdas /opt/venv/lib

FROM ${BASE}
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin dagster
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=10001:10001 /opt/dagster /opt/dagster
COPY --from=build /opt/txplatform /opt/txplatform
WORKDIR /opt/txplatform
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/opt/txplatform \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DAGSTER_HOME=/opt/dagster \
    DAGSTER_DISABLE_TELEMETRY=1 \
    _RJEM_MALLOC_CONF=dirty_decay_ms:10000,muzzy_decay_ms:-1 \
    MALLOC_MMAP_THRESHOLD_=33554432 \
    MALLOC_TRIM_THRESHOLD_=134217728
USER 10001:10001
EXPOSE 3000 4000
# Whichever of the three a container is; ECS asks by a check of the task definition.
HEALTHCHECK --interval=60s --timeout=30s --start-period=300s --retries=3 \
    CMD dagster api grpc-health-check --port 4000 || python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:3000/server_info')" || dagster-daemon liveness-check
CMD ["dagster", "code-server", "start", "--host", "0.0.0.0", "--port", "4000", "--module-name", "txplatform.definitions", "--location-name", "txplatform"]
