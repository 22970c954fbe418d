/// The longest that each phase may take, retries included.
public struct Timeouts: Sendable, Hashable {
    public var create: Duration
    public var provision: Duration
    public var deploy: Duration
    public var verify: Duration
    public var finally: Duration
    public var destroy: Duration

    public init(
        create: Duration = .seconds(600), provision: Duration = .seconds(600), deploy: Duration = .seconds(1800),
        verify: Duration = .seconds(600), finally: Duration = .seconds(120), destroy: Duration = .seconds(300)
    ) {
        self.create = create
        self.provision = provision
        self.deploy = deploy
        self.verify = verify
        self.finally = finally
        self.destroy = destroy
    }

    /// The limit of a phase.
    public subscript(phase: Phase) -> Duration {
        switch phase {
        case .create: create
        case .provision: provision
        case .deploy: deploy
        case .verify: verify
        case .finally: finally
        case .destroy: destroy
        }
    }
}

/// Extra tries of a phase, on infrastructure errors only.
public struct Retries: Sendable, Hashable {
    public var create: Int
    public var provision: Int

    public init(create: Int = 1, provision: Int = 1) {
        self.create = create
        self.provision = provision
    }
}
