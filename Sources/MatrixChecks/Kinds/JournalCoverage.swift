import MatrixCore

/// Whether the journal still has every entry of a check's window.
///
/// A journal that nothing was taken from begins with journald's own start; before it there are only messages of the kernel. If it
/// begins otherwise, older entries were rotated away or removed.
struct JournalCoverage {
    /// The messages "Journal started", "Missed N kernel messages" and "Suppressed N messages from UNIT" (systemd's sd-messages.h).
    static let started = "f77379a8490b408bbe5f6940505a777b"
    private static let missed = "e9bf28e6e834481bb6f48f548ad13606"
    static let suppressed = "a596d6fe7bfa4994828e72309e95d61e"
    /// A host's clock is read in whole seconds, at several moments.
    private static let slack = 1.0
    /// How long after its first boot a host may write its machine id.
    private static let firstBoot = 120.0

    /// Prints the oldest entry, the first ones that are not the kernel's, and when the host, its journal and its identity began.
    static let script = """
        [ "$(id -u)" = 0 ] || case $(journalctl --no-pager -n 0 2>&1) in
          *"not seeing messages"*) fail "$(id -un) sees only a part of the journal" ;;
        esac
        entries() { journalctl --quiet --no-pager -o json --output-fields=MESSAGE_ID "$@" 2>/dev/null; }
        moment() {
          text=$(TZ=UTC systemctl show -p "$2" $3 2>/dev/null); text=${text#*=}
          [ -z "$text" ] || { text=$(date -d "$text" +%s 2>/dev/null) && echo "$1=$text"; }
        }
        oldest=$(entries | head -n 1)
        [ -n "$oldest" ] || fail "the journal is empty: nothing is recorded, or $(id -un) may not read it"
        printf 'oldest=%s\\n' "$oldest"
        entries _TRANSPORT=driver _TRANSPORT=journal _TRANSPORT=stdout _TRANSPORT=syslog | head -n 4 \
          | while IFS= read -r line; do printf 'first=%s\\n' "$line"; done
        moment boot UserspaceTimestamp
        moment ready ActiveEnterTimestamp sysinit.target
        moment journald ExecMainStartTimestamp systemd-journald.service
        for file in /var/log/journal/*/*.journal; do
          [ -e "$file" ] && case $(stat -f -c %T "$file" 2>/dev/null) in tmpfs | ramfs) ;; *) echo "kept=1" ;; esac
        done
        echo "identity=$(stat -c %Z /etc/machine-id 2>/dev/null)"
        """

    private let lines: [Substring]
    private let facts: KeyedLines

    /// - Parameter lines: what ``script`` printed, and `suppressed=…` for each such message.
    init(_ lines: [Substring]) {
        self.lines = lines
        facts = KeyedLines(lines.joined(separator: "\n"))
    }

    /// - Parameter sinceDeploy: whether the host certainly existed when the window began.
    /// - Throws: `Unanswered` if an entry of the window may be missing.
    func verify(units: [String], sinceDeploy: Bool) throws(Unanswered) {
        if let line = suppressedLine(of: units) {
            throw Unanswered("journald left out messages of the window: \(line)", next: Self.next)
        }
        guard let oldest = entry("oldest").flatMap(Self.time) else { throw Unanswered("the journal does not say when it begins") }
        guard let begin = moment("begin") ?? moment("boot"), let reason = reason(begin: begin, oldest: oldest, sinceDeploy) else {
            return
        }
        throw Unanswered("the journal begins at \(Timestamp(seconds: oldest)), after the start of the window: \(reason)", next: Self.next)
    }

    private static let next =
        "let the journal keep more (Storage=persistent, SystemMaxUse=, RuntimeMaxUse=, RateLimitBurst=), use a shorter since:, "
        + "or write gap: allow"

    /// Why entries from between the start of the window and the oldest entry may be missing; nil if there were none.
    private func reason(begin: Double, oldest: Double, _ sinceDeploy: Bool) -> String? {
        guard oldest > begin + Self.slack else { return nil }
        guard isWhole else { return "older entries were rotated away or removed" }
        if let ready = moment("ready"), let journald = moment("journald"), journald > ready + Self.slack, oldest >= journald - Self.slack {
            return "journald was started again, without the older entries"
        }
        guard facts["kept"] == nil, let boot = moment("boot"), boot > begin + Self.slack else { return nil }
        if !sinceDeploy, let identity = moment("identity"), identity >= boot - Self.firstBoot { return nil }
        return "the host was started at \(Timestamp(seconds: boot)), and its journal is lost with every start"
    }

    /// Whether the journal begins with its own start. Messages of the kernel, and how many of those were missed, come before it.
    private var isWhole: Bool {
        let first = lines.filter { $0.hasPrefix("first=") }.map { Value(json: String($0.dropFirst("first=".count)))?["MESSAGE_ID"]?.string }
        return first.first { $0 != Self.missed } == Self.started
    }

    private func moment(_ key: String) -> Double? { facts[key].flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

    private func entry(_ key: String) -> Value? { facts[key].flatMap { Value(json: $0) } }

    /// In microseconds, as text.
    private static func time(_ entry: Value) -> Double? {
        guard let text = entry["__REALTIME_TIMESTAMP"]?.string, let time = UInt64(text) else { return nil }
        return Double(time) / 1_000_000
    }

    private func suppressedLine(of units: [String]) -> String? {
        lines.filter { $0.hasPrefix("suppressed=") }.map { String($0.dropFirst("suppressed=".count)) }.first { line in
            let origin = line.firstRange(of: " from ").map { String(line[$0.upperBound...]) } ?? ""
            return units.contains { unit in unit == "all" || unit == origin || "\(unit).service" == origin || Glob.matches(unit, origin) }
        }
    }
}
