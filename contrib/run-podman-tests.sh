#!/usr/bin/env bash
# Replaces solti-monitoring's run-podman-tests.sh: the same switches, environment and logs, with `matrix run`. From the collection's folder:
#
#   run-podman-tests.sh [-t CAPABILITIES] [-n NAME] [OPTION OF matrix run…]
#
# -t, --tests CAPABILITIES  what is installed and verified: logs, metrics or logs,metrics; default: MOLECULE_CAPABILITIES, else both
# -n, --name NAME           the name of the log; default: podman
# -h, --help                this text
#
# MOLECULE_PLATFORM_NAME    one container: uut-ct0 (debian12), uut-ct1 (rocky9), uut-ct2 (ubuntu2404), uut-ct3 (debian13);
#                           uut-ct4 (rocky10) is that of the github scenario; default: the first four
# GITEA_HOST, GITEA_USER, GITEA_PASSWD
#                           a registry to log in to; with GITEA_HOST the images are those of the original:
#                           gitea.$LAB_TLD/jackaltx/testing-containers (without LAB_TLD: $GITEA_HOST/jackaltx/testing-containers)
# SOLTI_IMAGES              another place of these images, such as ghcr.io/jackaltx/testing-containers; empty: images of the distributions
# SOLTI_MONITORING          the collection's checkout; default: the working folder if it has molecule/, else ../solti-monitoring, beside
#                           this project
# SOLTI_MATRIX              the program; default: matrix in PATH
# SOLTI_MATRIX_FILE         the matrix file; default: matrices/full.yml of this project
#
# It reads ~/.secrets/LabProvision and ~/.secrets/LabGiteaToken. The log is ./verify_output/NAME-test-TIMESTAMP.out, and latest_test.out.
# The exit status is that of `matrix run`: 0 all passed, 1 a verdict failed, 2 wrong input, 3 infrastructure, 4 something may be left.
set -euo pipefail

# shellcheck source=contrib/drop-in.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/drop-in.sh" LabProvision LabGiteaToken

test_name=podman
options=()
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        usage
        exit 0
        ;;
    -t | --tests | -n | --name)
        [ $# -ge 2 ] || fail 2 "$1 needs a value"
        case $1 in -t | --tests) export MOLECULE_CAPABILITIES=$2 ;; *) test_name=$2 ;; esac
        shift 2
        ;;
    *)
        options+=("$1")
        shift
        ;;
    esac
done
prepare

capabilities=${MOLECULE_CAPABILITIES:-logs,metrics}
for capability in ${capabilities//,/ }; do
    case $capability in
    logs | metrics) ;;
    *) fail 2 "there is no capability '$capability': use logs, metrics or logs,metrics" ;;
    esac
done
case $test_name in '' | */*) fail 2 "'$test_name' is no name for a log" ;; esac

case ${MOLECULE_PLATFORM_NAME:-all} in
all) systems=(debian12 rocky9 ubuntu2404 debian13) ;;
uut-ct0) systems=(debian12) ;;
uut-ct1) systems=(rocky9) ;;
uut-ct2) systems=(ubuntu2404) ;;
uut-ct3) systems=(debian13) ;;
uut-ct4) systems=(rocky10) ;;
*) fail 2 "there is no container '$MOLECULE_PLATFORM_NAME': MOLECULE_PLATFORM_NAME is uut-ct0 to uut-ct4, or not set" ;;
esac
# It means something else to the playbooks; the other one is a selection for Proxmox.
unset MOLECULE_PLATFORM_NAME PROXMOX_DISTRO

images=
if [ -n "${GITEA_HOST:-}" ]; then
    images=$GITEA_HOST
    if [ -n "${LAB_TLD:-}" ]; then images=gitea.$LAB_TLD; fi
    images=$images/jackaltx/testing-containers
fi
images=${SOLTI_IMAGES-$images}
for system in "${systems[@]}"; do
    selected+=(--cell "$system-podman")
    case $system in
    ubuntu2404) image=ubuntu-ssh:24 ;;
    *) image=${system%%[0-9]*}-ssh:${system##*[a-z]} ;;
    esac
    if [ -n "$images" ]; then selected+=(--set "os.$system.container=$images/$image"); fi
done
case " ${options[*]-} " in *' --simulate '* | *' --scenario '*) rehearses=yes ;; *) rehearses= ;; esac
if [ -n "$images" ] && [ -n "${GITEA_HOST:-}" ] && [ -n "${GITEA_USER:-}" ] && [ -n "${GITEA_PASSWD:-}" ] && [ -z "$rehearses" ]; then
    printf '%s' "$GITEA_PASSWD" | podman login --username "$GITEA_USER" --password-stdin "$GITEA_HOST" >&2 ||
        fail 3 "podman login at $GITEA_HOST failed: check GITEA_USER and GITEA_PASSWD"
fi

mkdir -p verify_output
log=verify_output/$test_name-test-$(date +%Y%m%d-%H%M%S).out
{
    echo "=== Test configuration ==="
    echo "Date: $(date)"
    echo "Capabilities: $capabilities"
    echo "Systems: ${systems[*]}"
    echo "Test name: $test_name"
    echo "Output file: $log"
    echo "=========================="
    echo
} | tee "$log"
status=0
logged "$log" ${options[@]+"${options[@]}"} || status=$?
{
    echo
    echo "=== Test Summary ==="
    echo "Completed at: $(date)"
    if [ "$status" = 0 ]; then echo "Status: SUCCESS"; else echo "Status: FAILED - Exit code $status"; fi
} | tee -a "$log"
ln -sf "${log##*/}" verify_output/latest_test.out
gather "$log"
if [ "$status" = 0 ]; then echo "Tests completed successfully. Log saved to $log"; else echo "Tests failed. Log saved to $log"; fi
exit "$status"
