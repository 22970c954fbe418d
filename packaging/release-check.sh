#!/bin/sh
# Installs a release in minimal Debian root file systems without Swift and uses it there: the tarball in one, the .deb with apt in another.
set -eu

usage() {
    cat <<EOF
usage: packaging/release-check.sh [--release DIR] [--suite SUITE]...

  --release DIR  the folder with the release (default: dist)
  --suite SUITE  a suite of Debian (default: bookworm and trixie)

Each root file system is made with mmdebstrap from the mirror that this machine's apt uses, and runs in namespaces with a network behind
slirp4netns: everything started in it ends with it. Needs root, mmdebstrap, debian-archive-keyring, slirp4netns, and /dev/net/tun.
In each, matrix prints its version, creates a project, validates it, rehearses it, and runs it on a Podman host with systemd: twice, as
the first run makes the image. In the second, the host must be up within 60 s.
EOF
}

fail() {
    echo "release-check.sh: $1" >&2
    exit "${2:-1}"
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
release=$root/dist
suites=
while [ $# -gt 0 ]; do
    case $1 in
    --release | --suite)
        [ $# -ge 2 ] || fail "$1 needs a value" 2
        if [ "$1" = --release ]; then release=$2; else suites="$suites $2"; fi
        shift 2
        ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        usage >&2
        fail "unknown argument '$1'" 2
        ;;
    esac
done
suites=${suites:-bookworm trixie}

[ "$(id -u)" -eq 0 ] || fail 'run this as root: it mounts file systems and creates namespaces'
for tool in mmdebstrap slirp4netns unshare pivot_root; do
    command -v "$tool" >/dev/null || fail "$tool is not installed: sudo apt-get install mmdebstrap debian-archive-keyring slirp4netns util-linux"
done
[ -c /dev/net/tun ] || fail '/dev/net/tun does not exist, but slirp4netns needs it: sudo modprobe tun'
release=$(CDPATH='' cd -- "$release" 2>/dev/null && pwd) || fail "there is no folder $release: make the release first with packaging/release.sh"
for pattern in solti-matrix-*.tar.gz solti-matrix_*.deb SHA256SUMS; do
    # shellcheck disable=SC2086 # the pattern must expand
    set -- "$release"/$pattern
    if [ ! -f "$1" ] || [ $# -ne 1 ]; then fail "$release does not have exactly one $pattern: make the release first with packaging/release.sh"; fi
done

# Podman cannot store images on an overlay, and a container's root is one. CI mounts a volume for Podman's storage.
place=${TMPDIR:-/var/tmp}
if [ "$(stat --file-system --format=%T "$place")" = overlayfs ] && [ -d /var/lib/containers ]; then place=/var/lib/containers; fi
work=$(mktemp -d "$place/matrix-release-check.XXXXXX")
userland=
network=
clean_up() {
    trap '' INT TERM
    # When the first process of the userland ends, all others end too, and its namespaces end with their mounts, bridges and filters.
    if [ -n "$userland" ]; then kill -KILL "$userland" 2>/dev/null || true; fi
    if [ -n "$network" ]; then kill "$network" 2>/dev/null || true; fi
    wait 2>/dev/null || true
    # cgroups belong to the machine: those of containers that were killed with their userland remain.
    for container in "$work"/*.containers/storage/overlay-containers/*; do
        [ -d "$container" ] || continue
        find /sys/fs/cgroup -depth -type d -path "*libpod*$(basename "$container")*" -exec rmdir {} + 2>/dev/null || true
    done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The lines of sources.list for a suite on this machine's mirror. Prints none on another distribution: mmdebstrap has a default.
sources() {
    # shellcheck source=/dev/null
    here=$(. /etc/os-release && echo "${ID:-} ${VERSION_CODENAME:-}")
    [ "${here% *}" = debian ] || return 0
    # shellcheck disable=SC2016 # apt expands these
    apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Identifier: Packages' 'Component: main' | sort -u |
        awk -v here="${here#* }" -v suite="$1" '$1 == here || $1 == here "-updates" || $1 == here "-security" { sub(here, suite, $1); print "deb", $2, $1, "main" }'
}

make_userland() {
    apt-config dump | sed -n '/^Acquire::\(http::Proxy\|https::Proxy\|Check-Valid-Until\|Check-Date\|Retries\) /p' >"$work/apt.conf"
    lines=$(sources "$1")
    echo "release-check.sh: making a minimal $1"
    printf '%s\n' "$lines" | mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt="$work/apt.conf" "$1" "$2" ${lines:+-}
    mkdir "$2/release" "$2/check"
}

# Runs use.sh in a userland. Its containers and downloads are kept for the next userland of the suite.
use() {
    mkdir -p "$work/$1.containers" "$work/$1.archives/partial"
    unshare --mount --pid --net --ipc --uts --fork --kill-child sh "$root/packaging/userland.sh" \
        "$work/$1" "$release" "$work/scripts" "$work/$1.containers" "$work/$1.archives" "$2" &
    userland=$!
    slirp4netns --configure --mtu=65520 --disable-host-loopback "$userland" tap0 >"$work/network.log" 2>&1 &
    network=$!
    result=0
    wait "$userland" || result=$?
    userland=
    kill "$network" 2>/dev/null || true
    wait "$network" 2>/dev/null || true
    network=
    if [ "$result" -ne 0 ]; then
        tail -n 5 "$work/network.log" >&2
        fail "the $2 of this release failed on $1, with status $result"
    fi
}

mkdir "$work/scripts"
cp "$root/packaging/use.sh" "$root/fixtures/setup.sh" "$work/scripts/"
for suite in $suites; do
    make_userland "$suite" "$work/bare"
    for kind in deb tarball; do
        echo "release-check.sh: == $suite, $kind"
        cp -a "$work/bare" "$work/$suite"
        use "$suite" "$kind"
        rm -rf "${work:?}/$suite"
    done
    rm -rf "$work/bare" "${work:?}/$suite.containers" "$work/$suite.archives"
done
echo "release-check.sh: the tarball and the .deb work on $(echo "$suites" | sed 's/^ //; s/ / and /g')"
