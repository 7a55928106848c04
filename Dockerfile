# Scores, reports and exports in a container; a camera on USB is better used from the system itself.
#
#     docker build -t rigcoach .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/clips" rigcoach score /clips
#
# With --user, reports beside the clips are yours. Detectors are kept in the volume /data:
#
#     docker run --rm -v rigcoach:/data rigcoach models install deimv2-femto
FROM python:3.12-slim-bookworm AS build

COPY . /src
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel /src

FROM python:3.12-slim-bookworm

# What the wheels of lensfunpy (GLib) and gphoto2 (X11, expat) look for in the system.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libexpat1 libglib2.0-0 libx11-6 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /wheel /wheel
RUN pip install --no-cache-dir /wheel/*.whl && rm -rf /wheel && mkdir -m 1777 /data \
    && python -m rigcoach.measure.card.warm_up
ENV RIGCOACH_HOME=/data
VOLUME /data
WORKDIR /clips
ENTRYPOINT ["rigcoach"]
CMD ["--help"]
