/// Bounds on what happens at once.
public struct Limits: Sendable, Hashable {
    /// Bounds of one platform; nil for no bound.
    public struct OfPlatform: Sendable, Hashable {
        /// Hosts' cells alive at once.
        public var alive: Int?
        /// Creates at once.
        public var create: Int?

        public init(alive: Int? = nil, create: Int? = nil) {
            self.alive = alive
            self.create = create
        }
    }

    /// Cells at once; nil for all.
    public var parallel: Int?
    public var platforms: [String: OfPlatform]

    public init(parallel: Int? = nil, platforms: [String: OfPlatform] = [:]) {
        self.parallel = parallel
        self.platforms = platforms
    }
}
