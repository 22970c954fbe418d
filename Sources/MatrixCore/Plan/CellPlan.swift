/// One point of a matrix and everything that happens in it.
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
    /// What the matrix file adds to the cell's Ansible inventory.
    public var inventory = InventoryPlan()
    public var timeouts: Timeouts
    /// Extra tries of create and provision, on infrastructure errors only.
    public var retries: [Phase: Int]
    public var provision: ProvisionPlan
    public var deploy: [StepPlan]
    public var verify: [StepPlan]
    public var finally: [StepPlan]
    /// Static names for `${…}`: `os`, `platform`, `cell`, `axis.*`, `vars.*`.
    public var scope: Scope

    public init(
        name: String, point: [AxisValue], os: OperatingSystem, platform: String, experimental: Bool = false, hosts: [HostPlan],
        vars: [String: Value] = [:], timeouts: Timeouts = Timeouts(), retries: [Phase: Int] = [.create: 1, .provision: 1],
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

    /// What `${host.…}` means on one of its hosts.
    public func names(of host: HostPlan, at endpoint: Endpoint) -> [String: String] {
        [
            "host.name": host.name, "host.address": endpoint.internalAddress, "host.role": host.role,
            "host.fqdn": provision.domain.map { "\(host.name).\($0)" } ?? host.name,
        ]
    }

    /// The hosts that a step's `hosts:` names: a role, a group, a host, or all hosts if it names none.
    public func hosts(selectedBy selector: String?) -> [HostPlan] {
        guard let selector, selector != "all" else { return hosts }
        return hosts.filter { $0.role == selector || $0.name == selector || $0.groups.contains(selector) }
    }
}
