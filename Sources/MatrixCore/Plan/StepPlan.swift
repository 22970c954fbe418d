/// One item of `deploy:`, `verify:` or `finally:` as it applies to one cell.
public struct StepPlan: Sendable {
    /// Unique within its cell and phase, the same in every run, without addresses: a case's name or its beginning.
    public var name: String
    /// The key that names its kind: `ansible`, `shell`, `service`, `http`, `collect`.
    public var kind: String
    /// The whole list item; its kind's own key and all others. `Scope.render` resolves the remaining `${…}`.
    public var options: Document
    /// A role, group or host name; nil for all hosts.
    public var hosts: String?
    /// Why it does not run in this cell; nil if it runs: `when: {platform: k3s}`, no such role here.
    public var skipped: String?
    public var environment: [String: String]
    public var timeout: Duration?
    /// Extra tries on infrastructure errors.
    public var retries: Int
    /// Deploy steps only: what it may change on its hosts; nil if nobody asks what it changes.
    public var changes: ChangeRules?
    /// Checks only: the deploy step after which it is asked; nil to ask it when the deploy has ended.
    public var after: String?
    /// Checks only.
    public var modifiers: CheckModifiers

    public init(
        name: String, kind: String, options: Document, hosts: String? = nil, skipped: String? = nil, environment: [String: String] = [:],
        timeout: Duration? = nil, retries: Int = 0, modifiers: CheckModifiers = CheckModifiers()
    ) {
        self.name = name
        self.kind = kind
        self.options = options
        self.hosts = hosts
        self.skipped = skipped
        self.environment = environment
        self.timeout = timeout
        self.retries = retries
        self.modifiers = modifiers
    }

    /// The step's position in its file.
    public var location: SourceLocation { options.location }
}

/// How a check is asked, apart from what it asks.
public struct CheckModifiers: Sendable, Hashable {
    /// Where http, dns, addr and port are asked from.
    public enum Origin: Sendable, Hashable {
        case host
        case runner
        case role(String)
    }

    public var from: Origin
    /// The account on the host.
    public var user: String
    /// How long to retry until it holds; nil: ask once.
    public var within: Duration?
    /// The pause between two tries of ``within``.
    public var every: Duration
    /// How long it must keep holding after it first held.
    public var stable: Duration?
    public var waiver: Waiver?

    public init(
        from: Origin = .host, user: String = "root", within: Duration? = nil, every: Duration = .seconds(2), stable: Duration? = nil,
        waiver: Waiver? = nil
    ) {
        self.from = from
        self.user = user
        self.within = within
        self.every = every
        self.stable = stable
        self.waiver = waiver
    }
}

/// A check that may fail until a day, and why.
public struct Waiver: Sendable, Hashable {
    /// `2027-01-31`; the check fails again after that day.
    var until: String
    var because: String

    public init(until: String, because: String) {
        self.until = until
        self.because = because
    }
}
