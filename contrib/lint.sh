#!/usr/bin/env bash
# The form of Swift and shell files, as CI wants it.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --recursive Sources Tests Package.swift
git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck
