import MatrixCore

extension CellRun {
    /// The cell's artifacts relative to the report's folder.
    var artifactsName: String { "artifacts/\(cell.name)" }

    /// The cell's folder for logs and generated files, created if it is missing.
    func artifactsFolder() throws -> String {
        try Folder.make("\(options.reports)/\(artifactsName)", mode: 0o755)
    }

    /// The context of the steps; nil if its folders cannot be created, which is then on the record.
    func context(for hosts: [Host], inventory: String?, kubeconfig: String? = nil) -> CellContext? {
        do {
            let artifacts = try artifactsFolder()
            let scratch = try Folder.make("\(options.directory)/scratch/\(cell.name)", mode: 0o700)
            // KUBECONFIG is a list of paths.
            let listed = try kubeconfig.map { try links.path(to: $0) }
            var context = CellContext(
                run: options.run, cell: cell, hosts: hosts,
                scope: scope(artifacts: artifacts, inventory: inventory, kubeconfig: listed),
                artifacts: artifacts, artifactsName: artifactsName, scratch: scratch,
                secretStore: SecretStore(in: options.directory), kubeconfig: kubeconfig,
                secretEnvironment: secretEnvironment,
                environment: environment(hosts, artifacts: artifacts, inventory: inventory, kubeconfig: listed),
                redactor: parts.redactor,
                deployStarted: deployStarted)
            context.restarter = CellRestarter(run: self)
            context.memory = CheckMemory(in: "\(options.directory)/checks/\(cell.name)")
            return context
        } catch {
            fail(error, .provision, step: "provision", name: "provision", started: .now)
            return nil
        }
    }

    /// The same with the cell's inventory written.
    func contextWithInventory(_ hosts: [Host], kubeconfig: String?) -> CellContext? {
        do {
            let inventory = try parts.inventory.write(cell, hosts: hosts, run: options.run, to: try artifactsFolder())
            return context(for: hosts, inventory: inventory, kubeconfig: kubeconfig)
        } catch {
            fail(error, .provision, step: "provision", name: "provision", started: .now)
            return context(for: hosts, inventory: nil, kubeconfig: kubeconfig)
        }
    }

    /// When the deploy began: in an earlier process, if this one only inspects its result.
    private var deployStarted: Timestamp {
        let earlier = does(.deploy) ? nil : start.past.last { $0.phase == .deploy }
        return earlier?.tries.last?.started ?? .now
    }

    private func scope(artifacts: String, inventory: String?, kubeconfig: String?) -> Scope {
        var scope = cell.scope
        scope["run"] = options.run.value
        scope["artifacts"] = artifacts
        scope["inventory"] = inventory
        scope["kubeconfig"] = kubeconfig
        for (name, value) in parts.secrets { scope["secrets.\(name)"] = value }
        return scope
    }

    private var secretEnvironment: [String: String] {
        Dictionary(parts.secrets.map { (SecretSource.variable(of: $0.key), $0.value) }) { first, _ in first }
    }

    private func environment(_ hosts: [Host], artifacts: String, inventory: String?, kubeconfig: String?) -> [String: String] {
        let list = hosts.map { host in
            Value.map([
                "name": .string(host.name), "role": .string(host.plan.role), "groups": .list(host.plan.groups.map { .string($0) }),
                "address": .string(host.endpoint.address), "port": .int(host.endpoint.port), "user": .string(host.endpoint.user),
                "key": .string(host.endpoint.keyFile),
            ])
        }
        var environment = [
            "SOLTI_RUN": options.run.value, "SOLTI_CELL": cell.name, "SOLTI_OS": cell.os.name, "SOLTI_PLATFORM": cell.platform,
            "SOLTI_HOSTS": Value.list(list).json, "SOLTI_ARTIFACTS": artifacts,
        ]
        environment["SOLTI_INVENTORY"] = inventory
        environment["KUBECONFIG"] = kubeconfig
        return environment
    }
}
