import Testing

/// Waits until something holds; a test's own limit ends the wait.
func eventually(tries: Int = 300, _ holds: () async -> Bool) async throws {
    for _ in 0..<tries {
        if await holds() { return }
        try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("it did not come to hold")
}
