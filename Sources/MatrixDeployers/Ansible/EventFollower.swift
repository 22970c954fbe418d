internal import Foundation
internal import MatrixCore

/// Polls the callback plugin's file while `ansible-playbook` runs.
actor EventFollower {
    private let path: String
    private let original: @Sendable (String) -> String
    private let onTask: @Sendable (String) -> Void
    private var handle: FileHandle?
    private var rest: [UInt8] = []
    private var record = TaskRecord()
    /// The tasks of the present play that began, on any host.
    private var begun: Set<String> = []
    private var count = 0

    /// - Parameters:
    ///   - original: gives the paths of tasks the form that people know.
    ///   - onTask: told each task when it begins on its first host: `task 14: Install prometheus`.
    init(
        _ path: String, original: @escaping @Sendable (String) -> String = { $0 }, onTask: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.path = path
        self.original = original
        self.onTask = onTask
    }

    deinit { try? handle?.close() }

    /// Reads what was written since the last call, and returns everything so far; an unfinished line waits for its end.
    @discardableResult
    func read() -> TaskRecord {
        if handle == nil { handle = FileHandle(forReadingAtPath: path) }
        rest += (try? handle?.readToEnd()).map { Array($0) } ?? []
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return record }
        for line in rest[..<end].split(separator: UInt8(ascii: "\n")) {
            guard var event = try? JSON.decode(AnsibleEvent.self, from: Array(line)) else { continue }
            event.path = event.path.map(original)
            record.take(event)
            announce(event)
        }
        rest = Array(rest[(end + 1)...])
        return record
    }

    private func announce(_ event: AnsibleEvent) {
        switch event.event {
        // With `serial`, each batch of hosts plays the same tasks again.
        case .play: begun = []
        case .start:
            guard begun.insert(event.id ?? "").inserted else { return }
            count += 1
            onTask("task \(count): \((event.task ?? "without a name").split(whereSeparator: \.isWhitespace).joined(separator: " "))")
        default: return
        }
    }

    /// Keeps reading until the surrounding task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            read()
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}
