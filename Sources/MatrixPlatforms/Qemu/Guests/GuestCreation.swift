internal import Foundation
internal import MatrixCore
import MatrixRemote

/// Makes a guest: its disk on the base image, its seed, its process.
struct GuestCreation: Sendable {
    let settings: QemuSettings
    let surroundings: QemuSurroundings
    let shelf: GuestShelf
    let launcher: GuestLauncher
    let access: RunAccess

    private static let leastDisk = 10 << 30
    private static let limit = Duration.seconds(120)

    private var runner: any Transport { launcher.runner }

    func make(_ resource: Resource, of cell: CellPlan, from image: BaseImage) async throws -> Resource {
        guard let index = cell.hosts.firstIndex(where: { $0.name == resource.host }) else {
            throw InfrastructureError("guest \(resource.name) was not made", why: "its cell has no such host", isTransient: false)
        }
        let network = resource.details["network"] ?? ""
        guard let port = shelf.read(network, run: resource.run).map({ GuestNetwork.ports(of: $0) })?.dropFirst(index).first else {
            throw InfrastructureError(
                "guest \(resource.name) was not made", why: "the network \(network) of its cell is gone", type: .qemu)
        }
        // Of an earlier try whose reply was lost: it may be half made.
        try await launcher.end(resource)
        let folder = try shelf.make(resource)
        let size = settings.size(of: cell.hosts[index])
        let keys = try await HostKeys.make(for: resource.name, in: access.directory, using: runner)
        let card = GuestSeed.Card(
            hardwareAddress: GuestArguments.hardwareAddress(of: resource.name, index: index), address: settings.subnet.address(of: index),
            gateway: settings.subnet.gateway, resolver: settings.subnet.resolver)
        var made = resource
        made.id = resource.name
        made.details["image"] = image.name
        made.details["port"] = "\(port)"
        made.details["address"] = card.address
        made.details["host_key"] = keys.publicKey
        made.details["cores"] = "\(size.cores)"
        made.details["memory"] = "\(size.memory)"
        made.details["hardware_address"] = card.hardwareAddress
        made.details["accel"] = settings.acceleration.rawValue
        try shelf.write(made)
        try await makeDisk(in: folder, on: image, size: max(size.disk ?? Self.leastDisk, image.virtualSize), resource)
        let seed = GuestSeed(
            host: resource.host ?? resource.name, instance: resource.name, user: settings.user, publicKey: access.publicKey, hostKeys: keys,
            card: card)
        try await write(seed, in: folder)
        try await start(made)
        return made
    }

    private func makeDisk(in folder: String, on image: BaseImage, size: Int, _ resource: Resource) async throws {
        let command = Command(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-F", image.format, "-b", image.path, GuestArguments.disk, "\(size)"],
            directory: folder, timeout: Self.limit)
        try await runner.require(command, "the disk of \(resource.name) was not made", next: "check the free space of \(folder)")
    }

    private func write(_ seed: GuestSeed, in folder: String) async throws {
        let place = "\(folder)/seed"
        try makeFolder(place, mode: 0o700)
        for file in seed.files { try NewFile.write(file.text, to: "\(place)/\(file.name)", mode: 0o600) }
        guard let writer = QemuSurroundings.isoWriters.first(where: surroundings.finds) else {
            throw InfrastructureError(
                "the seed of \(seed.host) was not made", why: "neither xorriso nor genisoimage is installed",
                next: "sudo apt-get install xorriso", type: .qemuMissing, isTransient: false)
        }
        let words = writer == "xorriso" ? ["xorriso", "-as", "mkisofs"] : [writer]
        let command = Command(
            words + ["-quiet", "-o", GuestArguments.seed, "-V", GuestSeed.volume, "-J", "-R", "seed"], directory: folder,
            timeout: Self.limit)
        try await runner.require(command, "the seed of \(seed.host) was not made", next: "check the free space of \(folder)")
        chmodPrivate("\(folder)/\(GuestArguments.seed)")
        // It holds the host's private key, which nobody needs twice.
        try? FileManager.default.removeItem(atPath: place)
    }

    private func chmodPrivate(_ path: String) {
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    /// Starts the process of a guest that has its disk and its seed.
    func start(_ resource: Resource) async throws {
        let folder = shelf.folder(of: resource)
        let arguments = GuestArguments(surroundings: surroundings, settings: settings)
        var code: String?
        if arguments.firmware == .uefi {
            guard let firmware = surroundings.uefi() else { throw Self.noFirmware(surroundings) }
            code = firmware.code
            // Anew for each start: with those of another start the firmware may not find the disk.
            let variables = "\(folder)/\(GuestArguments.variables)"
            try? FileManager.default.removeItem(atPath: variables)
            try await runner.upload(firmware.variables, to: variables)
            chmodPrivate(variables)
        }
        // QEMU would make it readable for others.
        if !FileManager.default.fileExists(atPath: "\(folder)/\(GuestArguments.console)") {
            try NewFile.write("", to: "\(folder)/\(GuestArguments.console)", mode: 0o600)
        }
        let words = arguments.guest(
            GuestName(resource, mark: try shelf.mark()), cores: resource.details["cores"].flatMap { Int($0) } ?? settings.cores,
            memory: resource.details["memory"].flatMap { Int($0) } ?? settings.memory,
            hardwareAddress: resource.details["hardware_address"] ?? "", network: resource.details["network"] ?? "", code: code)
        try await launcher.start(words, of: resource, "guest \(resource.name)")
    }

    static func noFirmware(_ surroundings: QemuSurroundings) -> InfrastructureError {
        let package = surroundings.architecture == "aarch64" ? "qemu-efi-aarch64" : "ovmf"
        return InfrastructureError(
            "guests cannot boot", why: "no UEFI firmware is installed", next: "sudo apt-get install \(package)", type: .qemuMissing,
            isTransient: false)
    }
}
