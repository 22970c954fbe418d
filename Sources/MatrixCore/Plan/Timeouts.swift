/// The longest that each phase may take, retries included.
public struct Timeouts: Sendable, Hashable {
    /// Ten minutes for a phase that is not in it.
    private var limits: [Phase: Duration] = [.deploy: .seconds(1800), .finally: .seconds(120), .destroy: .seconds(300)]

    /// - Parameter limits: those that are not the defaults.
    public init(_ limits: [Phase: Duration] = [:]) {
        self.limits.merge(limits) { $1 }
    }

    /// The limit of a phase.
    public subscript(phase: Phase) -> Duration {
        get { limits[phase, default: .seconds(600)] }
        set { limits[phase] = newValue }
    }
}
