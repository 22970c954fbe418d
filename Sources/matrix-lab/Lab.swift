import Foundation
import MatrixCore
import MatrixRemote
package import MatrixTesting

/// A fake Proxmox VE, a fake Linode, a farm of hosts and a stand-in for K3s, with real SSH hosts behind all of them on one bridge
/// of this machine.
package final class Lab: Sendable {
    package let proxmox: FakeProxmox?
    package let linode: FakeLinode?
    /// Where all hosts are.
    package let bridge: PodmanBridge
    /// What leads `matrix` here, where nothing of it is set.
    package var environment: [String: String] { variables.all }
    let variables: LabEnvironment
    /// Whether stand-ins of the applications' packages are served.
    package let hasPackages: Bool
    /// Whether there are stand-ins of the installers that the suites run.
    package let hasInstallers: Bool
    private let server: FakeLinodeServer?
    /// What hosts of a system really are, where they only stand in for it.
    package var standIns: [String: String] { images.standIns }
    private let images: LabImages
    /// Holds what goes with the lab: keys, inventory, state.
    private let folder: String

    private init(_ parts: LabParts) {
        proxmox = parts.proxmox
        linode = parts.linode?.fake
        server = parts.linode
        bridge = parts.bridge
        images = parts.images
        folder = parts.folder
        hasPackages = parts.hasPackages
        hasInstallers = parts.installers != nil
        variables = parts.environment
    }

    /// Makes a lab for some work, and takes it down however that ends.
    package static func with<Result>(_ settings: LabSettings, _ work: (Lab) async throws -> Result) async throws -> Result {
        let lab = try await open(settings)
        do {
            let result = try await work(lab)
            try await lab.close()
            return result
        } catch {
            try? await lab.close()
            throw error
        }
    }

    /// Makes one; what was made of it is taken down again where a part fails.
    package static func open(_ settings: LabSettings) async throws -> Lab {
        let folder = try TemporaryFolder.make()
        let packages = settings.parts.contains(.packages) ? try await LabPackages.build(in: "\(settings.state)/lab/packages") : nil
        let images = try await LabImages.make(of: LabSettings.systems, state: settings.state, authority: packages?.authority)
        let bridge = try await PodmanBridge.make(images.kit, seeds: "\(folder)/seeds", runner: LocalTransport())
        var parts = LabParts(bridge: bridge, images: images, folder: folder)
        do {
            try await parts.fill(settings, packages)
            let lab = Lab(parts)
            for fault in settings.faults { try await lab.exchange(fault) }
            return lab
        } catch {
            await parts.linode?.stop()
            try? await parts.proxmox?.process.end()
            try? await bridge.close()
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Ends everything and removes what it made.
    package func close() async throws {
        await server?.stop()
        try await proxmox?.process.end()
        try await bridge.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What runs have left in it: machines, instances, tags, and requests that the official description does not allow.
    package func complaints() async throws -> [String] {
        var left = try await proxmox?.machines().map { "left behind at Proxmox: \($0["name"]?.text ?? "a machine without a name")" } ?? []
        left += (linode?.instances ?? []).map { "left behind at Linode: \($0)" }
        left += (linode?.violations ?? []).map { "violation: \($0)" }
        return left
    }

    // MARK: - What goes wrong on purpose

    /// Lets something go wrong, for hosts that are made from now on.
    package func rehearse(_ fault: LabFault) async throws {
        try LabSeeds(folder: "\(folder)/seeds").spoil(fault)
        try await exchange(fault)
    }

    /// Puts the wrong system into a template.
    private func exchange(_ fault: LabFault) async throws {
        if case .wrongTemplate(let system, let actual) = fault {
            try await proxmox?.scenario("image", ["template": .string("\(system)-template"), "image": .string(try images.name(of: actual))])
        }
    }
}
