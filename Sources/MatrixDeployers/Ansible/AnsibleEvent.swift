internal import MatrixCore

/// One line of the callback plugin.
struct AnsibleEvent: Decodable, Sendable {
    /// The kind of a line.
    enum Kind: String, Decodable, Sendable {
        case playbook
        case play
        case noHosts = "no_hosts"
        case start
        case item
        case task
        case stats
    }

    /// How a task or one item of its loop ended.
    enum Status: String, Decodable, Sendable {
        case ok
        case changed
        case failed
        case ignored
        case rescued
        case skipped
        case unreachable
    }

    var event: Kind
    /// Seconds since 1970.
    var time: Double
    var plays: Int?
    var play: String?
    /// Whether only `hosts:` of the step left out the hosts of the play.
    var limited: Bool?
    var status: Status?
    var host: String?
    /// The host on which a task ran; nil if it ran on this machine.
    var place: String?
    /// Whether it only said what it would change.
    var check: Bool?
    /// Whether it was ignored that the host could not be reached.
    var unreachable: Bool?
    var task: String?
    var id: String?
    var role: String?
    var action: String?
    /// `file:line` of the task.
    var path: String?
    var rc: Value?
    var reason: String?
    var condition: String?
    var attempts: Int?
    var started: Double?
    var msg: String?
    var stdout: String?
    var stderr: String?
    var moduleStderr: String?
    var item: String?
    var counts: [String: Int]?

    enum CodingKeys: String, CodingKey {
        case event, time, plays, play, limited, status, host, place, check, unreachable, task, id, role, action, path, rc, reason,
            condition, attempts, started, msg
        case stdout, stderr
        case moduleStderr = "module_stderr"
        case item, counts
    }

    /// What the task printed or reported, the most useful line last.
    var excerpt: String? {
        let output = [stderr, moduleStderr, stdout].compactMap(\.self).compactMap(Self.lastLine).first
        guard let msg = msg.flatMap(Self.firstLine) else { return output }
        // Ansible's message for a failed command does not say why it failed.
        guard msg.hasPrefix("non-zero return code") || msg.hasPrefix("MODULE FAILURE"), let output else { return msg }
        return rc.map { "exit status \($0.text): \(output)" } ?? output
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    private static func firstLine(_ text: String) -> String? { lines(text).first.map(String.init) }
    private static func lastLine(_ text: String) -> String? { lines(text).last.map(String.init) }
}
