#!/usr/bin/env bash
# Checks the format of Swift and shell files and the words of all texts, as in CI.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --recursive Sources Tests Package.swift
git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck

# refuse WHY GREP-ARGUMENTS...: fails if `git grep` finds a line, and shows it with its file and number.
refuse() {
    if LC_ALL=C.UTF-8 git grep --line-number -I -E "${@:2}"; then
        echo "$1" >&2
        exit 1
    elif (($? != 1)); then
        echo "git grep failed" >&2
        exit 1
    fi
}

# The formatter does not break texts: break a long one into two literals, or with a backslash at the end of the line.
refuse "these lines have more than 140 columns" '^.{141,}' -- 'Sources/*.swift' 'Tests/*.swift' Package.swift

# What ends the process if an input is not as expected: no teardown, no report. Conversions of a Double are refused by the compiler
# (Sources/MatrixCore/Values/TrappingConversions.swift).
refuse "these lines can end the process: throw an error, or write (exactly:), (clamping:), (nearest:) or uniquingKeysWith:" \
    '\btry!|\bas!|\b(fatalError|precondition|preconditionFailure|numericCast|unsafeBitCast)\(|uniqueKeysWithValues|@unchecked Sendable' -- \
    'Sources/*.swift' ':!Sources/MatrixTesting' ':!Sources/matrix-*'

# Words that are hard to understand: contrib/words.txt lists them, CONTRIBUTING.md says what to write instead.
refuse "these lines are not plain English: CONTRIBUTING.md, \"Plain English\"" -f <(grep -v '^#' contrib/words.txt) -- \
    Sources Tests docs '*.md' contrib packaging fixtures matrices \
    ':!contrib/words.txt' ':!CONTRIBUTING.md' ':!*.html' ':!fixtures/linode' ':!docs/*.schema.json'
