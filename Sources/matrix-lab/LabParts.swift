import Foundation
import MatrixCore
import MatrixTesting

/// The parts of a lab during its creation.
struct LabParts {
    let bridge: PodmanBridge
    let images: LabImages
    let folder: String
    var proxmox: FakeProxmox?
    var linode: FakeLinodeServer?
    var farm: LabFarm?
    var installers: LabInstallers?
    var hasPackages = false
    /// The value of `--set` that makes a container of the `podman` platform a host that uses the stand-ins for packages.
    private var podmanSetting: String?

    init(bridge: PodmanBridge, images: LabImages, folder: String) {
        self.bridge = bridge
        self.images = images
        self.folder = folder
    }

    /// Makes the wanted parts one after the other, so that each one can use the earlier ones.
    mutating func fill(_ settings: LabSettings, _ packages: LabPackages?) async throws {
        let address = try await packages?.serve(on: bridge, image: try images.name(of: "debian12"))
        hasPackages = address != nil
        if let packages, let address { podmanSetting = try packages.setting(at: address) }
        try LabSeeds(folder: "\(folder)/seeds").write(names: try packages?.names() ?? [], at: address)
        // Before the first host exists: some are made here.
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
        let newest = FakeProxmox.template(11000, "debian13-template", "cloudinit;debian-13;debian-template")
        return try await FakeProxmox(
            guests: FakeProxmox.allTemplates + [newest],
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

    /// The machines' address range on the bridge. Debian's machines have no guest agent, as in its cloud image. The node has no shell.
    private var machineAddresses: [String: String] {
        let range = "\(bridge.prefix).\(PodmanBridge.firstForeignAddress)-\(bridge.prefix).254/24"
        return ["PROXMOX_ADDRESSES": range, "PROXMOX_GATEWAY": "\(bridge.prefix).1", "PROXMOX_SSH": ""]
    }

    /// The variables that point `matrix` at the parts and keep its state in the lab, so that the state is removed with it.
    var environment: LabEnvironment {
        var all = LabEnvironment(places: ["SOLTI_STATE": "\(folder)/state"], standIns: installers?.environment ?? [:])
        if let proxmox { all.places.merge(proxmox.environment.merging(machineAddresses) { $1 }) { $1 } }
        if let linode { all.places.merge(["LINODE_TOKEN": linode.fake.settings.token, "LINODE_URL": linode.url]) { $1 } }
        if let farm {
            all.places.merge(farm.environment.places) { $1 }
            all.standIns.merge(farm.environment.standIns) { $1 }
        }
        if let podmanSetting { all.places["LAB_PODMAN"] = podmanSetting }
        return all
    }
}
