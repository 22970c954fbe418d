#!/usr/bin/env bash
# Runs what takes too long for every commit: all tests with 300 runs of chaos and the suites that are nightly only, all again on a busy machine, the whole bench.
# The summary is one page: .build/nightly.txt.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

swift build --build-tests || exit 1
status=0
export SOLTI_REQUIRE_ALL="${SOLTI_REQUIRE_ALL:-1}"
page=.build/nightly.txt
: >"$page"

# part TITLE COMMAND…: prints the command's output and adds its last lines to the page.
part() {
    local title=$1 log
    shift
    log=$(mktemp)
    printf '\n== %s\n' "$title" | tee -a "$page"
    "$@" 2>&1 | tee "$log" || status=1
    grep -E '^(✘|chaos )|failed: |skipped [0-9]+:' "$log" >>"$page"
    tail -n 2 "$log" >>"$page"
    rm -f "$log"
}

SOLTI_CHAOS=300 SOLTI_TEST_ANSIBLE='' part "all tests, 300 runs of chaos, every ansible-core" Tests/run --nightly --results .build/nightly-tests
part "all tests beside two busy loops" Tests/run --load 2 --results .build/nightly-loaded
part "bench" swift run -c release matrix-bench

printf '\n'
cat "$page"
exit "$status"
