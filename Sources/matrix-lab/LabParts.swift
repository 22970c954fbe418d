import Foundation
import MatrixCore
import MatrixTesting

/// The parts of a lab while it is made.
struct LabParts {
    let bridge: PodmanBridge
    let images: LabImages
    let folder: String
    var proxmox: FakeProxmox?
    var linode: FakeLinodeServer?
    var farm: LabFarm?
    var installers: LabInstallers?
    var hasPackages = false

    init(bridge: PodmanBridge, images: LabImages, folder: String) {
        self.bridge = bridge
        self.images = images
        self.folder = folder
    }

    /// Makes all that are wanted, one after the other, so that each sees what the one before has made.
    mutating func fill(_ settings: LabSettings, _ packages: LabPackages?) async throws {
        let address = try await packages?.serve(on: bridge, image: try images.name(of: "debian12"))
        hasPackages = address != nil
        try LabSeeds(folder: "\(folder)/seeds").write(names: try packages?.names() ?? [], at: address)
        // Before there is a host: some are made here.
        for fault in settings.faults { try LabSeeds(folder: "\(folder)/seeds").spoil(fault) }
        if settings.parts.contains(.installers) { installers = try await LabInstallers.make(in: folder) }
        if settings.parts.contains(.proxmox) { proxmox = try await makeProxmox(settings) }
        if settings.parts.contains(.linode) { linode = try await makeLinode(settings) }
        if settings.parts.contains(.farm) { farm = try await LabFarm.make(settings.hosts, on: bridge, images: images, folder: folder) }
    }

    private func makeProxmox(_ settings: LabSettings) async throws -> FakeProxmox {
        var containers: [String: Value] = [:]
        var seeds: [String: Value] = [:]
        for system in LabSettings.systems {
            containers["\(system)-template"] = .string(try images.name(of: system))
            seeds["\(system)-template"] = .string("\(folder)/seeds/\(system)")
        }
        return try await FakeProxmox(
            guests: FakeProxmox.allTemplates,
            options: [
                "containers": [
                    "images": .map(containers), "seeds": .map(seeds), "network": .string(bridge.prefix), "bridge": .string(bridge.name),
                    "first": .int(PodmanBridge.firstForeignAddress),
                ]
            ], timeScale: settings.timeScale)
    }

    private func makeLinode(_ settings: LabSettings) async throws -> FakeLinodeServer {
        var account = FakeLinodeSettings()
        account.timeScale = settings.timeScale
        account.token = "fake-\(UUID().uuidString.lowercased())"
        return try await FakeLinodeServer.start(FakeLinode(account, hosts: PodmanHosts(on: bridge, images: images.names)))
    }

    /// The machines' part of the bridge. Debian's have no guest agent, as none is in its cloud image; the node's shell is not there to be asked.
    private var machineAddresses: [String: String] {
        let range = "\(bridge.prefix).\(PodmanBridge.firstForeignAddress)-\(bridge.prefix).254/24"
        return ["PROXMOX_ADDRESSES": range, "PROXMOX_GATEWAY": "\(bridge.prefix).1", "PROXMOX_SSH": ""]
    }

    /// What leads `matrix` to them, and keeps its state with the lab: what is in it is gone when the lab is.
    var environment: LabEnvironment {
        var all = LabEnvironment(places: ["SOLTI_STATE": "\(folder)/state"], standIns: installers?.environment ?? [:])
        if let proxmox { all.places.merge(proxmox.environment.merging(machineAddresses) { $1 }) { $1 } }
        if let linode { all.places.merge(["LINODE_TOKEN": linode.fake.settings.token, "LINODE_URL": linode.url]) { $1 } }
        if let farm {
            all.places.merge(farm.environment.places) { $1 }
            all.standIns.merge(farm.environment.standIns) { $1 }
        }
        return all
    }
}
