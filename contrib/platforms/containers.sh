#!/bin/sh
# An example for `driver: command`: hosts are Podman containers. Needs podman and jq. In the matrix file:
#
#   platforms:
#     containers:
#       driver: command
#       command: contrib/platforms/containers.sh
#       settings: { images: { debian12: localhost/my-debian:12 } }    # with systemd and sshd
#
# docs/adding-a-platform.md has the protocol; `matrix platform test FILE` tries this program.
set -eu

request=$(cat)
get() { printf '%s' "$request" | jq -r "$1 // empty"; }
answer() { jq -nc "{protocol: 1} + $1"; }
# settings.options and settings.create: options of every podman command, and of `podman create`. An option is one word.
# shellcheck disable=SC2046
podman() { command podman $(get '.settings.options // [] | .[]') "$@"; }
name=$(get .resource.name)

# Whether a container of the name has a label.
has() { podman container inspect "$name" 2>/dev/null | jq -e --arg wanted "$1" '.[0].Config.Labels | has($wanted)' >/dev/null; }

case $1 in
create)
    if ! podman container exists "$name"; then
        image=$(get ".settings.images[\"$(get .cell.os.name)\"]")
        [ "$image" ] || { echo "settings.images has no $(get .cell.os.name)" >&2; exit 69; }
        # shellcheck disable=SC2046
        podman create --systemd=always --publish 127.0.0.1::22 --name "$name" $(get '.settings.create // [] | .[]') \
            $(get '.resource.tags[] | "--label=" + .') "$image" >/dev/null
    fi
    has "solti-matrix-run-$(get .resource.run)" || { echo "another container has the name $name" >&2; exit 1; }
    podman start "$name" >/dev/null
    get .login.public_key |
        podman exec -i "$name" sh -c 'umask 077; mkdir -p /root/.ssh; cat >/root/.ssh/authorized_keys'
    port=$(podman port "$name" 22 | sed 's/.*://')
    answer "{id: \"$(podman container inspect --format '{{.Id}}' "$name")\", address: \"127.0.0.1\", port: $port, user: \"root\"}"
    ;;
destroy)
    ! has "solti-matrix-run-$(get .resource.run)" || podman rm --force --volumes --time 5 "$name" >/dev/null
    answer '{}'
    ;;
list)
    tag=$(get .tag)
    podman ps --all --filter "label=$tag" --format json | jq -c \
        '{protocol: 1, resources: [.[] | {name: .Names[0], id: .Id, tags: (.Labels | keys), address: "127.0.0.1", user: "root",
                                          port: (.Ports // [{}])[0].host_port}]}'
    ;;
*) echo "unknown verb $1" >&2; exit 64 ;;
esac
