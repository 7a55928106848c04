# Scores, reports and exports in a container; a camera on USB is better used from the system itself.
#
#     docker build -t rigcoach .
#     docker run --rm -v "$PWD:/clips" rigcoach score /clips
#
# Detectors are kept in the volume /data: docker run --rm -v rigcoach:/data rigcoach models install deimv2-femto
FROM python:3.12-slim

COPY . /src
RUN pip install --no-cache-dir /src && rm -rf /src
ENV RIGCOACH_HOME=/data
VOLUME /data
WORKDIR /clips
ENTRYPOINT ["rigcoach"]
CMD ["--help"]
