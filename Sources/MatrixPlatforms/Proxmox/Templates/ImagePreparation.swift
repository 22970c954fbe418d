internal import Foundation
import MatrixCore

/// Gets a system's image to the node, with qemu-guest-agent in it if that is possible.
struct ImagePreparation: Sendable {
    /// An image that can be imported.
    struct Prepared: Sendable {
        /// The volume's id or, on servers before 8.4, the path of a file on the node.
        var place: String
        var agent: AgentOrigin
        /// `cicustom` of the template, if cloud-init installs the agent.
        var vendorData: String?
        /// Why there is no agent in it, and what would help; nil if there is one or none is wanted.
        var warning: String?
    }

    let os: OperatingSystem
    let url: String
    let checksum: ImageChecksum
    let settings: ProxmoxSettings
    let connection: ProxmoxConnection
    let source: AgentSource
    /// The image cache on this machine.
    let cache: String
    /// The id of the state folder.
    let state: String
    /// Whether existing images with the agent are used again.
    let reuses: Bool
    let tell: @Sendable (TemplateProgress) -> Void

    private var node: String { settings.nodes[0] }
    private var images: NodeImages { NodeImages(client: connection.client, node: node) }

    private func say(_ step: String) { tell(TemplateProgress(os: os.name, step: step)) }

    /// For servers that import volumes of a storage.
    func volume(_ ways: AgentSource.Ways) async throws -> Prepared {
        let storage = try await images.storage(settings.build.importStorage)
        return try await first(of: ways) { way in
            switch way {
            case .node?: Prepared(place: try await changedOnNode(storage), agent: .installed)
            case .runner?: Prepared(place: try await uploaded(storage), agent: .installed)
            case .cloudInit(let snippets)?:
                Prepared(place: try await plain(storage), agent: .cloudInit, vendorData: try await vendorData(on: snippets))
            case nil: Prepared(place: try await plain(storage), agent: .given(by: os.hasGuestAgent))
            }
        }
    }

    /// For older servers: the image is copied to a file on the node, which belongs to this build.
    func file(_ ways: AgentSource.Ways, at path: String, through shell: NodeShell) async throws -> Prepared {
        try await first(of: ways) { way in
            let image = way == .runner ? try await changedHere() : try await downloaded()
            say("copying the image to \(node)")
            try await shell.upload(image, to: path)
            switch way {
            case .node?:
                say("installing qemu-guest-agent in the image on \(node)")
                try await source.there?.install(in: path, os)
                return Prepared(place: path, agent: .installed)
            case .runner?: return Prepared(place: path, agent: .installed)
            case .cloudInit(let snippets)?:
                return Prepared(place: path, agent: .cloudInit, vendorData: try await vendorData(on: snippets))
            case nil: return Prepared(place: path, agent: .given(by: os.hasGuestAgent))
            }
        }
    }

    /// The result of the first way that works, else the image as it is.
    private func first(of ways: AgentSource.Ways, _ prepare: (AgentSource.Way?) async throws -> Prepared) async throws -> Prepared {
        var failures: [String] = []
        for way in ways.all {
            do { return try await prepare(way) } catch {
                try Task.checkCancellation()
                guard ways.isOptional else { throw named(error) }
                failures.append(Self.words(error))
                say(Self.words(error))
            }
        }
        var prepared = try await prepare(nil)
        let reasons = failures + ways.missing
        if !reasons.isEmpty, prepared.agent.isInside != true {
            prepared.warning = "it has no guest agent: \(reasons.joined(separator: "; "))"
        }
        return prepared
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let fault as ProxmoxFault: "\(fault.request): \(fault.message)"
        case let error as InfrastructureError: "\(error.what): \(error.why)"
        default: "\(error)"
        }
    }

    /// The error of the only way that the settings allow.
    private func named(_ error: any Error) -> any Error {
        guard let failure = error as? ImageCustomizer.Failure else { return error }
        return InfrastructureError(
            "building the template of \(os.name)", why: failure.description,
            next: "run it on an image by hand, or write template_build: { guest_agent: auto }", type: .templateImage, isTransient: false)
    }

    private func plain(_ storage: String) async throws -> String {
        try await images.image(os, url, checksum, on: storage) { say($0) }
    }

    private func vendorData(on storage: String) async throws -> String? {
        guard let shell = connection.shell else { return nil }
        return try await VendorData(client: connection.client, node: node, shell: shell).write(on: storage)
    }

    // MARK: - With the agent inside

    private func changedOnNode(_ storage: String) async throws -> String {
        let volume = NodeImages.volume(os, checksum, withAgent: true, on: storage)
        guard let shell = connection.shell, let there = source.there else { return volume }
        if reuses, try await images.volumes(on: storage).contains(volume) { return volume }
        let original = try await shell.path(of: try await plain(storage))
        say("installing qemu-guest-agent in a copy of the image on \(node)")
        try await writing(volume, through: shell) { part in
            try await shell.require(Command(["cp", "--reflink=auto", original, part], timeout: .seconds(1800)), "copying \(original)")
            try await there.install(in: part, os)
        }
        return volume
    }

    private func uploaded(_ storage: String) async throws -> String {
        let volume = NodeImages.volume(os, checksum, withAgent: true, on: storage)
        if reuses, try await images.volumes(on: storage).contains(volume) { return volume }
        let file = try await changedHere()
        if connection.client.caller.carriesFiles {
            try await images.upload(file, as: volume) { say($0) }
            return volume
        }
        guard let shell = connection.shell else { return volume }
        say("copying the image to \(node)")
        try await writing(volume, through: shell) { part in try await shell.upload(file, to: part) }
        return volume
    }

    /// Makes the file of a volume on the node; it appears when it is whole.
    private func writing(_ volume: String, through shell: NodeShell, _ write: (_ part: String) async throws -> Void) async throws {
        let path = try await shell.path(of: volume)
        // The server lists no file with this ending. The next build overwrites the file that a killed build left.
        let part = "\(path).\(state).part"
        try await withCleanup {
            try await write(part)
            try await shell.require(Command(["mv", "-f", part, path], timeout: .seconds(600)), "renaming \(part)")
        } cleanup: {
            _ = try? await shell.run(Command(["rm", "-f", part], timeout: .seconds(60)))
        }
    }

    private func downloaded() async throws -> String {
        try await ImageDownload(folder: cache).image(url, checksum) { bytes, total, rate in
            tell(TemplateProgress(os: os.name, step: "downloading", bytes: bytes, total: total, rate: rate))
        }
    }

    /// A copy of the image in the cache, with the agent in it.
    private func changedHere() async throws -> String {
        let original = try await downloaded()
        let path = Self.changed(original)
        if reuses, FileManager.default.fileExists(atPath: path) { return path }
        let part = "\(path).part"
        say("installing qemu-guest-agent in a copy of the image on this machine")
        try await withCleanup {
            try? FileManager.default.removeItem(atPath: part)
            try FileManager.default.copyItem(atPath: original, toPath: part)
            try await source.here.install(in: part, os)
            guard rename(part, path) == 0 else {
                throw InfrastructureError("renaming \(part)", why: String(cString: strerror(errno)), type: .templateImage)
            }
        } cleanup: {
            try? FileManager.default.removeItem(atPath: part)
        }
        return path
    }

    /// The path of the copy with the agent.
    static func changed(_ path: String) -> String { "\(path).agent.qcow2" }
}
