#!/bin/sh
# Tells a Matrix room how a run ended: after: of a matrix file. Needs curl.
#
#   MATRIX_URL    the homeserver: https://matrix.example.net
#   MATRIX_ROOM   the room's id: !abc:example.net
#   MATRIX_TOKEN  the access token of the account that tells it; it goes to curl on its standard input
#   LINK          optional: where people find the reports
set -eu
: "${SOLTI_HEADLINE:?is set by matrix}" "${MATRIX_URL:?}" "${MATRIX_ROOM:?}" "${MATRIX_TOKEN:?}"

# A word of a JSON text, and of a path.
json() { printf %s "$1" | sed 's/\\/\\\\/g; s/"/\\"/g' | tr -d '\000-\037'; }
path() { printf %s "$1" | sed 's/%/%25/g; s/!/%21/g; s/:/%3A/g; s,/,%2F,g; s/#/%23/g'; }

text="$SOLTI_MATRIX: $SOLTI_HEADLINE (run $SOLTI_RUN)${LINK:+ $LINK}"
# One transaction for each run: a message that is sent twice is shown once.
address="$MATRIX_URL/_matrix/client/v3/rooms/$(path "$MATRIX_ROOM")/send/m.room.message/$(path "$SOLTI_RUN-$SOLTI_STATUS")"
printf 'header = "Authorization: Bearer %s"\n' "$MATRIX_TOKEN" |
  curl --config - --silent --show-error --fail --max-time 30 --retry 2 --request PUT --header 'Content-Type: application/json' \
    --data "{\"msgtype\":\"m.notice\",\"body\":\"$(json "$text")\"}" "$address"
