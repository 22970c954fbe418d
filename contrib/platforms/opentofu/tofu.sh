#!/bin/sh
# A program for `driver: command`: hosts are what an OpenTofu (or Terraform) module makes. Needs tofu or terraform, and jq.
#
#   platforms:
#     my-cloud:
#       driver: command
#       command: contrib/platforms/opentofu/tofu.sh
#       list: false
#       secrets: { DIGITALOCEAN_TOKEN: { env: DIGITALOCEAN_TOKEN } }    # what the module's provider reads
#       settings: { module: my-module, variables: { region: fra1 } }
#
# The module gets the variables name, public_key, os and tags (see example/main.tf) and those of the settings. Its output `host` has
# address, and if they differ from the default port, user, host_keys, internal_address. Each host has a separate state file below the
# state folder, written before anything exists: `destroy` of what has none has nothing to do.
set -eu

request=$(cat)
get() { printf '%s' "$request" | jq -r "$1 // empty"; }
tofu=$(command -v tofu || command -v terraform) || { echo "tofu and terraform are not installed" >&2; exit 1; }
module=$(cd "$(get .settings.module)" && pwd) || { echo "settings.module is no folder" >&2; exit 1; }
name=$(get .resource.name)
folder=$(get .state)/$name

# Runs it with a working folder for this host alone. Its output goes into a file: a pipe that nobody reads any more would end it while it
# creates something.
run() {
    action=$1
    shift
    TF_IN_AUTOMATION=1 TF_DATA_DIR=$folder/data "$tofu" -chdir="$module" "$action" -input=false -no-color "$@" >>"$folder/tofu.log" 2>&1 || {
        status=$?
        grep -v '^[^[:alnum:]]*$' "$folder/tofu.log" | tail -n 15 >&2
        return $status
    }
}

variables() {
    printf '%s' "$request" | jq '(.settings.variables // {}) + {
        name: .resource.name, public_key: .login.public_key, os: .cell.os.name, tags: .resource.tags }'
}

# Whether what is there is of this run.
ours() { jq -e --arg tag "solti-matrix-run-$(get .resource.run)" '.tags | index($tag)' "$folder/variables.tfvars.json" >/dev/null; }

case $1 in
create)
    umask 077
    mkdir -p "$folder"
    [ -s "$folder/variables.tfvars.json" ] || {
        variables >"$folder/variables.new"
        mv "$folder/variables.new" "$folder/variables.tfvars.json"
    }
    ours || { echo "$name belongs to another run" >&2; exit 1; }
    # Providers are the module's: a lock file in it keeps their versions.
    run init -backend=false || exit 75
    run apply -auto-approve -state="$folder/terraform.tfstate" -var-file="$folder/variables.tfvars.json"
    TF_DATA_DIR=$folder/data "$tofu" -chdir="$module" output -state="$folder/terraform.tfstate" -json host |
        jq -c --arg name "$name" '{protocol: 1, id: $name} + .'
    ;;
destroy)
    if [ -s "$folder/variables.tfvars.json" ] && ours; then
        if [ -s "$folder/terraform.tfstate" ]; then
            run destroy -auto-approve -state="$folder/terraform.tfstate" -var-file="$folder/variables.tfvars.json"
        fi
        rm -rf "$folder"
    fi
    echo '{"protocol": 1}'
    ;;
*) echo "unknown verb $1: write list: false in the platform's settings" >&2; exit 64 ;;
esac
