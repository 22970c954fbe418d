#!/bin/sh
# Builds matrix and installs it: the program with its resources, completions for bash, zsh and fish, and man pages.
set -eu

usage() {
    cat <<EOF
usage: ./install.sh [--prefix DIR] [--binary PATH]

  --prefix DIR    where it goes (default: /usr/local): DIR/bin/matrix, DIR/lib/matrix, DIR/share
  --binary PATH   a program that is built already; its resources lie beside it

Without --binary it is built with Swift 6.3 or newer; fixtures/setup.sh installs what else that needs on Debian.
EOF
}

fail() {
    echo "install.sh: $1" >&2
    exit "${2:-1}"
}

prefix=/usr/local
binary=
while [ $# -gt 0 ]; do
    case $1 in
    --prefix | --binary)
        [ $# -ge 2 ] || fail "$1 needs a value" 2
        if [ "$1" = --prefix ]; then prefix=$2; else binary=$2; fi
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

source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ -z "$binary" ]; then
    command -v swift >/dev/null || fail 'swift is not installed: get Swift 6.3 or newer from swift.org'
    # The program names the commit that it was built from.
    commit=$(git -C "$source" rev-parse --short=12 HEAD 2>/dev/null || true)
    if [ -n "$commit" ] && [ -n "$(git -C "$source" status --porcelain --untracked-files=no)" ]; then commit=$commit-dirty; fi
    echo "install.sh: building ${commit:-a source tree without a commit}; this takes a while"
    SOLTI_COMMIT=$commit swift build --package-path "$source" -c release --static-swift-stdlib --product matrix
    binary=$(swift build --package-path "$source" -c release --static-swift-stdlib --show-bin-path)/matrix
fi
[ -x "$binary" ] || fail "$binary is no program"
folder=$(CDPATH='' cd -- "$(dirname -- "$binary")" && pwd)

mkdir -p "$prefix/bin" "$prefix/lib/matrix" "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" \
    "$prefix/share/fish/vendor_completions.d" "$prefix/share/man/man1"
prefix=$(CDPATH='' cd -- "$prefix" && pwd)
# Resources are looked for beside the program itself, which the link in bin leads to.
for resources in "$folder"/matrix_*.resources; do
    [ -d "$resources" ] || fail "there are no resources beside $binary"
    rm -rf "$prefix/lib/matrix/$(basename "$resources")"
    cp -R "$resources" "$prefix/lib/matrix/"
done
# A program that runs cannot be written to, but it can be replaced.
cp "$binary" "$prefix/lib/matrix/matrix.new"
mv -f "$prefix/lib/matrix/matrix.new" "$prefix/lib/matrix/matrix"
ln -sfn ../lib/matrix/matrix "$prefix/bin/matrix"

matrix=$prefix/lib/matrix/matrix
"$matrix" --generate-completion-script bash >"$prefix/share/bash-completion/completions/matrix"
"$matrix" --generate-completion-script zsh >"$prefix/share/zsh/site-functions/_matrix"
"$matrix" --generate-completion-script fish >"$prefix/share/fish/vendor_completions.d/matrix.fish"
if command -v python3 >/dev/null; then
    "$matrix" --experimental-dump-help | python3 "$source/fixtures/manual.py" "$prefix/share/man/man1"
else
    echo 'install.sh: no man pages: they need python3' >&2
fi

echo "install.sh: installed $("$matrix" --version) as $prefix/bin/matrix"
case :$PATH: in *":$prefix/bin:"*) ;; *) echo "install.sh: $prefix/bin is not on your PATH" ;; esac
