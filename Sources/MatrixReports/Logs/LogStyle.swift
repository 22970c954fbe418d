/// How a part of a log is coloured; the raw value is its class on the page.
enum LogStyle: String {
    case good
    case changed
    case bad
    case soft
    case heading
    case blue

    /// The style of a line without colours, as Ansible and most programs mean it; nil for an ordinary one.
    init?(line: String) {
        if let ansible = Self.ansible(line) {
            self = ansible
            return
        }
        // With a colon, near the start of the line: a path such as error.log is no error.
        let start = line.prefix(160).lowercased()
        guard Self.words.contains(where: { start.contains($0) }) else { return nil }
        self = .bad
    }

    private static let words = ["error:", "fatal:", "failed:", "failure:", "panic:", "traceback (", "level=error", "failed with result"]

    private static func ansible(_ line: String) -> LogStyle? {
        let starts: [(String, LogStyle)] = [
            ("ok: [", .good), ("changed: [", .changed), ("skipping: [", .soft), ("fatal: [", .bad), ("failed: [", .bad), ("ERROR", .bad),
            ("E: ", .bad), ("[ERROR]", .bad),
            ("TASK [", .heading), ("PLAY ", .heading), ("RUNNING HANDLER [", .heading), ("included: ", .blue), ("[WARNING]", .changed),
        ]
        return starts.first { line.hasPrefix($0.0) }?.1
    }
}
