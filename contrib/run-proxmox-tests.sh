#!/usr/bin/env bash
# Replaces solti-monitoring's run-proxmox-tests.sh: the same environment, but all systems at once, with `matrix run`.
#
#   run-proxmox-tests.sh [--verify-output] [OPTION OF matrix run…]
#
# PROXMOX_DISTRO        one system (rocky9, rocky10, debian12); default: all systems of the matrix
# PROXMOX_URL, PROXMOX_USER, PROXMOX_TOKEN_ID, PROXMOX_TOKEN_SECRET, PROXMOX_NODE
#                       as in the original; if one is missing, the run ends with status 2 before anything is created
# MOLECULE_CAPABILITIES as in the original: what is installed and verified; default: logs,metrics
# SOLTI_MONITORING      the collection's checkout; default: ../solti-monitoring, beside this project
# SOLTI_MATRIX          the program; default: matrix in PATH
# SOLTI_MATRIX_FILE     the matrix file; default: matrices/full.yml of this project
#
# --verify-output also writes each cell's log to ./verify_output/proxmox-<system>-<timestamp>.log.
# The exit status is that of `matrix run`: 0 all passed, 1 a verdict failed, 2 wrong input, 3 infrastructure, 4 something may be left.
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=${SOLTI_MATRIX:-matrix}
file=${SOLTI_MATRIX_FILE:-$project/matrices/full.yml}

logs=
if [ "${1:-}" = --verify-output ]; then
    logs=verify_output
    shift
fi
case ${1:-} in
-h | --help)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac

# The secrets of a development machine, if they exist. Variables that are already set win.
for secrets in "$HOME/.secrets/LabProvision" "$HOME/.secrets/proxmox-exports"; do
    [ -r "$secrets" ] || continue
    given=$(export -p)
    set -a
    # shellcheck disable=SC1090 # a file of the user
    . "$secrets"
    set +a
    eval "$given"
done
# Ansible of the collection's virtual environment, if ./prepare-solti-env.sh has made one.
if [ -x solti-venv/bin/ansible-playbook ]; then PATH=$PWD/solti-venv/bin:$PATH; fi

command -v "$program" >/dev/null || {
    echo "run-proxmox-tests.sh: program '$program' not found: install matrix (./install.sh), or name it in SOLTI_MATRIX" >&2
    exit 2
}
cells="${PROXMOX_DISTRO:-*}-proxmox"
unset PROXMOX_DISTRO
if [ -z "$logs" ]; then exec "$program" run "$file" --cell "$cells" "$@"; fi

mkdir -p "$logs"
stamp=$(date +%Y%m%d_%H%M%S)
progress=$(mktemp)
trap 'rm -f "$progress"' EXIT
# matrix handles interruptions: it tears down, and this script exits with its status. tee must outlive it.
trap : INT TERM
status=0
{ "$program" run "$file" --cell "$cells" --format plain --verbose "$@" 2>&1 >&3 | tee -i "$progress" >&2; } 3>&1 || status=${PIPESTATUS[0]}
awk -v before="$logs/proxmox-" -v after="-$stamp.log" \
    '$2 ~ /-proxmox$/ { system_name = $2; sub(/-proxmox$/, "", system_name); print > (before system_name after) }' "$progress"
for log in "$logs"/proxmox-*-"$stamp.log"; do [ ! -e "$log" ] || echo "log: $log" >&2; done
exit "$status"
