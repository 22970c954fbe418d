#!/usr/bin/env bash
# Checks the format of Swift and shell files and the words of all texts, as in CI.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --recursive Sources Tests Package.swift
git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck

# Words that are hard to understand: contrib/words.txt lists them, CONTRIBUTING.md says what to write instead.
words() {
    git grep --line-number -I -E -f <(grep -v '^#' contrib/words.txt) -- Sources Tests docs '*.md' contrib packaging fixtures matrices \
        ':!contrib/words.txt' ':!CONTRIBUTING.md' ':!*.html' ':!fixtures/linode' ':!docs/matrix.schema.json'
}
if words; then
    echo "these lines are not plain English: CONTRIBUTING.md, \"Plain English\"" >&2
    exit 1
elif (($? != 1)); then
    echo "contrib/words.txt could not be searched for" >&2
    exit 1
fi
