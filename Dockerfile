# Two stages: the wheel and its pinned packages are built once, the image runs as nobody in particular.
FROM python:3.11-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements.lock pyproject.toml README.md ./
# The lock up to the line that begins the packages of development.
RUN sed '/^# Development only/,$d' requirements.lock > run.lock \
 && uv venv /opt/norrsken \
 && uv pip sync --python /opt/norrsken/bin/python --require-hashes run.lock
COPY app ./app
COPY data_layer ./data_layer
COPY assets ./assets
COPY docs/LICENSE ./docs/LICENSE
RUN uv build --wheel --out-dir /dist && uv pip install --python /opt/norrsken/bin/python --no-deps /dist/*.whl

FROM python:3.11-slim
LABEL org.opencontainers.image.title="Norrsken" org.opencontainers.image.licenses="MIT"
RUN useradd --system --uid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin norrsken \
 && install -d -o 10001 -m 0700 /lake
COPY --from=build /opt/norrsken /opt/norrsken
ENV PATH=/opt/norrsken/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/tmp/numba \
    NORRSKEN_FILES_CACHE=/tmp/norrsken \
    NORRSKEN_LAKE=/lake
# The root file system may be read-only: only the lake and /tmp are written.
VOLUME ["/lake"]
USER 10001
# Without sign-in `serve` answers on loopback only, the container's own: run with --network host.
EXPOSE 5006
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:5006/healthz', headers={'Host': 'localhost'}), timeout=4)"]
ENTRYPOINT ["norrsken"]
CMD ["serve", "--port", "5006"]
