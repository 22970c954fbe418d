internal import MatrixCore

/// Removes what a run has put on a host: runs the settings' reset steps, then undoes what PROVISION changed.
struct HostReset {
    let settings: StaticSettings

    /// The parts of a host's script: the settings' steps, then the undoing.
    func parts(_ changes: HostChanges?, host: String) -> [HostScript.Part] {
        // The steps come first: a program's own uninstall script may need the packages that PROVISION brought.
        let steps = settings.reset.map { step in
            HostScript.Part(
                what: "reset step \(step.name) on \(host)", script: step.script,
                next: "fix the step under reset:; it must also succeed on a clean host")
        }
        let undoing = changes.map { HostScript.Part(what: "undoing what PROVISION changed on \(host)", script: Self.undo($0)) }
        return steps + [undoing].compactMap(\.self)
    }

    /// A script that undoes the changes; on an unchanged host it does nothing.
    static func undo(_ changes: HostChanges) -> String {
        var lines = [functions]
        for (account, keys) in changes.keys.sorted(by: { $0.key < $1.key }) {
            lines += keys.map { "remove_key \(ShellQuoting.quote(account)) \(ShellQuoting.quote($0))" }
        }
        for (account, group) in changes.memberships.sorted(by: { $0.key < $1.key }) {
            lines.append("leave_group \(ShellQuoting.join([account, group]))")
        }
        for (account, shell) in changes.shells.sorted(by: { $0.key < $1.key }) {
            lines.append("restore_shell \(ShellQuoting.join([account, shell]))")
        }
        for file in changes.files { lines.append("rm -f \(ShellQuoting.quote(file)) || exit 1") }
        for account in changes.accounts { lines.append("remove_account \(ShellQuoting.quote(account))") }
        if !changes.packages.isEmpty { lines.append("remove_packages \(ShellQuoting.join(changes.packages))") }
        if let name = changes.hostName { lines.append("restore_name \(ShellQuoting.quote(name))") }
        return lines.joined(separator: "\n")
    }

    private static let functions = #"""
        export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
        fail() { echo "$*" >&2; exit 1; }
        remove_key() {
          home=$(getent passwd "$1" | cut -d: -f6)
          [ -n "$home" ] && [ -f "$home/.ssh/authorized_keys" ] || return 0
          grep -qF -- "$2" "$home/.ssh/authorized_keys" || return 0
          rest=$(grep -vF -- "$2" "$home/.ssh/authorized_keys")
          # In place: owner and mode stay.
          { [ -z "$rest" ] || printf '%s\n' "$rest"; } >"$home/.ssh/authorized_keys" ||
            fail "the run's key stays in $home/.ssh/authorized_keys"
        }
        leave_group() {
          ! id -nG "$1" 2>/dev/null | grep -qw -- "$2" || gpasswd -d "$1" "$2" >/dev/null || fail "$1 stays in the group $2"
        }
        restore_shell() {
          [ "$(getent passwd "$1" | cut -d: -f7)" = "$2" ] || ! id -u "$1" >/dev/null 2>&1 || usermod -s "$2" "$1" ||
            fail "$1 keeps its shell"
        }
        remove_account() {
          id -u "$1" >/dev/null 2>&1 || return 0
          command -v loginctl >/dev/null && loginctl terminate-user "$1" 2>/dev/null
          for try in 1 2 3 4 5; do
            pkill -KILL -u "$1" 2>/dev/null
            userdel -r "$1" 2>/dev/null
            # 6: no such account; 12: no home or mail spool.
            id -u "$1" >/dev/null 2>&1 || return 0
            sleep 1
          done
          fail "the account $1 cannot be removed"
        }
        remove_packages() {
          if command -v apt-get >/dev/null; then remove_with_apt "$@"; else remove_with_dnf "$@"; fi
        }
        remove_with_apt() {
          found=
          for p do [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | head -n 1)" != installed ] || found="$found $p"; done
          [ -n "$found" ] || return 0
          # Only the dependencies of these packages go with them, not older orphans.
          before=$(orphans)
          # shellcheck disable=SC2086 # names hold no blanks
          SUDO_FORCE_REMOVE=yes apt-get -q -y -o DPkg::Lock::Timeout=120 purge $found || fail "packages stay:$found"
          new=
          for p in $(orphans); do printf '%s\n' "$before" | grep -qxF -- "$p" || new="$new $p"; done
          # shellcheck disable=SC2086
          [ -z "$new" ] || apt-get -q -y -o DPkg::Lock::Timeout=120 purge $new || fail "packages stay:$new"
        }
        orphans() { apt-get -s autoremove 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p'; }
        remove_with_dnf() {
          found=
          for p do ! rpm -q "$p" >/dev/null 2>&1 || found="$found $p"; done
          # shellcheck disable=SC2086
          [ -z "$found" ] || dnf -y remove $found || fail "packages stay:$found"
        }
        restore_name() {
          if [ -f /etc/hosts ]; then
            hosts=$(sed '/^# BEGIN solti-matrix$/,/^# END solti-matrix$/d' /etc/hosts) && printf '%s\n' "$hosts" >/etc/hosts ||
              fail "/etc/hosts cannot be written"
          fi
          [ "$(cat /etc/hostname 2>/dev/null)" = "$1" ] || printf '%s\n' "$1" >/etc/hostname || fail "/etc/hostname cannot be written"
          [ "$(cat /proc/sys/kernel/hostname)" = "$1" ] || hostname "$1" 2>/dev/null || printf '%s\n' "$1" >/proc/sys/kernel/hostname ||
            fail "the kernel keeps its host name"
        }
        """#
}
