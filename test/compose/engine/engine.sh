#!/usr/bin/env bash
# Sees to it that `docker` and `docker compose` answer, on a Debian machine without a service manager, as root.
# What answers already is left alone. Ends with 0 when both answer, and says on stdout the process of an engine that it has
# started and nothing else; else ends with 1 and one line on stderr that says why not.
set -euo pipefail

compose_module=github.com/docker/compose/v2
compose_version=v2.40.3
cache=${XDG_CACHE_HOME:-$HOME/.cache}/quintet/engine
log=${TMPDIR:-/tmp}/quintet-dockerd.log
started=

fail() {
  echo "engine.sh: $*" >&2
  exit 1
}

engine_answers() {
  command -v docker >/dev/null && timeout 10 docker info >/dev/null 2>&1
}

start_engine() {
  [ -z "${DOCKER_HOST:-}" ] || fail "nothing answers at DOCKER_HOST=$DOCKER_HOST"
  [ "$(id -u)" = 0 ] || fail 'no engine answers, and starting one needs root'
  if ! command -v dockerd >/dev/null; then
    command -v apt-get >/dev/null || fail 'no engine is installed, and there is no apt-get to install it'
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      docker.io iptables ca-certificates; } >"$log" 2>&1 || fail "docker.io cannot be installed: see $log"
  fi
  # An engine that is starting, by a service manager or another caller, is waited for like our own.
  # One that has ended may still have a name, but no command line.
  if ! grep -qszxE '(.*/)?dockerd' /proc/[0-9]*/cmdline; then
    rm -f /var/run/docker.pid
    setsid dockerd >>"$log" 2>&1 </dev/null 8>&- &
    started=$!
  fi
  for _ in $(seq 60); do
    engine_answers && return
    sleep 1
  done
  fail "the engine does not answer within a minute: see $log"
}

# The plugin is built from its module: `go install` refuses modules whose go.mod replaces others.
install_compose() {
  local go binary=$cache/docker-compose-$compose_version source plugins=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins
  if [ ! -x "$binary" ]; then
    go=$(command -v go || ls /usr/local/go/bin/go 2>/dev/null) || fail 'no docker compose, and no go to build it with'
    source=$("$go" mod download -json "$compose_module@$compose_version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    [ -d "$source" ] || fail "the source of $compose_module@$compose_version cannot be fetched"
    (cd "$source" && CGO_ENABLED=0 GOFLAGS=-mod=mod "$go" build -trimpath -o "$binary.new" \
      -ldflags "-s -w -X $compose_module/internal.Version=$compose_version" ./cmd) || fail 'docker compose cannot be built'
    mv "$binary.new" "$binary"
  fi
  mkdir -p "$plugins"
  cp "$binary" "$plugins/docker-compose"
}

mkdir -p "$cache"
exec 8>"$cache/lock"
flock 8
engine_answers || start_engine
docker compose version >/dev/null 2>&1 || install_compose
docker compose version >/dev/null 2>&1 || fail 'docker compose does not answer'
[ -z "$started" ] || echo "$started"
