/// Waits until something holds, and no longer.
///
/// - Parameter limit: far beyond what it takes on a machine with much else to do.
/// - Returns: whether it came to hold.
public func eventually(within limit: Duration = .seconds(60), _ holds: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end, !Task.isCancelled {
        if try await holds() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return try await holds()
}
