internal import MatrixCore

/// The steps of a host as one POSIX shell script that needs no more than a minimal image has.
struct ProvisionScript: Sendable {
    let steps: [ProvisionStep]
    /// Begins every line that is meant for ``ProvisionOutput``.
    let mark: String

    init(_ steps: [ProvisionStep]) {
        self.steps = steps
        mark = "@matrix-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
    }

    var text: String {
        let bodies = steps.enumerated().map { number, step in "begin \(number)\n\(step.body)\nend" }
        // One function: the shell reads it whole first, so no program in it can read the rest of the script as input.
        return """
            mark='\(mark)'
            \(Self.prelude)
            main() {
            \(bodies.joined(separator: "\n"))
            }
            main </dev/null
            """
    }

    private static let prelude = #"""
        exec 2>&1
        umask 022
        export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
        tmp=$(mktemp -d) || exit 1
        trap 'rm -rf "$tmp"' EXIT
        begin() { state=ok; printf '%s begin %s\n' "$mark" "$1"; }
        end() { printf '%s %s\n' "$mark" "$state"; }
        changed() { state=changed; }
        fail() { printf '%s failed %s\n' "$mark" "$*"; exit 1; }
        fact() { printf '%s fact %s %s\n' "$mark" "$1" "$2"; }
        has() { command -v "$1" >/dev/null 2>&1; }
        # Runs a program, shows its output as it comes and keeps it in $tmp/output.
        show() { { "$@"; echo $? >"$tmp/status"; } | tee "$tmp/output"; return "$(cat "$tmp/status")"; }
        # Repeats a program while a mirror or a lock is in its way: five minutes for a lock, four tries for a mirror.
        patiently() {
          tries=0; waits=0
          until show "$@"; do
            if grep -Eq 'Could not get lock|is another process using it|Waiting for process with pid' "$tmp/output"; then
              waits=$((waits + 1)); [ "$waits" -le 60 ] || return 1
              sleep 5
            elif grep -Eq -e 'Failed to fetch|Temporary failure|Could not (resolve|connect)|onnection (timed out|refused|reset|failed)' \
              -e 'Hash Sum mismatch|Failed to download|Cannot download|Curl error|Clearsigned file|50[0234] ' "$tmp/output"; then
              tries=$((tries + 1)); [ "$tries" -le 3 ] || return 1
              sleep $((tries * 3))
            else
              return 1
            fi
          done
        }
        # Minimal images of the RHEL family have no cmp.
        same() { [ -f "$2" ] && [ "$(cat "$1"; echo x)" = "$(cat "$2"; echo x)" ]; }
        # Sets a file's content, mode and owner in place, as a container's /etc/hosts cannot be replaced.
        put() {
          if ! same "$1" "$2"; then cat "$1" >"$2" || return 1; changed; fi
          if [ "$(stat -c '%a %U:%G' "$2")" != "$3 $4" ]; then chown "$4" "$2" && chmod "$3" "$2" || return 1; changed; fi
        }
        """#
}
