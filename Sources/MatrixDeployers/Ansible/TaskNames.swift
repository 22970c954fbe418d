internal import MatrixCore

/// Gives each task on each host a name that is unique within its step and the same in every run.
struct TaskNames {
    private let cell: CellPlan
    private let labels: [String: String]
    /// Texts that differ from run to run, with their replacements.
    private let unstable: [(text: String, word: String)]
    private let context: CellContext
    private var used: [String: Int]

    init(_ context: CellContext, taken: [String]) {
        cell = context.cell
        labels = Dictionary(context.hosts.map { ($0.name, context.label(of: $0)) }) { first, _ in first }
        let addresses = context.hosts.flatMap { host in
            [host.endpoint.address, host.endpoint.internalAddress].map { ($0, context.label(of: host)) }
        }
        unstable = addresses.filter { !["127.0.0.1", "localhost", ""].contains($0.0) } + [(context.run.value, "run")]
        self.context = context
        used = Dictionary(taken.map { ($0, 1) }) { first, _ in first }
    }

    /// `play : role : task (host)`: the play if there are several, the host if the cell has several, ` (2)` for a repeat.
    mutating func name(_ parts: [String?], host: String?) -> String {
        var text = parts.compactMap(\.self).map(Self.oneLine).joined(separator: " : ")
        for (unstable, word) in unstable { text = text.replacing(unstable, with: word) }
        // Redacted before names are cut and compared: two that differ only in a secret are the same.
        text = String(context.withoutSecrets(PlainText.clean(text)).prefix(200))
        if let host, cell.hosts.count > 1 || labels[host] == nil { text += " (\(labels[host] ?? host))" }
        let count = (used[text] ?? 0) + 1
        used[text] = count
        guard count > 1 else { return text }
        let repeated = "\(text) (\(count))"
        used[repeated] = 1
        return repeated
    }

    /// A host's short name.
    func label(of host: String) -> String { labels[host] ?? host }

    private static func oneLine(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
