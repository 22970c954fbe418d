#!/bin/sh
# Copies the reports of a run to another machine: after: of a matrix file. By rsync to TARGET, or by curl (WebDAV, an object store) to URL.
#
#   TARGET       for rsync: reports@www.example.net:/srv/reports
#   URL          for curl: https://dav.example.net/reports; the report is one file there, RUN.tar.gz
#   CREDENTIALS  for curl: NAME:PASSWORD; it goes to curl on its standard input
set -eu
: "${SOLTI_REPORTS:?is set by matrix}" "${SOLTI_RUN:?}"

if [ -n "${TARGET:-}" ]; then
  exec rsync --archive --timeout=60 "$SOLTI_REPORTS/" "$TARGET/$SOLTI_RUN/"
fi
: "${URL:?set TARGET or URL}"
file=$(mktemp)
trap 'rm -f "$file"' EXIT
tar -C "$SOLTI_REPORTS" -czf "$file" .
if [ -n "${CREDENTIALS:-}" ]; then printf 'user = "%s"\n' "$CREDENTIALS"; fi |
  curl --config - --silent --show-error --fail --max-time 300 --retry 2 --upload-file "$file" "$URL/$SOLTI_RUN.tar.gz"
