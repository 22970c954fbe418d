import MatrixCore

/// Images that a node downloaded into its storage, for `import-from`.
struct NodeImages: Sendable {
    let client: ProxmoxClient
    let node: String

    /// The storage for images: the one that the settings name, else the first with content `import`.
    func storage(_ named: String?) async throws -> String {
        if let named { return named }
        let entries = try await client.get(["nodes", node, "storage"], ["content": "import"])
        // A storage of another hypervisor has content `import` too, but takes no files.
        let names = entries.elements.filter { $0["active"]?.text ?? "1" == "1" && $0["type"]?.string != "esxi" }.compactMap {
            $0["storage"]?.string
        }.sorted()
        if let first = names.first { return first }
        throw ProxmoxFault(
            request: "GET /nodes/\(node)/storage",
            message:
                "no storage of \(node) accepts images to import; "
                + "allow it on a directory storage: pvesm set local --content iso,vztmpl,backup,import",
            kind: .fatal)
    }

    /// The image's name on the node. Its checksum makes it unique.
    ///
    /// - Parameter withAgent: whether it is the copy in which a build installed the guest agent.
    static func name(_ os: OperatingSystem, _ checksum: ImageChecksum, withAgent: Bool = false) -> String {
        "\(prefix)\(os.name)-\(checksum.digits.prefix(16))\(withAgent ? "-agent" : "").qcow2"
    }

    /// The id of the image's volume.
    static func volume(_ os: OperatingSystem, _ checksum: ImageChecksum, withAgent: Bool = false, on storage: String) -> String {
        "\(storage):import/\(name(os, checksum, withAgent: withAgent))"
    }

    static let prefix = "matrix-"

    /// Downloads an image if it is not there yet. The server verifies its checksum.
    ///
    /// - Returns: its volume's id.
    func image(
        _ os: OperatingSystem, _ url: String, _ checksum: ImageChecksum, on storage: String, progress: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        let name = Self.name(os, checksum)
        let volume = Self.volume(os, checksum, on: storage)
        if try await volumes(on: storage).contains(volume) { return volume }
        progress("downloading \(url) on \(node)")
        let request = ProxmoxRequest(
            .create, ["nodes", node, "storage", storage, "download-url"],
            [
                "content": "import", "filename": .string(name), "url": .string(url), "checksum": .string(checksum.digits),
                "checksum-algorithm": .string(checksum.algorithm.rawValue),
            ])
        do {
            try await client.change(
                request, log: { lines in lines.compactMap(Self.done).last.map { progress("downloading on \(node): \($0)") } })
        } catch let fault as ProxmoxFault where fault.kind == .transient {
            // After a lost reply the image may be there, or the download may still run.
            while try await client.isActive("download", subject: nil, on: node) {
                try await Task.sleep(for: client.pace.poll.pause(before: 5))
            }
        }
        guard try await volumes(on: storage).contains(volume) else {
            throw ProxmoxFault(request: request.display, message: "the task ended, but \(volume) does not exist", kind: .transient)
        }
        return volume
    }

    /// Uploads a file of this machine. The server verifies its checksum; what has the same name is replaced.
    func upload(_ file: String, as volume: String, progress: @escaping @Sendable (String) -> Void) async throws {
        guard let mark = volume.firstIndex(of: ":"), let name = volume.split(separator: "/").last.map(String.init) else { return }
        let storage = String(volume[..<mark])
        let checksum = try ImageChecksum(of: file)
        let request = ProxmoxRequest(.create, ["nodes", node, "storage", storage, "upload"])
        let fields: [(name: String, value: String)] = [
            ("content", "import"), ("checksum-algorithm", checksum.algorithm.rawValue), ("checksum", checksum.digits),
        ]
        for attempt in 1... {
            progress("uploading the image to \(node)")
            do {
                let task = try await client.caller.upload(file, named: name, fields: fields, by: request)
                if let task = task.string.flatMap({ ProxmoxTask($0) }) { try await client.finish(task, of: request) }
            } catch let fault as ProxmoxFault where fault.kind == .transient && attempt < 3 {
                // After a lost reply the server may still copy the file to its place.
                while try await client.isActive("imgcopy", subject: nil, on: node) {
                    try await Task.sleep(for: client.pace.poll.pause(before: 5))
                }
                try await Task.sleep(for: client.pace.retry.pause(before: attempt))
                continue
            }
            guard try await volumes(on: storage).contains(volume) else {
                throw ProxmoxFault(request: request.display, message: "the task ended, but \(volume) does not exist", kind: .transient)
            }
            return
        }
    }

    /// Removes images, such as those of a build with `cleanup`.
    ///
    /// - Returns: why some are still there; nil if all are gone.
    func remove(_ volumes: [String], on storage: String) async -> String? {
        var why: String?
        for volume in volumes {
            do {
                try await client.change(ProxmoxRequest(.delete, ["nodes", node, "storage", storage, "content", volume]))
            } catch {
                why = "\(volume) stays on \(node): \((error as? ProxmoxFault)?.message ?? "\(error)")"
            }
        }
        return why
    }

    /// The progress of a download, from a line of the node's `wget`: `32768K ........ ........ 50% 84.5M 6s`.
    private static func done(_ line: String) -> String? {
        line.firstMatch(of: /[0-9]+K[ .]+([0-9]+)% +([0-9.]+[KMG]?)/).map { "\($0.output.1)% at \($0.output.2)/s" }
    }

    /// All images that may be imported, by volume id.
    func volumes(on storage: String) async throws -> [String] {
        let entries = try await client.get(["nodes", node, "storage", storage, "content"], ["content": "import"])
        return entries.elements.compactMap { $0["volid"]?.string }
    }
}
