# One image for every process; the command picks which (docker-compose.yml has them all).
FROM python:3.11-slim-bookworm AS environment
COPY bootstrap.lock runtime.lock /locks/
# both steps take only what the hashes name, and nothing that would need a compiler
RUN --mount=type=cache,target=/root/.cache \
    python -m venv /opt/venv \
 && python -m venv /opt/uv \
 && /opt/uv/bin/pip install -q --require-hashes --only-binary :all: -r /locks/bootstrap.lock \
 && { /opt/uv/bin/uv pip sync -q --system-certs --python /opt/venv/bin/python \
        --require-hashes --only-binary :all: /locks/runtime.lock \
   || /opt/venv/bin/pip install -q --require-hashes --only-binary :all: -r /locks/runtime.lock; } \
 && /opt/venv/bin/python -m compileall -q /opt/venv/lib

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
COPY --from=environment /opt/venv /opt/venv
COPY jarva /app/jarva
COPY migrations /app/migrations
COPY services /app/services
COPY shared /app/shared
COPY .env.example /app/.env.example
RUN python -m compileall -q /app
WORKDIR /app
# a number, so that an orchestrator can see that it is not root
USER 10001:10001
EXPOSE 8000
# no HEALTHCHECK here: an API and a worker are healthy in different ways
ENTRYPOINT ["python", "-m", "jarva"]
CMD ["--help"]
