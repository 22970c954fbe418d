/// Waits until a condition holds, and no longer.
///
/// - Parameter limit: much more than it takes on a busy machine, on which the unit tests together take minutes.
/// - Returns: whether it held in time.
public func eventually(within limit: Duration = .seconds(300), _ holds: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end, !Task.isCancelled {
        if try await holds() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return try await holds()
}
