import MatrixCore

/// The one script that asks a host all its due questions, and whose output ``ProbeTranscript`` reads.
///
/// It needs POSIX sh and coreutils (or busybox). Every question runs under `timeout` in a process group of its own, without
/// standard input, with its output drained through a pipe into files of limited size: neither `exit`, `exec`, `kill 0`, endless
/// output nor a daemon that keeps the pipe open takes anything from the others. Texts of questions travel on standard
/// input only, so that no process list shows them.
struct ProbeScript: Sendable {
    /// How many questions run at once.
    static let width = 12
    /// How many bytes a transcript needs beside what the questions printed.
    private static let overhead = 256

    var probes: [Probe]
    /// Who runs it: root, who may ask as anybody, or nil for whoever is there, who asks everything as themselves.
    var account: String?
    /// Marks the records; chosen at random for each round, so that no output can hold it by accident.
    var marker: String

    init(_ probes: [Probe], account: String? = "root", marker: String = ProbeScript.randomMarker()) {
        self.probes = probes
        self.account = account
        self.marker = marker
    }

    static func randomMarker() -> String {
        "solti-probe-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    /// The command that a transport runs.
    var command: Command {
        let bytes = probes.reduce(1 << 16) { $0 + 2 * $1.limit + Self.overhead }
        return Command(["sh"], input: Array(text.utf8), user: account, outputLimit: bytes, timeout: longest)
    }

    /// When the last question must have ended, with room for a slow host.
    private var longest: Duration {
        let most = probes.map(\.timeout).max() ?? .zero
        let turns = (probes.count + Self.width - 1) / Self.width
        return (most + .seconds(3)) * max(turns, 1) + .seconds(30)
    }

    /// The whole text. The shell reads it to its end before it starts, so a connection that breaks asks nothing.
    var text: String {
        """
        solti_probe_main() {
        marker=\(marker)
        \(Self.preparation)
        \(probes.enumerated().map { place($0.element, number: $0.offset) }.joined(separator: "\n"))
        \(probes.enumerated().map { start($0.element, number: $0.offset) }.joined(separator: "\n"))
        wait
        \(probes.enumerated().map { "emit \($0.offset) \($0.element.limit + 1)" }.joined(separator: "\n"))
        printf '\\n%s end\\n' "$marker"
        }
        \(Self.functions)
        solti_probe_main </dev/null 2>/dev/null
        exit 0

        """
    }

    private func place(_ probe: Probe, number: Int) -> String {
        "printf %s \(ShellQuoting.quote(probe.script)) >\"$folder/\(number).ask\""
    }

    private func start(_ probe: Probe, number: Int) -> String {
        let seconds = max(1, Int(probe.timeout.inSeconds.rounded(.up)))
        return "read -r turn <&9; { ask \(number) \(seconds) \(probe.limit + 1) \(ShellQuoting.quote(account == nil ? "" : probe.user)); echo >&9; } &"
    }

    private static let preparation = #"""
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
        umask 077
        for tool in mktemp mkfifo timeout head cat wc sleep rm id; do
          command -v $tool >/dev/null || { printf '\n%s lacks %s\n' "$marker" $tool; return; }
        done
        folder=$(mktemp -d) || folder=$(mktemp -d -p /dev/shm) || { printf '\n%s lacks %s\n' "$marker" 'a writable /tmp'; return; }
        trap 'rm -rf "$folder"' EXIT
        trap 'rm -rf "$folder"; exit 1' HUP INT TERM PIPE
        SOLTI_PROBE=$$; export SOLTI_PROBE
        printf '\n%s begin\n' "$marker"
        mkfifo "$folder/turns" && exec 9<>"$folder/turns" || return
        turn=0
        while [ $turn -lt \#(width) ]; do echo >&9; turn=$((turn + 1)); done
        """#

    /// `boot` reads the whole question before it starts, so that a question which reads standard input finds none of itself.
    /// `keep` takes output as it comes (`head -c` holds it back, and would lose it when it is ended), up to so many blocks of
    /// 512 bytes, and drains the rest.
    private static let functions = #"""
        boot='solti_text=$(cat; echo x); exec </dev/null; eval "${solti_text%x}"'
        keep='ulimit -f "$1"; trap "" XFSZ; cat >"$2"; exec cat >/dev/null'
        ask() {
          if [ -z "$4" ] || [ "$4" = "$(id -un)" ]; then as=
          elif ! id -u "$4" >/dev/null 2>&1; then echo "nouser 0 0" >"$folder/$1.end"; return
          elif command -v setpriv >/dev/null; then as="setpriv --reuid=$4 --regid=$(id -g "$4") --init-groups --reset-env"
          elif command -v runuser >/dev/null; then as=runuser
          elif command -v su >/dev/null; then as=su
          else echo "noswitch 0 0" >"$folder/$1.end"; return
          fi
          mkfifo "$folder/$1.o" "$folder/$1.e"
          timeout $(($2 + 9)) sh -c "$keep" sh $(($3 / 512 + 1)) "$folder/$1.out" <"$folder/$1.o" >/dev/null 9>&- & out=$!
          timeout $(($2 + 9)) sh -c "$keep" sh $(($3 / 512 + 1)) "$folder/$1.err" <"$folder/$1.e" >/dev/null 9>&- & err=$!
          read -r began rest </proc/uptime || began=0
          case $as in
            runuser | su) timeout -k 3 "$2" $as -s /bin/sh "$4" -c "$boot" ;;
            *) cd / && timeout -k 3 "$2" $as sh -c "$boot" ;;
          esac <"$folder/$1.ask" >"$folder/$1.o" 2>"$folder/$1.e" 9>&-
          status=$?
          read -r ended rest </proc/uptime || ended=0
          echo "$status $began $ended" >"$folder/$1.end"
          # A process that the question left behind may keep the pipes open. Through `timeout` the signal reaches the group.
          { sleep 1; kill $out $err; } >/dev/null 2>&1 9>&- & guard=$!
          wait $out; wait $err; kill $guard
        }
        emit() {
          status=lost began=0 ended=0
          [ -s "$folder/$1.end" ] && read -r status began ended <"$folder/$1.end"
          out=0 err=0
          [ -f "$folder/$1.out" ] && out=$(($(wc -c <"$folder/$1.out")))
          [ -f "$folder/$1.err" ] && err=$(($(wc -c <"$folder/$1.err")))
          [ $out -le "$2" ] || out=$2
          [ $err -le "$2" ] || err=$2
          printf '\n%s %s %s %s %s %s %s\n' "$marker" "$1" "$status" "$began" "$ended" "$out" "$err"
          # Exactly as many bytes as announced, even if the file grows meanwhile.
          [ $out -gt 0 ] && head -c $out "$folder/$1.out"
          [ $err -gt 0 ] && head -c $err "$folder/$1.err"
        }
        """#
}
