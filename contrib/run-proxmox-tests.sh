#!/usr/bin/env bash
# Replaces solti-monitoring's run-proxmox-tests.sh: the same environment, but all systems at once, with `matrix run`. From the collection's
# folder:
#
#   run-proxmox-tests.sh [--verify-output] [OPTION OF matrix run…]
#
# PROXMOX_DISTRO        one system (rocky9, rocky10, debian12, debian13); default: all four
# PROXMOX_URL, PROXMOX_USER, PROXMOX_TOKEN_ID, PROXMOX_TOKEN_SECRET, PROXMOX_NODE
#                       as in the original; if one is missing, the run ends with status 2 before anything is created
# MOLECULE_CAPABILITIES as in the original: what is installed and verified; default: logs,metrics
# SOLTI_MONITORING      the collection's checkout; default: the working folder if it has molecule/, else ../solti-monitoring, beside this
#                       project
# SOLTI_MATRIX          the program; default: matrix in PATH
# SOLTI_MATRIX_FILE     the matrix file; default: matrices/full.yml of this project
#
# It reads ~/.secrets/LabProvision and ~/.secrets/proxmox-exports. --verify-output also writes each cell's log to
# ./verify_output/proxmox-<system>-<timestamp>.log, and what the collection's verify writes to ./verify_output.
# The exit status is that of `matrix run`: 0 all passed, 1 a verdict failed, 2 wrong input, 3 infrastructure, 4 something may be left.
set -euo pipefail

# shellcheck source=contrib/drop-in.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/drop-in.sh" LabProvision proxmox-exports

logs=
if [ "${1:-}" = --verify-output ]; then
    logs=verify_output
    shift
fi
case ${1:-} in
-h | --help)
    usage
    exit 0
    ;;
esac
prepare

selected+=(--cell "${PROXMOX_DISTRO:-*}-proxmox")
# The name of one of molecule's containers means something else to the playbooks.
unset PROXMOX_DISTRO MOLECULE_PLATFORM_NAME
if [ -z "$logs" ]; then exec "$program" run "$file" "${selected[@]}" "$@"; fi

mkdir -p "$logs"
stamp=$(date +%Y%m%d_%H%M%S)
all=$(mktemp)
trap 'rm -f "$all"' EXIT
status=0
logged "$all" "$@" || status=$?
awk -v before="$logs/proxmox-" -v after="-$stamp.log" \
    '$2 ~ /-proxmox$/ { system_name = $2; sub(/-proxmox$/, "", system_name); print > (before system_name after) }' "$all"
for log in "$logs"/proxmox-*-"$stamp.log"; do [ ! -e "$log" ] || echo "log: $log" >&2; done
gather "$all" >&2
exit "$status"
