#!/bin/sh
# Installs the release in /release in the userland that it runs in, and uses it. Part of release-check.sh.
# usage: use.sh tarball|deb
set -eu

fail() {
    echo "use.sh: $1" >&2
    exit 1
}

# Shows a command and runs it.
show() {
    echo "\$ $*"
    "$@"
}

install() { DEBIAN_FRONTEND=noninteractive apt-get -qq -y "$@" >/tmp/apt.log 2>&1 || { tail -n 20 /tmp/apt.log >&2; fail "apt-get $* failed"; }; }

if command -v swift || command -v swiftc; then fail 'Swift is installed here: this test would prove nothing'; fi
# shellcheck source=/dev/null
echo "on $(. /etc/os-release && echo "$PRETTY_NAME"), $(dpkg-query --show | wc -l) packages, $(du -sxm / 2>/dev/null | cut -f 1) MB"
apt-get -qq update

# The packages that fixtures/setup.sh would install must be available.
sh /check/setup.sh --tests --dry-run >/tmp/setup.log || fail "fixtures/setup.sh does not know this system: $(cat /tmp/setup.log)"
wanted=$(sed -n 's/^setup.sh: would install: //p' /tmp/setup.log)
# shellcheck disable=SC2086 # one word per package
install --simulate --no-install-recommends install $wanted
echo "fixtures/setup.sh --tests would install $(echo "$wanted" | wc -w) packages, and apt has them all"

mkdir /tmp/unpacked
tar -xzf /release/solti-matrix-*.tar.gz -C /tmp/unpacked --strip-components=1
case $1 in
tarball)
    # Without its libraries it must say which are missing, and install nothing.
    if sh /tmp/unpacked/install.sh --from /release/solti-matrix-*.tar.gz >/tmp/refused 2>&1; then fail 'it was installed although its libraries are missing'; fi
    cat /tmp/refused
    grep -q 'apt-get install libxml2' /tmp/refused || fail 'it does not say which packages to install'
    [ ! -e /usr/local/bin/matrix ] || fail 'it was refused, but something was installed'
    install --no-install-recommends install libxml2 libsqlite3-0 libstdc++6 ca-certificates openssh-client
    show sh /tmp/unpacked/install.sh --from /release/solti-matrix-*.tar.gz
    installed=/usr/local
    # What matrix doctor requires for Podman hosts.
    install --no-install-recommends install podman runc netavark aardvark-dns iptables nftables mmdebstrap debian-archive-keyring
    ;;
deb)
    show sh /tmp/unpacked/install.sh --from /release/solti-matrix_*.deb >/tmp/apt.log 2>&1 || { tail -n 20 /tmp/apt.log >&2; fail 'the .deb was not installed'; }
    tail -n 1 /tmp/apt.log
    installed=/usr
    ;;
*) fail "'$1' is not a kind of release: use tarball or deb" ;;
esac
rm -rf /tmp/unpacked

for file in bin/matrix share/bash-completion/completions/matrix share/matrix/matrix.schema.json share/doc/solti-matrix/copyright; do
    [ -s "$installed/$file" ] || fail "$installed/$file is missing"
done
[ -s "$installed/share/man/man1/matrix-run.1" ] || [ -s "$installed/share/man/man1/matrix-run.1.gz" ] || fail 'there is no man page of matrix run'
[ -s "$installed/share/man/man5/matrix.yml.5" ] || [ -s "$installed/share/man/man5/matrix.yml.5.gz" ] || fail 'there is no man page of matrix.yml'

show matrix --version
# The recipes and the page's templates are files beside the program.
show matrix init /srv/first --name first
cd /srv/first
show matrix validate matrices/first.yml
show matrix run matrices/first.yml --simulate --reports /tmp/rehearsal
[ -n "$(find /tmp/rehearsal -name index.html -size +0)" ] || fail 'the rehearsal has no report'
show matrix doctor matrices/first.yml

# Runs the matrix. Each line starts with the seconds since the start.
run() {
    echo '$ matrix run matrices/first.yml'
    begin=$(date +%s)
    { matrix run matrices/first.yml --format plain 2>&1 && echo passed || echo "ended with status $?"; } |
        while IFS= read -r line; do printf '%d s  %s\n' "$(($(date +%s) - begin))" "$line"; done >"$1"
}

run /tmp/first.log
grep -v 'mmdebstrap:\|Setting up\|Fetched' /tmp/first.log || true
tail -n 1 /tmp/first.log | grep -q ' passed$' || fail 'the first run did not pass'
run /tmp/second.log
cat /tmp/second.log
tail -n 1 /tmp/second.log | grep -q ' passed$' || fail 'the second run did not pass'
host=$(awk '/create: passed/ { print $1; exit }' /tmp/second.log)
[ -n "$host" ] || fail 'the second run did not say when it had its host'
echo "use.sh: the first line of a phase after $(awk '/  create/ { print $1; exit }' /tmp/second.log) s, the host after $host s, everything after $(tail -n 1 /tmp/second.log | cut -d ' ' -f 1) s"
[ "$host" -le 60 ] || fail "the host was up only after $host s; the limit with an existing image is 60 s"
[ -z "$(podman ps --all --quiet)" ] || fail 'a container was left behind'
