import MatrixCore

/// The one script that asks a host all its due questions, and whose output ``ProbeTranscript`` reads.
///
/// It needs POSIX sh, grep and coreutils (or busybox). Every question runs under `timeout` in a separate process group, without
/// standard input, with its output drained through a pipe into files of limited size: neither `exit`, `exec`, `kill 0`, endless
/// output nor a daemon that keeps the pipe open takes anything from the others. Texts of questions travel on standard
/// input only, so that no process list shows them.
///
/// When a question has ended, the script writes ``endMark`` into each of its pipes. Output without that mark was not read to its
/// end, for example on a slow host, and is not an answer.
///
/// A watcher ticks each second. If more time passed between two ticks, the host stood still: a limit that passed meanwhile says nothing
/// of the question. Neither does it if the readers of its output, or `timeout`, were stopped. A group that does not end although its
/// limit passed, as one that stopped itself, is killed by the watcher.
struct ProbeScript: Sendable {
    /// How many questions run at once.
    static let width = 12
    /// How many bytes a transcript needs beside what the questions printed.
    private static let overhead = 256

    var probes: [Probe]
    /// The account that runs it: root can ask as any account; nil is the current account, which asks everything itself.
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

    /// What follows the last byte that a question printed on a stream.
    var endMark: [UInt8] { Array("\n\(marker)".utf8) }

    /// How many bytes of each stream the host keeps: one beyond the limit, which shows that there was more, and the end mark.
    func capacity(of probe: Probe) -> Int { probe.limit + 1 + endMark.count }

    /// The command that a transport runs.
    var command: Command {
        let bytes = probes.reduce(1 << 16) { $0 + 2 * capacity(of: $1) + Self.overhead }
        return Command(["sh"], input: Array(text.utf8), user: account, outputLimit: bytes, timeout: longest)
    }

    /// When the last question must have ended, with room for a slow host.
    private var longest: Duration {
        let most = probes.map(\.timeout).max() ?? .zero
        let turns = (probes.count + Self.width - 1) / Self.width
        return (most + .seconds(10)) * max(turns, 1) + .seconds(30)
    }

    /// The whole text. The shell reads it to its end before it starts, so a broken connection asks nothing.
    var text: String {
        """
        solti_probe_main() {
        marker=\(marker)
        \(Self.preparation)
        \(probes.enumerated().map { place($0.element, number: $0.offset) }.joined(separator: "\n"))
        \(probes.enumerated().map { start($0.element, number: $0.offset) }.joined(separator: "\n"))
        [ -z "$asked" ] || wait $asked
        kill $watcher
        read -r tick last <"$folder/tick" && note_stall
        \(probes.enumerated().map { "emit \($0.offset) \(capacity(of: $0.element))" }.joined(separator: "\n"))
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
        let seconds = max(1, Int(nearest: probe.timeout.inSeconds.rounded(.up)))
        return
            "read -r turn <&9; { ask \(number) \(seconds) \(capacity(of: probe)) \(ShellQuoting.quote(account == nil ? "" : probe.user)); "
            + "echo >&9; } & asked=\"$asked $!\""
    }

    private static let preparation = #"""
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
        umask 077
        for tool in mktemp mkfifo timeout head cat wc grep sleep rm id; do
          command -v $tool >/dev/null || { printf '\n%s lacks %s\n' "$marker" $tool; return; }
        done
        folder=$(mktemp -d) || folder=$(mktemp -d -p /dev/shm) || { printf '\n%s unwritable %s\n' "$marker" "$(mktemp -d 2>&1)"; return; }
        trap 'rm -rf "$folder"' EXIT
        trap 'rm -rf "$folder"; exit 1' HUP INT TERM PIPE
        SOLTI_PROBE=$$; export SOLTI_PROBE
        printf '\n%s begin\n' "$marker"
        mkfifo "$folder/turns" && exec 9<>"$folder/turns" || return
        turn=0
        while [ $turn -lt \#(width) ]; do echo >&9; turn=$((turn + 1)); done
        asked= last=
        note_stall
        echo "0 $last" >"$folder/tick"
        watch >/dev/null 9>&- & watcher=$!
        """#

    /// `boot` reads the whole question before it starts, so that a question which reads standard input finds none of itself.
    /// `keep` takes output as it comes (`head -c` holds it back, and would lose it when it is ended), up to so many blocks of
    /// 512 bytes, and drains the rest.
    private static let functions = #"""
        boot='solti_text=$(cat; echo x); exec </dev/null; eval "${solti_text%x}"'
        keep='ulimit -f "$1"; trap "" XFSZ; cat >"$2"; exec cat >/dev/null'
        # Notes that the host stood still since the last call, as `FROM TO` in seconds of its uptime.
        note_stall() {
          read -r now rest </proc/uptime || now=0
          now=${now%.*}
          [ $((now - ${last:-$now})) -le 3 ] || echo "$last $now" >>"$folder/stalls"
          last=$now
        }
        watch() {
          tick=0
          while sleep 1; kill -0 $SOLTI_PROBE; do
            note_stall
            tick=$((tick + 1))
            echo "$tick $last" >"$folder/tick"
            for run in "$folder"/*.run; do
              [ -s "$run" ] && read -r question end readers <"$run" || continue
              held=
              is_stopped $question && held=1
              for reader in $readers; do is_stopped $reader all && held=1; done
              [ -z "$held" ] || echo "$((last - 1)) $last" >>"${run%.run}.held"
              [ $tick -le $end ] || kill -KILL -$question
            done
          done
        }
        # Whether a process, or with `all` one that it started, is stopped.
        is_stopped() {
          read -r stat </proc/$1/stat || return 1
          case "${stat##*) }" in T*) return 0 ;; esac
          [ -n "$2" ] || return 1
          children=
          read -r children </proc/$1/task/$1/children
          for child in $children; do is_stopped $child all && return 0; done
          return 1
        }
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
          exec 8>"$folder/$1.o" 7>"$folder/$1.e"
          read -r began rest </proc/uptime || began=0
          case $as in
            runuser | su) exec timeout -k 3 "$2" $as -s /bin/sh "$4" -c "$boot" ;;
            *) cd / && exec timeout -k 3 "$2" $as sh -c "$boot" ;;
          esac <"$folder/$1.ask" >&8 2>&7 7>&- 8>&- 9>&- & question=$!
          read -r tick rest <"$folder/tick"
          echo "$question $((tick + $2 + 6)) $out $err" >"$folder/$1.run"
          wait $question
          status=$?
          : >"$folder/$1.run"
          read -r ended rest </proc/uptime || ended=0
          echo "$status $began $ended" >"$folder/$1.end"
          # The readers see the end of the pipes, unless a process that the question left behind keeps them open. Then they are
          # ended, but only when they have read the marks. Through `timeout` the signal reaches the group.
          {
            turn=0
            while sleep 1; do
              turn=$((turn + 1))
              has_all "$1.out" "$3" && has_all "$1.err" "$3" || [ $turn -gt $(($2 + 12)) ] || continue
              kill $out $err; kill -s CONT $out $err
            done
          } >/dev/null 2>&1 7>&- 8>&- 9>&- & guard=$!
          # In subshells: a reader that is gone ends the one that writes to it.
          (printf '\n%s' "$marker" >&8)
          (printf '\n%s' "$marker" >&7)
          exec 7>&- 8>&-
          # A full pipe that nobody reads holds the question back, and the mark.
          read -r marked rest </proc/uptime || marked=0
          [ $((${marked%.*} - ${ended%.*})) -le 3 ] || echo "${ended%.*} ${marked%.*}" >>"$folder/$1.held"
          wait $out; wait $err; kill $guard
        }
        has_all() { [ "$(wc -c <"$folder/$1")" -ge "$2" ] || grep -q -F "$marker" "$folder/$1"; }
        emit() {
          status=lost began=0 ended=0
          # It is there and empty if the disk is full.
          [ -e "$folder/$1.end" ] && status=unkept
          [ -s "$folder/$1.end" ] && read -r status began ended <"$folder/$1.end"
          held=0
          for file in "$folder/stalls" "$folder/$1.held"; do
            [ -f "$file" ] || continue
            while read -r from to; do
              [ "$to" -le "${began%.*}" ] || [ "$from" -gt "${ended%.*}" ] || held=$((held + to - from))
            done <"$file"
          done
          out=0 err=0
          [ -f "$folder/$1.out" ] && out=$(($(wc -c <"$folder/$1.out")))
          [ -f "$folder/$1.err" ] && err=$(($(wc -c <"$folder/$1.err")))
          [ $out -le "$2" ] || out=$2
          [ $err -le "$2" ] || err=$2
          printf '\n%s %s %s %s %s %s %s %s\n' "$marker" "$1" "$status" "$began" "$ended" "$held" "$out" "$err"
          # Exactly as many bytes as announced, even if the file grows meanwhile.
          [ $out -gt 0 ] && head -c $out "$folder/$1.out"
          [ $err -gt 0 ] && head -c $err "$folder/$1.err"
        }
        """#
}
