# What the container istio-init of injected pods runs: a shell, iptables, and ip for transparent interception. The rules
# come from the injector.
#   docker build -f deploy/docker/proxy-init.Dockerfile -t quintet/proxy-init:0.1.0 deploy/docker
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends iptables iproute2 \
 && rm -rf /var/lib/apt/lists/*
CMD ["iptables", "--version"]
