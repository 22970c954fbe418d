/// Runs `work` and logs how it ended and how long it took: `status 200 after 12 ms`.
///
/// - Parameters:
///   - log: receives the words.
///   - ending: what to say of a result; an error describes itself.
public func timed<R>(_ log: (String) -> Void, ending: (R) -> String, _ work: () async throws -> R) async throws -> R {
    let start = ContinuousClock.now
    func note(_ words: String) { log("\(words) after \(Int(nearest: (ContinuousClock.now - start).inSeconds * 1_000)) ms") }
    do {
        let result = try await work()
        note(ending(result))
        return result
    } catch {
        note("\(error)")
        throw error
    }
}
