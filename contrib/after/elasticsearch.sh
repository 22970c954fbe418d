#!/bin/sh
# Puts a run into Elasticsearch or OpenSearch: one document, the whole results.json, with the run's id: after: of a matrix file. Needs curl.
#
#   ELASTIC_URL    the server: https://elastic.example.net:9200
#   ELASTIC_INDEX  the index. Default: matrix-runs
#   ELASTIC_KEY    an API key; without it no Authorization header is sent. It goes to curl on its standard input
set -eu
: "${SOLTI_RESULTS:?is set by matrix}" "${ELASTIC_URL:?}"

if [ -n "${ELASTIC_KEY:-}" ]; then printf 'header = "Authorization: ApiKey %s"\n' "$ELASTIC_KEY"; fi |
  curl --config - --silent --show-error --fail-with-body --max-time 60 --retry 2 --request PUT --header 'Content-Type: application/json' \
    --data-binary "@$SOLTI_RESULTS" "$ELASTIC_URL/${ELASTIC_INDEX:-matrix-runs}/_doc/$SOLTI_RUN"
