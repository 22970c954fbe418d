internal import MatrixCore

/// Polls the callback plugin's file while `ansible-playbook` runs.
actor EventFollower {
    private let tail: EventTail
    private(set) var record = TaskRecord()

    init(_ path: String) {
        tail = EventTail(path)
    }

    /// Reads what was written since the last call, and returns everything so far.
    @discardableResult
    func read() -> TaskRecord {
        for event in tail.next() { record.take(event) }
        return record
    }

    /// Keeps reading until the surrounding task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            read()
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}
