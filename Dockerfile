# scripts/container/build.sh makes it, after the first time without a network; so does `docker build .`, with one.
#
# The image itself has not been built: no machine of the project has a container engine. So each RUN step is a script in
# scripts/container/, and tests/test_container_steps.py copies what the COPY lines name and executes those scripts.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1
WORKDIR /srv/crosscourt
COPY pyproject.toml requirements-run.lock README.md LICENSE ./
COPY scripts/container scripts/container
COPY wheelhouse /opt/wheelhouse
COPY alembic alembic
COPY app app
COPY routers routers
COPY workers workers
RUN scripts/container/install.sh /opt/venv /opt/wheelhouse
ARG WITHOUT=
RUN scripts/container/thin.sh /opt/venv $WITHOUT

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/var/lib/crosscourt
WORKDIR /srv/crosscourt
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/crosscourt /srv/crosscourt
RUN scripts/container/add_user.sh
USER crosscourt
VOLUME /var/lib/crosscourt
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["python", "scripts/container/check_health.py"]
ENTRYPOINT ["crosscourt"]
CMD ["up", "--host", "0.0.0.0", "--log", "json"]
