internal import Foundation
internal import MatrixCore
import MatrixRemote

/// The base images of systems: files of the user's, or downloads in a cache that all projects of an account share.
struct BaseImages: Sendable {
    /// Where an image comes from.
    enum Source: Sendable, Hashable {
        case file(String)
        case pinned(PinnedImage)
        /// The distribution's newest, with the list of its checksums.
        case published(url: String, checksums: String)
    }

    let settings: QemuSettings
    let runner: any Transport
    /// `x86_64` or `aarch64`.
    let architecture: String
    /// The cache folder, absolute.
    let folder: String
    private let found = SingleFlight<BaseImage>()

    private static let downloadLimit = Duration.seconds(2 * 3600)

    init(settings: QemuSettings, runner: any Transport, architecture: String, folder: String) {
        self.settings = settings
        self.runner = runner
        self.architecture = architecture
        self.folder = folder
    }

    /// Nil if nobody says where the system's image is.
    func source(of system: OperatingSystem) -> Source? {
        if let named = settings.images[system.name] { return PinnedImage(named).map(Source.pinned) ?? .file(named) }
        guard let url = system.imageURL else { return nil }
        if url.hasPrefix("/") { return .file(url) }
        guard let checksums = system.checksumURL else { return PinnedImage(url).map(Source.pinned) }
        return .published(url: forArchitecture(url), checksums: forArchitecture(checksums))
    }

    /// The catalogue names the images for x86_64; the distributions name the others alike.
    private func forArchitecture(_ url: String) -> String {
        guard architecture == "aarch64" else { return url }
        return url.replacing("x86_64", with: "aarch64").replacing("amd64", with: "arm64")
    }

    /// The image of a system, downloaded if it is not in the cache. Checked once in a process.
    ///
    /// - Throws: `InfrastructureError` if it cannot be had or used.
    func image(of system: OperatingSystem, progress: @escaping @Sendable (String) -> Void) async throws -> BaseImage {
        guard let source = source(of: system) else { throw Self.unavailable(system) }
        return try await found.value(system.name, progress: progress) { progress in
            let path: String
            switch source {
            case .file(let file): path = file
            case .pinned(let image): path = try await cached(image.url, image.checksum, progress)
            case .published(let url, let checksums): path = try await published(url, checksums, progress)
            }
            return try await checked(path)
        }
    }

    static func unavailable(_ system: OperatingSystem) -> InfrastructureError {
        InfrastructureError(
            "there is no image of \(system.name)", why: "neither the platform nor the system names one",
            next: "write image: { \(system.name): FILE } at the platform, or image: and checksum: at the system", type: .qemuImage,
            isTransient: false)
    }

    /// What `qemu-img` says of a file.
    func checked(_ path: String) async throws -> BaseImage {
        let command = Command(["qemu-img", "info", "--output=json", path], timeout: .seconds(60))
        let result = try await runner.run(command)
        guard result.succeeded, let info = Value(json: result.output) else {
            throw InfrastructureError(
                "the image \(path) cannot be used", why: "qemu-img cannot read it", next: "name a qcow2 or raw image of a disk",
                type: .qemuImage, isTransient: false, command: runner.failure(of: command, result))
        }
        return try BaseImage(path: path, info: info)
    }

    // MARK: - The cache

    private func published(_ url: String, _ checksums: String, _ progress: @escaping @Sendable (String) -> Void) async throws -> String {
        let name = url.split(separator: "/").last.map(String.init) ?? url
        let text: String
        do { text = try await ImageDownload.text(checksums) } catch {
            // Without the network, what was downloaded once is as good as it was.
            guard let known = newest(named: name) else { throw error }
            progress("\(checksums) cannot be read: using the image of an earlier run")
            return known
        }
        guard let checksum = ImageChecksum(of: name, in: text) else {
            throw InfrastructureError(
                "the image \(url) cannot be used", why: "\(checksums) does not name \(name)", next: "correct checksum: of the system",
                type: .qemuImage, isTransient: false)
        }
        return try await cached(url, checksum, progress)
    }

    private func cached(_ url: String, _ checksum: ImageChecksum, _ progress: @escaping @Sendable (String) -> Void) async throws -> String {
        try makeFolder(folder, mode: 0o700)
        let name = url.split(separator: "/").last.map(String.init) ?? "image"
        let waiting: @Sendable () -> Void = { progress("another run downloads \(name)") }
        return try await FileLock.withLock("\(folder)/\(name).lock", within: Self.downloadLimit, waiting: waiting) {
            let path = try await ImageDownload(folder: folder).image(url, checksum) { bytes, total, speed in
                let share = total.map { " of \(ByteSize.brief($0))" } ?? ""
                progress("downloading \(name): \(ByteSize.brief(bytes))\(share), \(ByteSize.brief(Int(nearest: speed)))/s")
            }
            try? FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
            return path
        }
    }

    private func newest(named name: String) -> String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let files = names.filter { $0.hasSuffix("-\(name)") }.map { "\(folder)/\($0)" }
        return files.max { date(of: $0) < date(of: $1) }
    }

    private func date(of path: String) -> Date {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date) ?? .distantPast
    }
}
