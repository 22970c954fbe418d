/// Bounds on what happens at once.
public struct Limits: Sendable, Hashable {
    /// Cells at once; nil for all.
    public var parallel: Int?
    /// Cells alive at once, by platform.
    public var alive: [String: Int]
    /// Creates at once, by platform.
    public var creates: [String: Int]

    public init(parallel: Int? = nil, alive: [String: Int] = [:], creates: [String: Int] = [:]) {
        self.parallel = parallel
        self.alive = alive
        self.creates = creates
    }
}
