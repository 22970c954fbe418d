# shellcheck shell=bash
# What run-podman-tests.sh and run-proxmox-tests.sh share: they source it, with the names of files in ~/.secrets. After it:
#   name, program, file   this script, matrix, the matrix file
#   selected              options of `matrix run`; the script adds its own
#   $SOLTI_MONITORING     the collection, if it is known

name=${0##*/}
project=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

# A message to the user, and the end.
fail() {
    echo "$name: $2" >&2
    exit "$1"
}

# The comment at the top of the script.
usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$(readlink -f "$0")"; }

# The secrets of a development machine, if they exist. Variables that are already set win.
for secret; do
    [ -r "$HOME/.secrets/$secret" ] || continue
    given=$(export -p)
    set -a +u
    # shellcheck disable=SC1090 # a file of the user
    . "$HOME/.secrets/$secret" || true
    set +a -u
    eval "$given"
done
unset given

program=${SOLTI_MATRIX:-matrix}
file=${SOLTI_MATRIX_FILE:-$project/matrices/full.yml}

# The working folder is the collection, as for the original; this project may be anywhere.
if [ -z "${SOLTI_MONITORING:-}" ] && [ -d molecule ]; then export SOLTI_MONITORING=$PWD; fi
# Ansible of the collection's virtual environment, if ./prepare-solti-env.sh has made one.
for environment in "${SOLTI_MONITORING:-.}/solti-venv" "${SOLTI_MONITORING:-.}/../solti-venv"; do
    if [ -x "$environment/bin/ansible-playbook" ]; then
        PATH=$(cd "$environment/bin" && pwd):$PATH
        break
    fi
done

# A system that is not there is an error, as in the original.
selected=(--set unavailable=error)

# To call before the run: checks the program, and selects the checks of the capabilities.
prepare() {
    command -v "$program" >/dev/null || fail 2 "program '$program' not found: install matrix (./install.sh), or name it in SOLTI_MATRIX"
    # Another file may have no such tags.
    if [ -z "${SOLTI_MATRIX_FILE:-}" ] && [ -n "${MOLECULE_CAPABILITIES:-}" ]; then selected+=(--tags "$MOLECULE_CAPABILITIES"); fi
}

# Runs the cells and writes what it prints to $1 as well; the status is matrix's, which tears down after an interruption.
logged() {
    local log=$1 status=0
    shift
    trap : INT TERM
    "$program" run "$file" --format plain --verbose "${selected[@]}" "$@" 2>&1 | tee -ai "$log" || status=${PIPESTATUS[0]}
    trap - INT TERM
    return "$status"
}

# Copies what the collection's verify has written for each cell of the report in $1, a log, to ./verify_output, with the indices of
# its Obsidian vault.
gather() {
    local report folder indices=${SOLTI_MONITORING:-.}/bin/regenerate-obsidian-indices.sh
    report=$(sed -n 's/^reports: //p' "$1" | tail -n 1)
    for folder in "$(dirname "$report")"/artifacts/*/verify_output; do
        if [ -d "$folder" ]; then cp -R "$folder/." verify_output/; fi
    done
    if [ -d verify_output/obsidian/runs ] && [ -x "$indices" ]; then
        "$indices" verify_output/obsidian || echo "$name: the indices could not be made: $indices verify_output/obsidian" >&2
    fi
}
