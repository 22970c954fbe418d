internal import Foundation
import MatrixCore

/// One build of one system's template. A failed build removes its machine.
struct TemplateBuild: Sendable {
    let os: OperatingSystem
    let settings: ProxmoxSettings
    let connection: ProxmoxConnection
    let cluster: ProxmoxCluster
    let claims: ProxmoxClaims
    /// Runs programs on this machine.
    let runner: any Transport
    /// The image cache on this machine.
    let cache: String
    /// The id of the state folder.
    let state: String
    let options: TemplateBuildOptions
    let tell: @Sendable (TemplateProgress) -> Void

    /// The problem type of a build whose machine may still exist.
    static let leak = ProblemType.templateLeak
    /// How long a build may take before other processes remove its machine.
    private static let patience = Duration.seconds(4 * 3600)

    private var client: ProxmoxClient { connection.client }
    private var node: String { settings.nodes[0] }

    private var unfinished: UnfinishedBuilds {
        let removal = MachineRemoval(cluster: cluster, claims: claims, shell: connection.shell, settings: settings)
        return UnfinishedBuilds(os: os, state: state, cluster: cluster, claims: claims, removal: removal)
    }

    private var source: AgentSource {
        AgentSource(os: os, settings: settings, client: client, shell: connection.shell, runner: runner)
    }

    private func say(_ step: String) { tell(TemplateProgress(os: os.name, step: step)) }

    /// Builds a template, unless the newest one already has this image and these settings.
    func run() async throws -> TemplateOutcome {
        guard let image = os.imageURL, let sums = os.checksumURL, let file = image.split(separator: "/").last else {
            throw InfrastructureError(
                "building the template of \(os.name)",
                why: "the catalogue has no image and checksum for it", isTransient: false)
        }
        guard let checksum = ImageChecksum(of: String(file), in: try await ImageDownload.text(sums)) else {
            throw InfrastructureError("building the template of \(os.name)", why: "\(sums) has no checksum of \(file)", isTransient: false)
        }
        return try await mappingProxmoxFaults("building the template of \(os.name)") { try await build(image, checksum) }
    }

    private func build(_ image: String, _ checksum: ImageChecksum) async throws -> TemplateOutcome {
        let hardware = TemplateHardware(settings: settings, os: os, storage: try await storage(), keys: try keys())
        let digest = hardware.digest
        let ways = try await source.ways()
        try await unfinished.removeDead(say: say)
        if !options.rebuild {
            try await unfinished.waitForOthers({ $0.checksum == checksum.description && $0.digest == digest }, say: say)
            let existing = try await TemplateInventory(cluster: cluster, settings: settings).templates(of: [os])
            if let newest = existing.first(where: \.isOurs), newest.checksum == checksum.description, newest.digest == digest,
                hasAllOf(ways, newest)
            {
                return .unchanged(newest)
            }
        }
        let run = RunID.make()
        let mark = TemplateNotes.Build(run: run, machine: TemplateHardware.name(of: os), state: state, expires: .wall + Self.patience)
        let notes = TemplateNotes(os: os.name, image: image, checksum: checksum.description, digest: digest, built: .wall, build: mark)
        let vmid = try await claimID(run)
        let made: (notes: TemplateNotes, warning: String?)
        do {
            made = try await make(resource(vmid, run), vmid, hardware, notes, ways, image, checksum)
        } catch {
            // A cancelled build removes its machine, too.
            let left = await Task { await options.keepFailed ? nil : leftover(vmid, notes) }.value
            guard let left else {
                await claims.release(vmid: vmid, of: resource(vmid, run))
                throw error
            }
            // The claim stays: it shows matrix reap whose machine it is.
            throw InfrastructureError(
                "building the template of \(os.name)", why: "\(error)", next: left, type: Self.leak, isTransient: false)
        }
        await claims.release(vmid: vmid, of: resource(vmid, run))
        let template = GuestTemplate(
            vmid: vmid, node: node, name: TemplateHardware.name(of: os), made: made.notes.built, agent: made.notes.agent)
        let kept = settings.build.cleanup ? await cleanUp(checksum) : nil
        let warnings = [made.warning, kept, try? await neighbours(of: vmid)].compactMap(\.self)
        return .built(
            ProxmoxTemplate(template, os: os, made.notes), warning: warnings.isEmpty ? nil : warnings.joined(separator: "; "))
    }

    /// Whether a build now would not bring an agent that this template lacks.
    private func hasAllOf(_ ways: AgentSource.Ways, _ template: ProxmoxTemplate) -> Bool {
        let origin = template.origin ?? .given(by: os.hasGuestAgent)
        return origin.isInside == true || ways.all.isEmpty
    }

    /// Removes the images of this build, here and on the node.
    ///
    /// - Returns: why some are still there; nil if all are gone.
    private func cleanUp(_ checksum: ImageChecksum) async -> String? {
        for file in (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] where file.hasPrefix(checksum.digits.prefix(16)) {
            try? FileManager.default.removeItem(atPath: "\(cache)/\(file)")
        }
        let images = NodeImages(client: client, node: node)
        guard let storage = try? await images.storage(settings.build.importStorage),
            let there = try? await images.volumes(on: storage)
        else { return nil }
        let ours = [false, true].map { NodeImages.volume(os, checksum, withAgent: $0, on: storage) }
        return await images.remove(there.filter(ours.contains), on: storage)
    }

    private func storage() async throws -> String {
        if let named = settings.build.storage ?? settings.storage { return named }
        let entries = try await client.get(["nodes", node, "storage"], ["content": "images"])
        if let first = entries.elements.compactMap({ $0["storage"]?.string }).sorted().first { return first }
        throw ProxmoxFault(
            request: "GET /nodes/\(node)/storage", message: "no storage of \(node) accepts disks; name one: storage: NAME", kind: .fatal)
    }

    private func keys() throws -> String {
        var lines: [String] = []
        for file in settings.build.keyFiles {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw InfrastructureError(
                    "building the template of \(os.name)", why: "the key file \(file) cannot be read",
                    next: "correct template_build.ssh_keys", isTransient: false)
            }
            lines += text.split(whereSeparator: \.isNewline).map { String($0).stripped }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        }
        return lines.joined(separator: "\n")
    }

    /// The range of new templates: the settings', the system's, or the one for systems without.
    private func range() throws -> ClosedRange<Int> {
        if let named = settings.build.vmids { return named }
        guard let text = os.templateIDs else { return GuestTemplate.otherRange }
        guard let range = GuestTemplate.range(text) else {
            throw ProxmoxFault(request: "catalogue", message: "'\(text)' is not a range of VMIDs", kind: .fatal)
        }
        return range
    }

    /// Whether a build may take an id of a range. SOLTI's scripts make their first templates at fixed ids, and remove what is there; in
    /// the shared range their search takes the highest number, so that ids of it must be meant.
    private func mayTake(_ vmid: Int, of range: ClosedRange<Int>) -> Bool {
        let shared = GuestTemplate.sharedRange
        guard !GuestTemplate.oldIDs.contains(vmid), !settings.vmids.contains(vmid) else { return false }
        return !shared.contains(vmid) || range.lowerBound >= shared.lowerBound && range.upperBound <= shared.upperBound
    }

    /// The next id after the highest of the range.
    private func claimID(_ run: RunID) async throws -> Int {
        let range = try range()
        let used = try await cluster.usedIDs()
        let highest = used.keys.filter(range.contains).max() ?? range.lowerBound - 1
        let after = highest < range.upperBound ? Array(highest + 1...range.upperBound) : []
        let candidates = (after + Array(range.lowerBound...max(range.lowerBound, highest))).filter { mayTake($0, of: range) }
        for vmid in candidates where used[vmid] == nil {
            if try await claims.claim(vmid, for: resource(vmid, run)) { return vmid }
        }
        throw ProxmoxFault(
            request: "GET /cluster/resources",
            message: "no VMID of \(range.lowerBound)-\(range.upperBound) is free; remove old templates: matrix template prune", kind: .fatal
        )
    }

    /// A warning about templates of other systems in SOLTI's range; nil if the new template is not there, or is alone.
    private func neighbours(of vmid: Int) async throws -> String? {
        let shared = GuestTemplate.sharedRange
        guard shared.contains(vmid) else { return nil }
        let others = try await cluster.machines().filter { $0.isTemplate && shared.contains($0.vmid) && !GuestTemplate.matches($0, os) }
        guard !others.isEmpty else { return nil }
        let names = others.map { "\($0.name) (\($0.vmid))" }.sorted().joined(separator: ", ")
        return
            "\(shared.lowerBound)-\(shared.upperBound) also has templates of other systems: \(names). "
            + "SOLTI's find_latest_template.yml takes the highest number of this range for every system"
    }

    /// - Returns: the template's notes, and what it lacks.
    private func make(
        _ claimed: Resource, _ vmid: Int, _ hardware: TemplateHardware, _ notes: TemplateNotes, _ ways: AgentSource.Ways, _ image: String,
        _ checksum: ImageChecksum
    ) async throws -> (notes: TemplateNotes, warning: String?) {
        let preparation = ImagePreparation(
            os: os, url: image, checksum: checksum, settings: settings, connection: connection, source: source, cache: cache, state: state,
            reuses: !options.rebuild, tell: tell)
        let prepared: ImagePreparation.Prepared
        if try await importsByPath() {
            prepared = try await preparation.volume(ways)
            say("creating VM \(vmid) and importing its disk")
            try await create(claimed, vmid, with(prepared, hardware.importing(prepared.place)), noting(prepared, notes))
        } else {
            prepared = try await importByTool(claimed, vmid, hardware, notes, preparation, ways)
        }
        try await grow(vmid)
        say("converting VM \(vmid) to a template")
        try await client.change(ProxmoxRequest(.create, ["nodes", node, "qemu", "\(vmid)", "template"]))
        try await TemplateCheck(cluster: cluster).check(vmid, on: node, os, disk: settings.build.disk)
        return (noting(prepared, notes), prepared.warning)
    }

    private func noting(_ prepared: ImagePreparation.Prepared, _ notes: TemplateNotes) -> TemplateNotes {
        var notes = notes
        notes.agent = prepared.agent
        return notes
    }

    private func with(_ prepared: ImagePreparation.Prepared, _ parameters: [String: Value]) -> [String: Value] {
        guard let vendorData = prepared.vendorData else { return parameters }
        return parameters.merging(["cicustom": .string(vendorData)]) { first, _ in first }
    }

    /// Whether the API of this server version imports disks.
    private func importsByPath() async throws -> Bool {
        let version = try await client.get(["version"])["version"]?.text ?? ""
        let parts = version.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        return (parts.first ?? 0, parts.dropFirst().first ?? 0) >= (8, 4)
    }

    private func create(_ claimed: Resource, _ vmid: Int, _ parameters: [String: Value], _ notes: TemplateNotes) async throws {
        let all = parameters.merging(["vmid": .int(vmid), "description": .string(notes.text)]) { _, new in new }
        let request = ProxmoxRequest(.create, ["nodes", node, "qemu"], all)
        do {
            // The server writes notes at the end of the create. Until then only the claim tells later processes of the machine.
            try await client.change(request, accepted: { await claims.began(vmid, for: claimed) })
        } catch let fault as ProxmoxFault where fault.isWithoutReply {
            // The machine may exist in spite of the fault. If its notes are ours once it is unlocked, this build made it.
            while try await client.isActive("qmcreate", subject: vmid, on: node) {
                try await Task.sleep(for: client.pace.poll.pause(before: 3))
            }
            guard try await isOurs(vmid, notes) else { throw fault }
        }
    }

    private func isOurs(_ vmid: Int, _ notes: TemplateNotes) async throws -> Bool {
        try await cluster.config(vmid, on: node).flatMap { TemplateNotes(MachineConfig($0)) }.map {
            $0.digest == notes.digest && $0.build?.run == notes.build?.run
        } ?? false
    }

    /// For server versions without such an API: downloads the image here, copies it to the node and imports it with `qm`.
    private func importByTool(
        _ claimed: Resource, _ vmid: Int, _ hardware: TemplateHardware, _ notes: TemplateNotes, _ preparation: ImagePreparation,
        _ ways: AgentSource.Ways
    ) async throws -> ImagePreparation.Prepared {
        guard let shell = connection.shell else {
            throw ProxmoxFault(
                request: "POST /nodes/\(node)/qemu",
                message: "this version imports disks only over SSH: write ssh: { host: \(node), user: root }, or upgrade to 8.4",
                kind: .fatal)
        }
        // Always the same name: so a build overwrites the file that a killed build left.
        let remote = "\(settings.build.nodeFolder)/matrix-\(os.name)-\(state).qcow2"
        return try await withCleanup {
            let prepared = try await preparation.file(ways, at: remote, through: shell)
            try await ImageCheck(shell: shell).check(remote, disk: settings.build.disk)
            try await create(claimed, vmid, with(prepared, hardware.base), noting(prepared, notes))
            say("importing the disk of VM \(vmid)")
            try await shell.require(
                Command(["qm", "importdisk", "\(vmid)", remote, hardware.storage, "--format", "raw"], timeout: .seconds(1800)),
                "importing the disk of VM \(vmid)")
            try await attachImported(vmid, hardware)
            return prepared
        } cleanup: {
            _ = try? await shell.run(Command(["rm", "-f", remote], timeout: .seconds(60)))
        }
    }

    private func attachImported(_ vmid: Int, _ hardware: TemplateHardware) async throws {
        guard let config = try await cluster.config(vmid, on: node).map(MachineConfig.init),
            let unused = config.drives.filter({ $0.key.hasPrefix("unused") }).min(by: { $0.key < $1.key })
        else {
            throw ProxmoxFault(
                request: "qm importdisk \(vmid)",
                message: "the command succeeded, but no disk was imported", kind: .fatal)
        }
        let place = settings.build.diskBus
        let changes: [String: Value] = [place: .string("\(unused.value.volume)\(hardware.diskOptions)"), "boot": .string("order=\(place)")]
        try await client.change(ProxmoxRequest(.set, ["nodes", node, "qemu", "\(vmid)", "config"], changes))
    }

    private func grow(_ vmid: Int) async throws {
        let place = settings.build.diskBus
        let now = try await cluster.config(vmid, on: node).map(MachineConfig.init)?.drives[place]?.size ?? 0
        guard now < settings.build.disk else { return }
        say("growing \(place) to \(ByteSize.brief(settings.build.disk))")
        try await client.change(
            ProxmoxRequest(
                .set, ["nodes", node, "qemu", "\(vmid)", "resize"],
                ["disk": .string(place), "size": .string(MachineSetup.text(settings.build.disk))]))
    }

    private func resource(_ vmid: Int, _ run: RunID) -> Resource {
        Resource(
            platform: "proxmox", kind: "template", name: TemplateHardware.name(of: os), id: "\(vmid)", run: run, cell: "",
            expires: .wall + Self.patience)
    }

    /// Removes the machine of a failed build.
    ///
    /// - Returns: why the machine may still exist; nil if it is gone.
    private func leftover(_ vmid: Int, _ notes: TemplateNotes) async -> String? {
        var last = ""
        for attempt in 1...client.pace.tries {
            do {
                if try await isRemoved(vmid, notes) { return nil }
            } catch {
                last = ": \((error as? ProxmoxFault)?.message ?? "\(error)")"
            }
            try? await Task.sleep(for: client.pace.retry.pause(before: attempt))
        }
        return "VM \(vmid) could not be removed from \(node)\(last); look at it: qm config \(vmid)"
    }

    private func isRemoved(_ vmid: Int, _ notes: TemplateNotes) async throws -> Bool {
        for type in ["qmcreate", "resize", "qmtemplate"] {
            while try await client.isActive(type, subject: vmid, on: node) { try await Task.sleep(for: client.pace.poll.pause(before: 3)) }
        }
        guard let config = try await cluster.config(vmid, on: node).map(MachineConfig.init) else { return true }
        guard try await isOurs(vmid, notes) else {
            // A creation that died has no notes yet, so its owner is unknown.
            if config.name.isEmpty, config.lock == "create" {
                throw ProxmoxFault(request: "VM \(vmid)", message: "a dead task still holds its lock (create)", kind: .fatal)
            }
            return true
        }
        say("removing VM \(vmid) of the failed build")
        try await client.change(
            ProxmoxRequest(.delete, ["nodes", node, "qemu", "\(vmid)"], ["purge": 1, "destroy-unreferenced-disks": 1]))
        return try await cluster.config(vmid, on: node) == nil
    }
}
