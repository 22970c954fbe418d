/// Keeps what a host's owner has at places that K3s or its removal change: files are copied into the cluster's mark and put back from
/// there, settings of the kernel are noted.
///
/// Variables of its functions: `mark` (the cluster's folder on the host), `data` (K3s's folder), `usual` (its usual one) and `contained`
/// (not empty: the host is a container, and most settings belong to its machine).
enum OwnFilesScript {
    /// A registry's mirror and a proxy count in the run, too; the owner's `config.yaml` does not (see ``NodeInstall``).
    static let copying = #"""
        copy_tree() {
            if cp -al "$1" "$2" 2>/dev/null; then return 0; fi
            rm -rf "$2" && cp -a "$1" "$2"
        }
        keep_own_files() {
            mkdir -p "$mark/own" && chmod 700 "$mark/own" || return 1
            : >"$mark/kept"
            for path in /etc/rancher/k3s /etc/rancher/node /etc/systemd/system/k3s.service.d /etc/systemd/system/k3s-agent.service.d \
                /etc/systemd/system/k3s.service.env /etc/systemd/system/k3s-agent.service.env /usr/local/bin/k3s \
                /usr/local/bin/kubectl /usr/local/bin/crictl /usr/local/bin/ctr "$usual" "$data" \
                "$(cat "$mark/data")"; do
                if ! [ -e "$path" ] && ! [ -L "$path" ] || grep -qxF "$path" "$mark/kept"; then continue; fi
                mkdir -p "$mark/own${path%/*}" || return 1
                case $path in
                    /etc/*|/usr/*) cp -a "$path" "$mark/own$path" || return 1 ;;
                    # Images are large, and only replaced as a whole: a second name for them costs nothing.
                    *) copy_tree "$path" "$mark/own$path" || return 1 ;;
                esac
                echo "$path" >>"$mark/kept"
                echo "keeping the host's own $path"
            done
        }
        note_settings() {
            names=net/ipv4/conf/all/route_localnet
            if [ -z "$contained" ]; then names="$names \#(KernelSettings.all.map { $0.name }.joined(separator: " "))"; fi
            for name in $names; do
                if [ -r "/proc/sys/$name" ]; then echo "$name $(cat "/proc/sys/$name")"; fi
            done >"$mark/settings"
        }

        """#

    /// Reports what could not be put back by `leave`.
    static let puttingBack = #"""
        put_back() {
            [ -s "$mark/kept" ] || return 0
            while IFS= read -r path; do
                own=$mark/own$path
                if was_mounted "$path"; then
                    cp -al "$own/." "$path/" 2>/dev/null || cp -a "$own/." "$path/"
                else
                    mkdir -p "${path%/*}" && rm -rf --one-file-system "$path" && copy_tree "$own" "$path"
                fi || leave "the host's own $path, of which $own is a copy"
            done <"$mark/kept"
            systemctl daemon-reload
        }
        # A setting that has another value than K3s gives it was set by somebody else since.
        changed_settings() {
            [ -e "$mark/settings" ] || return 0
            while read -r name before; do
                case $name in
        \#(KernelSettings.all.map { "            \($0.name)) given=\($0.given) ;;" }.joined(separator: "\n"))
                    *) given=1 ;;
                esac
                if [ "$before" != "$given" ] && [ "$(cat "/proc/sys/$name" 2>/dev/null)" = "$given" ]; then echo "$name $before"; fi
            done <"$mark/settings"
        }

        """#
}
