#!/bin/sh
# Installs matrix: the program with its resources, completions for bash, zsh and fish, and man pages. It builds them, or takes a release.
set -eu

usage() {
    cat <<EOF
usage: ./install.sh [--prefix DIR] [--from FILE|URL | --binary PATH]

  --prefix DIR     where it goes (default: /usr/local): DIR/bin/matrix, DIR/lib/matrix, DIR/share
  --from FILE|URL  a release, which needs no compiler: solti-matrix-….tar.gz, or a .deb, which apt installs in /usr.
                   It is held against the SHA256SUMS beside it, if there are any.
  --binary PATH    a program that is built already; its resources lie beside it

Without --from and --binary it is built with Swift 6.3 or newer; fixtures/setup.sh installs what else that needs on Debian.
In a release that is unpacked, this script installs that release.
EOF
}

fail() {
    echo "install.sh: $1" >&2
    exit "${2:-1}"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || fail 'run this as root: sudo is not installed'
        sudo "$@"
    fi
}

prefix=
binary=
from=
while [ $# -gt 0 ]; do
    case $1 in
    --prefix | --binary | --from)
        [ $# -ge 2 ] || fail "$1 needs a value" 2
        case $1 in
        --prefix) prefix=$2 ;;
        --binary) binary=$2 ;;
        --from) from=$2 ;;
        esac
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
[ -z "$binary" ] || [ -z "$from" ] || fail '--from and --binary exclude each other' 2
case $from in
*.deb) [ -z "$prefix" ] || fail "a .deb goes to /usr: leave --prefix out, or name the .tar.gz" 2 ;;
*.tar.gz | '') ;;
*) fail "'$from' is no release: name a solti-matrix-….tar.gz or a .deb" 2 ;;
esac
prefix=${prefix:-/usr/local}
source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

scratch=
remove_scratch() { if [ -n "$scratch" ]; then rm -rf "$scratch"; fi; }
trap remove_scratch EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Downloads a URL to a file; false if it cannot be had.
download() {
    if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --output "$2" "$1"
    elif command -v wget >/dev/null; then
        wget --quiet --output-document="$2" "$1"
    else
        fail 'a release is downloaded with curl or wget, and neither is installed: install one, or download the file and name it'
    fi
}

# Holds a release against the checksums beside it.
check_sum() {
    name=$(basename "$1")
    sums=$(dirname "$1")/SHA256SUMS
    if [ ! -f "$sums" ]; then
        echo "install.sh: there is no SHA256SUMS beside $name: it is installed unchecked" >&2
        return
    fi
    wanted=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1; exit }' "$sums")
    [ -n "$wanted" ] || fail "SHA256SUMS does not name $name: they are of different releases"
    found=$(sha256sum "$1" | cut -d ' ' -f 1)
    [ "$wanted" = "$found" ] || fail "$name is not what was released (SHA256SUMS says $wanted, it has $found): download both again"
}

# Says what keeps a released program from running here.
refuse() {
    fail "this release does not run here: $1
It needs glibc, libxml2 and SQLite of Debian 12 or newer on the machine that its name says (this one is $(uname -m)).
On Debian and Ubuntu: apt-get install libxml2 libsqlite3-0 libstdc++6 ca-certificates openssh-client. Elsewhere build it: ./install.sh"
}

# Copies a program and the resources beside it.
install_program() {
    mkdir -p "$prefix/bin" "$prefix/lib/matrix" "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" \
        "$prefix/share/fish/vendor_completions.d" "$prefix/share/man/man1" "$prefix/share/matrix"
    prefix=$(CDPATH='' cd -- "$prefix" && pwd)
    # Resources are looked for beside the program itself, which the link in bin leads to.
    for resources in "$1"/matrix_*.resources; do
        [ -d "$resources" ] || fail "there are no resources beside $1/matrix"
        rm -rf "$prefix/lib/matrix/$(basename "$resources")"
        cp -R "$resources" "$prefix/lib/matrix/"
    done
    # A program that runs cannot be written to, but it can be replaced.
    cp "$2" "$prefix/lib/matrix/matrix.new"
    mv -f "$prefix/lib/matrix/matrix.new" "$prefix/lib/matrix/matrix"
    ln -sfn ../lib/matrix/matrix "$prefix/bin/matrix"
}

# Installs a release that is unpacked: everything is in it.
install_unpacked() {
    [ -x "$1/lib/matrix/matrix" ] || fail "there is no lib/matrix/matrix in ${from:-$1}: it is no release of matrix"
    trouble=$("$1/lib/matrix/matrix" --version 2>&1 >/dev/null) || {
        trouble=${trouble#"$1/lib/matrix/matrix: "}
        refuse "${trouble:-it ends at once}"
    }
    install_program "$1/lib/matrix" "$1/lib/matrix/matrix"
    cp -R "$1/share/." "$prefix/share/"
}

if [ -n "$from" ]; then
    scratch=$(mktemp -d)
    case $from in
    *://*)
        name=$(basename "$from")
        echo "install.sh: downloading $name"
        download "$from" "$scratch/$name" || fail "$from cannot be downloaded"
        download "${from%/*}/SHA256SUMS" "$scratch/SHA256SUMS" 2>/dev/null || rm -f "$scratch/SHA256SUMS"
        release=$scratch/$name
        ;;
    *)
        [ -f "$from" ] || fail "there is no file $from"
        release=$(CDPATH='' cd -- "$(dirname -- "$from")" && pwd)/$(basename "$from")
        ;;
    esac
    check_sum "$release"
    case $release in
    *.deb)
        command -v apt-get >/dev/null || fail 'apt-get is not here, which installs a .deb: name the .tar.gz'
        # apt reads packages as an account that may not look into this folder otherwise.
        chmod 755 "$scratch"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install "$release"
        echo "install.sh: installed $(/usr/bin/matrix --version) as /usr/bin/matrix"
        exit 0
        ;;
    esac
    mkdir "$scratch/release"
    tar -xzf "$release" -C "$scratch/release" --strip-components=1 || fail "$(basename "$release") cannot be unpacked"
    install_unpacked "$scratch/release"
elif [ -z "$binary" ] && [ -d "$source/lib/matrix" ]; then
    install_unpacked "$source"
else
    if [ -z "$binary" ]; then
        command -v swift >/dev/null || fail 'swift is not installed: get Swift 6.3 or newer from swift.org, or install a release with --from'
        # The program names the commit that it was built from.
        commit=$(git -C "$source" rev-parse --short=12 HEAD 2>/dev/null || true)
        if [ -n "$commit" ] && [ -n "$(git -C "$source" status --porcelain --untracked-files=no)" ]; then commit=$commit-dirty; fi
        echo "install.sh: building ${commit:-a source tree without a commit}; this takes a while"
        SOLTI_COMMIT=$commit swift build --package-path "$source" -c release --static-swift-stdlib --product matrix
        binary=$(swift build --package-path "$source" -c release --static-swift-stdlib --show-bin-path)/matrix
    fi
    [ -x "$binary" ] || fail "$binary is no program"
    install_program "$(CDPATH='' cd -- "$(dirname -- "$binary")" && pwd)" "$binary"

    matrix=$prefix/lib/matrix/matrix
    "$matrix" schema --output "$prefix/share/matrix" >/dev/null
    "$matrix" --generate-completion-script bash >"$prefix/share/bash-completion/completions/matrix"
    "$matrix" --generate-completion-script zsh >"$prefix/share/zsh/site-functions/_matrix"
    "$matrix" --generate-completion-script fish >"$prefix/share/fish/vendor_completions.d/matrix.fish"
    if command -v python3 >/dev/null; then
        "$matrix" --experimental-dump-help | python3 "$source/fixtures/manual.py" "$prefix/share/man" "$prefix/share/matrix/matrix.schema.json"
    else
        echo 'install.sh: no man pages: they need python3' >&2
    fi
fi

echo "install.sh: installed $("$prefix/lib/matrix/matrix" --version) as $prefix/bin/matrix"
case :$PATH: in *":$prefix/bin:"*) ;; *) echo "install.sh: $prefix/bin is not on your PATH" ;; esac
