internal import Foundation
public import MatrixCore
internal import Synchronization

/// Builds, lists, checks and removes the templates that machines are cloned from, for `matrix template`.
public struct ProxmoxTemplates: Sendable {
    private let settings: ProxmoxSettings
    private let connection: ProxmoxConnection
    private let context: PlatformContext
    private let cluster: ProxmoxCluster
    private let claims: ProxmoxClaims

    /// - Parameter node: the only node to look at and to build on; nil: looks at all nodes of the settings and builds on the first.
    /// - Throws: `UsageError` if the settings cannot be used.
    public init(settings: PlatformSettings, node: String? = nil, in context: PlatformContext) throws {
        var read = try SettingsReader.read(settings.options)
        if let node {
            guard read.nodes.contains(node) else {
                throw UsageError("the platform has no node \(node)", hint: "it has: \(read.nodes.joined(separator: ", "))")
            }
            read.nodes = [node]
        }
        self.init(settings: read, connection: try ProxmoxDriver.connection(read, in: context), context: context)
    }

    init(settings: ProxmoxSettings, connection: ProxmoxConnection, context: PlatformContext) {
        self.settings = settings
        self.connection = connection
        self.context = context
        cluster = ProxmoxCluster(client: connection.client, nodes: settings.nodes)
        claims = ProxmoxClaims(context.claims, cluster: settings.cluster)
    }

    private var folder: String { "\(context.state)/proxmox" }
    private var imageFolder: String { settings.build.workFolder ?? "\(folder)/images" }

    /// Builds one system's template, on the first node of the settings. Waits if another process builds it.
    ///
    /// - Throws: `InfrastructureError`. The log of the build is in `<state>/proxmox/logs` in any case.
    func build(
        _ os: OperatingSystem, options: TemplateBuildOptions = TemplateBuildOptions(),
        progress: @escaping @Sendable (TemplateProgress) -> Void
    ) async throws -> TemplateOutcome {
        let log = try BuildLog(os.name, in: "\(folder)/logs", context: context)
        let tell: @Sendable (TemplateProgress) -> Void = { step in
            log.write(step.description)
            progress(step)
        }
        try makeFolder("\(folder)/locks")
        let name = "\(settings.cluster)-\(os.name)".filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
        do {
            let waiting: @Sendable () -> Void = { tell(TemplateProgress(os: os.name, step: "waiting for another process that builds it")) }
            return try await FileLock.withLock("\(folder)/locks/\(name).lock", within: .seconds(2 * 3600), waiting: waiting) {
                let build = TemplateBuild(
                    os: os, settings: settings, connection: connection, cluster: cluster, claims: claims,
                    runner: context.runner, cache: imageFolder, state: try StateFolderID.read(in: context.state), options: options,
                    tell: tell)
                let outcome = try await build.run()
                if options.boot, case .built(let template, _) = outcome { try await boot(template, os, tell) }
                return outcome
            }
        } catch {
            log.write("failed: \(error)")
            throw error
        }
    }

    /// Builds several templates at once. If one fails, the others go on.
    public func buildAll(
        _ systems: [OperatingSystem], options: TemplateBuildOptions = TemplateBuildOptions(),
        progress: @escaping @Sendable (TemplateProgress) -> Void
    ) async -> [TemplateOutcome] {
        await mapConcurrently(systems, limit: max(1, systems.count)) { os in
            do {
                return try await build(os, options: options, progress: progress)
            } catch {
                return .failed(
                    os: os.name, message: "\(error)", leavesMachine: (error as? InfrastructureError)?.type == TemplateBuild.leak.rawValue)
            }
        }
    }

    /// The templates of these systems; for each system the newest first.
    public func list(_ systems: [OperatingSystem]) async throws -> [ProxmoxTemplate] {
        try await mappingProxmoxFaults("listing the templates") {
            try await TemplateInventory(cluster: cluster, settings: settings).templatesWithClones(of: systems)
        }
    }

    /// Checks whether a system's newest template can be cloned. With `boot` it clones and boots it.
    public func verify(_ os: OperatingSystem, boot: Bool, progress: @escaping @Sendable (TemplateProgress) -> Void) async throws
        -> ProxmoxTemplate
    {
        let newest = try await mappingProxmoxFaults("verifying the template of \(os.name)") {
            guard let newest = try await TemplateInventory(cluster: cluster, settings: settings).templates(of: [os]).first else {
                throw InfrastructureError(
                    "verifying the template of \(os.name)", why: "there is no template of \(os.name)",
                    next: "matrix template build --os \(os.name) --platform FILE", isTransient: false)
            }
            try await TemplateCheck(cluster: cluster).check(newest.vmid, on: newest.node, os, disk: nil)
            return newest
        }
        if boot { try await self.boot(newest, os, progress) }
        return newest
    }

    /// Clones a template, boots the clone, logs in with the key that cloud-init wrote, and removes the clone.
    private func boot(_ template: ProxmoxTemplate, _ os: OperatingSystem, _ tell: @escaping @Sendable (TemplateProgress) -> Void)
        async throws
    {
        var pinned = settings
        pinned.templates = .pinned("\(template.vmid)")
        let platform = try ProxmoxPlatform(name: "proxmox", settings: pinned, connection: connection, context: context)
        let name = "verify-\(os.name)"
        let host = HostPlan(name: name, size: try await mappingProxmoxFaults("verifying \(template.name)") { try await size(of: template) })
        let cell = CellPlan(name: name, point: [], os: os, platform: "proxmox", hosts: [host])
        let run = RunID.make()
        let wanted = platform.resources(for: cell, run: run, expires: .wall + .seconds(3600)).flatMap(\.self)
        try await withCleanup {
            for resource in wanted {
                let made = try await platform.create(resource, for: cell)
                try await withDeadline(.seconds(600)) {
                    try await login(platform, made, cell) { tell(TemplateProgress(os: os.name, step: $0)) }
                }
            }
        } cleanup: {
            let left = try? await platform.remaining(of: run, within: QuestionLimit.listing)
            for resource in left ?? [] { try? await platform.destroy(resource) }
        }
        let left = try await platform.remaining(of: run, within: QuestionLimit.listing)
        if let first = left.first { throw LeakError(first, why: "it was cloned to verify \(template.name)") }
    }

    /// No more cores than the node has: it would refuse to start the clone.
    private func size(of template: ProxmoxTemplate) async throws -> HostSize {
        let wanted = SizeCheck.cores(of: try await cluster.config(template.vmid, on: template.node).map(MachineConfig.init))
        let nodes = SizeCheck(nodes: try await cluster.client.get(["nodes"])).nodes
        guard let node = nodes[template.node], wanted > node.cores else { return HostSize() }
        return HostSize(cores: node.cores)
    }

    private func login(_ platform: ProxmoxPlatform, _ made: Resource, _ cell: CellPlan, _ waiting: @escaping @Sendable (String) -> Void)
        async throws
    {
        let endpoint = try await platform.ready(made, for: cell, waiting: waiting)
        // Connecting also waits for cloud-init.
        guard let transport = try await context.connector?.connect(to: endpoint, waiting: waiting) else { return }
        await transport.close()
    }

    /// Removes our templates that have no clones and that a newer one replaced. With `images` also images that no template needs.
    ///
    /// - Parameter tell: told at once what was removed, and what stays and why: what is done is known even if an error ends it.
    public func prune(_ systems: [OperatingSystem], images: Bool, tell: @escaping @Sendable (Pruned) -> Void) async throws {
        try await mappingProxmoxFaults("pruning templates") {
            var all = try await TemplateInventory(cluster: cluster, settings: settings).templatesWithClones(of: systems)
            for os in systems {
                let ours = all.filter { $0.os == os.name && $0.isOurs }
                for old in ours.dropFirst() where old.clones.isEmpty {
                    if try await isProtected(old) {
                        tell(.kept("template \(old.name) (\(old.vmid))", why: Self.unprotect(old)))
                        continue
                    }
                    // The server also knows clones that names do not show: then it refuses.
                    guard try await remove(old) else { continue }
                    tell(.removed("template \(old.name) (\(old.vmid))"))
                    all.removeAll { $0.vmid == old.vmid }
                }
            }
            if images { try await pruneImages(of: systems, needed: all.compactMap(\.checksum), tell) }
        }
    }

    /// What became of a template or an image.
    public enum Pruned: Sendable, Hashable {
        case removed(String)
        case kept(String, why: String)
    }

    /// `matrix` protects no template: that was a person.
    private func isProtected(_ template: ProxmoxTemplate) async throws -> Bool {
        try await cluster.config(template.vmid, on: template.node).map(MachineConfig.init)?.isProtected ?? false
    }

    private static func unprotect(_ template: ProxmoxTemplate) -> String {
        "somebody has protected it; on \(template.node): qm set \(template.vmid) --protection 0"
    }

    /// Removes all templates of these systems that `matrix` built.
    public func destroy(_ systems: [OperatingSystem]) async throws -> [String] {
        try await mappingProxmoxFaults("destroying templates") {
            var removed: [String] = []
            for template in try await TemplateInventory(cluster: cluster, settings: settings).templatesWithClones(of: systems)
            where template.isOurs {
                if try await isProtected(template) {
                    throw ProxmoxFault(request: "template \(template.vmid)", message: Self.unprotect(template), kind: .fatal)
                }
                guard template.clones.isEmpty, try await remove(template) else {
                    let clones = template.clones.map(String.init).joined(separator: ", ")
                    throw ProxmoxFault(
                        request: "template \(template.vmid)",
                        message: "linked clones use its disk\(clones.isEmpty ? "" : ": \(clones)"); remove them first", kind: .fatal)
                }
                removed.append("template \(template.name) (\(template.vmid))")
            }
            return removed
        }
    }

    /// - Returns: false if linked clones use it.
    private func remove(_ template: ProxmoxTemplate) async throws -> Bool {
        let path = ["nodes", template.node, "qemu", "\(template.vmid)"]
        do {
            try await cluster.client.change(ProxmoxRequest(.delete, path, ["purge": 1, "destroy-unreferenced-disks": 1]))
        } catch let fault as ProxmoxFault where fault.message.contains("in use by") || fault.kind == .missing {
            return fault.kind == .missing
        }
        return try await cluster.config(template.vmid, on: template.node) == nil
    }

    /// Only images of these systems: the templates of other systems were not listed. All are tried before the first error is thrown.
    private func pruneImages(of systems: [OperatingSystem], needed: [String], _ tell: @Sendable (Pruned) -> Void) async throws {
        let digits = Set(needed.compactMap { $0.split(separator: ":").last.map { String($0.prefix(16)) } })
        let files = systems.compactMap { $0.imageURL?.split(separator: "/").last.map(String.init) }
        for file in (try? FileManager.default.contentsOfDirectory(atPath: imageFolder)) ?? [] {
            guard !digits.contains(String(file.prefix(16))), files.contains(where: { file.contains("-\($0)") }) else { continue }
            try? FileManager.default.removeItem(atPath: "\(imageFolder)/\(file)")
            tell(.removed("image \(file)"))
        }
        var refused: (any Error)?
        for node in settings.nodes {
            do { try await pruneImages(on: node, of: systems, digits, tell) } catch { refused = refused ?? error }
        }
        if let refused { throw refused }
    }

    private func pruneImages(
        on node: String, of systems: [OperatingSystem], _ needed: Set<String>, _ tell: @Sendable (Pruned) -> Void
    ) async throws {
        let images = NodeImages(client: cluster.client, node: node)
        guard let storage = try? await images.storage(settings.build.importStorage) else { return }
        let old = try await images.volumes(on: storage).filter { volume in
            systems.contains { volume.contains("import/\(NodeImages.prefix)\($0.name)-") } && !needed.contains(where: volume.contains)
        }
        var refused: (any Error)?
        for volume in old {
            do {
                try await cluster.client.change(ProxmoxRequest(.delete, ["nodes", node, "storage", storage, "content", volume]))
                tell(.removed("image \(volume)"))
            } catch { refused = refused ?? error }
        }
        if let refused { throw refused }
    }
}

/// A build's log. It is kept, if the build fails or not.
final class BuildLog: Sendable {
    private let file: Mutex<FileHandle>
    private let context: PlatformContext

    init(_ name: String, in folder: String, context: PlatformContext) throws {
        try makeFolder(folder)
        let path = "\(folder)/\(name)-\(Timestamp.now.tag).log"
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        file = Mutex(handle)
        self.context = context
    }

    /// Adds a line with its time.
    func write(_ text: String) {
        let line = "\(Timestamp.now) \(context.redactor.redact(text))\n"
        // A full disk must not make a build fail.
        file.withLock { try? $0.write(contentsOf: Data(line.utf8)) }
    }
}
