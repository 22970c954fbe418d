import MatrixCore

/// Bounds how many cells are being created at once on each platform.
final class Gates: Sendable {
    private let creating: [String: Gate]

    init(_ limits: Limits, platforms: some Sequence<String>) {
        creating = Dictionary(Set(platforms).map { ($0, Gate(places: limits.platforms[$0]?.create)) }) { first, _ in first }
    }

    /// A cell's turn to be created on its platform, not taken yet.
    func turn(on platform: String) -> CreateTurn { CreateTurn(creating[platform] ?? Gate(places: nil)) }
}
