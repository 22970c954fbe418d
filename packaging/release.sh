#!/bin/sh
# Makes a release in dist/: solti-matrix-<version>-<machine>.tar.gz, solti-matrix_<version>_<architecture>.deb, SHA256SUMS.
set -eu

usage() {
    cat <<EOF
usage: packaging/release.sh [--binary PATH] [--output DIR]

  --binary PATH  an existing program with its resources beside it (default: build one)
  --output DIR   the folder for the release (default: dist); an earlier release there is replaced

Without --binary the program is built in .build-release, with Swift's libraries in it. The .deb depends on the libraries that it links:
build on the oldest supported system. Needs dpkg-dev, python3 and strip.
EOF
}

fail() {
    echo "release.sh: $1" >&2
    exit "${2:-1}"
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
binary=
output=$root/dist
while [ $# -gt 0 ]; do
    case $1 in
    --binary | --output)
        [ $# -ge 2 ] || fail "$1 needs a value" 2
        if [ "$1" = --binary ]; then binary=$2; else output=$2; fi
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

for tool in dpkg-deb dpkg-shlibdeps python3 strip sha256sum; do
    command -v "$tool" >/dev/null || fail "$tool is not installed: sudo apt-get install dpkg-dev python3 binutils"
done
# A release contains these files.
for file in LICENSE README.md CHANGELOG.md; do
    [ -f "$root/$file" ] || fail "$file does not exist, but a release must contain it"
done

# Two releases of one program at one commit are identical, byte for byte.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

if [ -z "$binary" ]; then
    commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null || true)
    if [ -n "$commit" ] && [ -n "$(git -C "$root" status --porcelain --untracked-files=no)" ]; then commit=$commit-dirty; fi
    echo "release.sh: building ${commit:-a source tree without a commit} in .build-release; this takes a while"
    build() {
        SOLTI_COMMIT=$commit swift build --package-path "$root" --scratch-path "$root/.build-release" -c release --static-swift-stdlib "$@"
    }
    build --product matrix
    binary=$(build --show-bin-path)/matrix
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

full=$("$binary" --version) || fail "$binary --version failed: name a working matrix program"
version=${full%% *}
machine=$(uname -m)
architecture=$(dpkg --print-architecture)
name=solti-matrix-$version-$machine
package=solti-matrix_${version}_$architecture

# The content of the tarball.
tree=$scratch/$name
sh "$root/install.sh" --binary "$binary" --prefix "$tree" >/dev/null
program=$tree/lib/matrix/matrix
strip --strip-all "$program"
mkdir -p "$tree/share/matrix" "$tree/share/doc/solti-matrix"
for schema in results platform-program; do cp "$root/docs/$schema.schema.json" "$tree/share/matrix/"; done
cp -R "$root/contrib/platforms" "$tree/share/matrix/platforms"
cp "$root/README.md" "$root/CHANGELOG.md" "$tree/share/doc/solti-matrix/"
cp "$root/LICENSE" "$tree/share/doc/solti-matrix/copyright"
cp "$root/LICENSE" "$root/README.md" "$root/CHANGELOG.md" "$root/install.sh" "$tree/"
chmod -R u=rwX,go=rX "$tree"

mkdir -p "$output"
output=$(CDPATH='' cd -- "$output" && pwd)
rm -f "$output"/solti-matrix-*.tar.gz "$output"/solti-matrix_*.deb "$output/SHA256SUMS"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --directory="$scratch" -cf - "$name" | gzip -9n >"$output/$name.tar.gz"

# The .deb has the same tree below /usr, in Debian's usual folders.
deb=$scratch/deb
mkdir -p "$deb/DEBIAN" "$deb/usr"
cp -R "$tree/bin" "$tree/lib" "$tree/share" "$deb/usr/"
mv "$deb/usr/share/zsh/site-functions" "$deb/usr/share/zsh/vendor-completions"
gzip -9n "$deb/usr/share/man/man1"/*.1 "$deb/usr/share/man/man5"/*.5 "$deb/usr/share/doc/solti-matrix/CHANGELOG.md"
mv "$deb/usr/share/doc/solti-matrix/CHANGELOG.md.gz" "$deb/usr/share/doc/solti-matrix/changelog.gz"

# dpkg-shlibdeps finds the packages of the libraries that the program links. It needs a source package's control file.
mkdir -p "$scratch/shlibs/debian"
printf 'Source: solti-matrix\n\nPackage: solti-matrix\nArchitecture: any\n' >"$scratch/shlibs/debian/control"
libraries=$(cd "$scratch/shlibs" && dpkg-shlibdeps -O "-e$program" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$libraries" ] || fail "the packages of the libraries of $binary could not be found: run dpkg-shlibdeps -O -e$binary"

cat >"$deb/DEBIAN/control" <<EOF
Package: solti-matrix
Version: $version
Architecture: $architecture
Maintainer: The solti-matrix contributors
Section: admin
Priority: optional
Installed-Size: $(du -k --summarize --apparent-size "$deb/usr" | cut -f 1)
Depends: $libraries, ca-certificates, openssh-client, tzdata
Recommends: podman, runc, netavark, aardvark-dns, iptables, nftables, mmdebstrap, debian-archive-keyring, ansible-core, python3, python3-venv
Suggests: git
Description: test matrix of operating systems and platforms
 matrix runs a deployment on every operating system and every platform that
 it supports, at once, and shows the differences. It creates the hosts,
 provisions them, deploys with Ansible, shell or Kubernetes, runs checks,
 writes JUnit and HTML reports, and destroys everything at the end.
EOF
find "$deb" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$deb" "$output/$package.deb" >/dev/null

(cd "$output" && sha256sum "$name.tar.gz" "$package.deb" >SHA256SUMS)
echo "release.sh: $full; the program has $(stat --format=%s "$program") bytes and needs $libraries"
(cd "$output" && stat --format='release.sh: %n, %s bytes' "$name.tar.gz" "$package.deb" SHA256SUMS)
