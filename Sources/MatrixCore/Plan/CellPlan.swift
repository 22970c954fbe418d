/// One point of a matrix with everything that happens in it.
public struct CellPlan: Sendable {
    /// The axis values joined by dashes: `rocky9-proxmox`. A DNS label.
    public var name: String
    /// The value of every axis, in axis order.
    public var point: [AxisValue]
    public var os: OperatingSystem
    /// The name of the platform.
    public var platform: String
    /// Problems of an experimental cell do not change the exit status.
    public var experimental: Bool
    /// At least one.
    public var hosts: [HostPlan]
    /// The matrix's variables with this cell's overrides.
    public var vars: [String: Value]
    public var timeouts: Timeouts
    public var retries: Retries
    public var provision: ProvisionPlan
    public var deploy: [StepPlan]
    public var verify: [StepPlan]
    public var finally: [StepPlan]
    /// Static names for `${…}`: `os`, `platform`, `cell`, `axis.*`, `vars.*`.
    public var scope: Scope

    public init(
        name: String, point: [AxisValue], os: OperatingSystem, platform: String, experimental: Bool = false, hosts: [HostPlan],
        vars: [String: Value] = [:], timeouts: Timeouts = Timeouts(), retries: Retries = Retries(),
        provision: ProvisionPlan = ProvisionPlan(), deploy: [StepPlan] = [], verify: [StepPlan] = [], finally: [StepPlan] = [],
        scope: Scope = Scope()
    ) {
        self.name = name
        self.point = point
        self.os = os
        self.platform = platform
        self.experimental = experimental
        self.hosts = hosts
        self.vars = vars
        self.timeouts = timeouts
        self.retries = retries
        self.provision = provision
        self.deploy = deploy
        self.verify = verify
        self.finally = finally
        self.scope = scope
    }

    /// The hosts that a step's `hosts:` names: a role, a group, a host, or all where it names none.
    public func hosts(selectedBy selector: String?) -> [HostPlan] {
        guard let selector, selector != "all" else { return hosts }
        return hosts.filter { $0.role == selector || $0.name == selector || $0.groups.contains(selector) }
    }
}

/// The value of one axis in one cell.
public struct AxisValue: Sendable, Hashable, Codable {
    public var axis: String
    public var value: String

    public init(axis: String, value: String) {
        self.axis = axis
        self.value = value
    }
}

/// One machine of a cell.
public struct HostPlan: Sendable, Hashable, Codable {
    /// `<cell>` for the only host of a cell, else `<cell>-<role>-<n>`: its host name.
    public var name: String
    /// The key under `hosts:`; `host` where the matrix file has none.
    public var role: String
    /// From one, within its role.
    public var index: Int
    public var groups: [String]
    public var size: HostSize

    public init(name: String, role: String = "host", index: Int = 1, groups: [String] = [], size: HostSize = HostSize()) {
        self.name = name
        self.role = role
        self.index = index
        self.groups = groups
        self.size = size
    }

    /// A short name within its cell for messages and case names: `server`, or `client-2` where a role has several.
    public func label(in hosts: [HostPlan]) -> String {
        hosts.count { $0.role == role } > 1 ? "\(role)-\(index)" : role
    }
}

/// What a host asks of its platform; nil leaves it to the platform.
public struct HostSize: Sendable, Hashable, Codable {
    public var cores: Int?
    /// Bytes.
    public var memory: Int?
    /// Bytes.
    public var disk: Int?
    /// A platform's own name for a size, such as `g6-standard-2`.
    public var type: String?

    public init(cores: Int? = nil, memory: Int? = nil, disk: Int? = nil, type: String? = nil) {
        self.cores = cores
        self.memory = memory
        self.disk = disk
        self.type = type
    }
}

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

/// The parts of a cell's life, in order.
public enum Phase: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case create
    case provision
    case deploy
    case verify
    case finally
    case destroy

    /// Its place in a cell's life, from zero.
    public var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What the PROVISION phase makes of a bare host, the same on every platform.
public struct ProvisionPlan: Sendable, Hashable {
    /// The account that is made, in `sudo` or `wheel`; nil for none.
    public var user: String?
    /// Whether that account may use sudo without a password.
    public var passwordlessSudo: Bool
    /// Files with public keys, absolute paths, for that account beside the run's key.
    public var keyFiles: [String]
    /// The DNS domain of the hosts' full names.
    public var domain: String?
    public var packages: [String]
    public var updateCache: Bool
    /// Whether host name and /etc/hosts are set; nil for where they do not outlive the cell (`Platform.hostsLiveOn`).
    public var setsHostname: Bool?
    /// Extra shell scripts, as root, on every host.
    public var scripts: [String]
    public var location: SourceLocation?

    public init(
        user: String? = nil, passwordlessSudo: Bool = true, keyFiles: [String] = [], domain: String? = nil, packages: [String] = [],
        updateCache: Bool = false, setsHostname: Bool? = nil, scripts: [String] = [], location: SourceLocation? = nil
    ) {
        self.user = user
        self.passwordlessSudo = passwordlessSudo
        self.keyFiles = keyFiles
        self.domain = domain
        self.packages = packages
        self.updateCache = updateCache
        self.setsHostname = setsHostname
        self.scripts = scripts
        self.location = location
    }
}
