import Foundation
import MatrixCore
import MatrixRemote
package import MatrixTesting

/// A fake Proxmox VE, a fake Linode, a farm of hosts and a stand-in for K3s. All their hosts are real SSH hosts, on one bridge of this
/// machine.
package final class Lab: Sendable {
    package let proxmox: FakeProxmox?
    package let linode: FakeLinode?
    /// The bridge of all hosts.
    package let bridge: PodmanBridge
    /// The variables that point `matrix` at the lab, as if none was set before.
    package var environment: [String: String] { variables.all }
    let variables: LabEnvironment
    /// Whether it serves stand-ins for the applications' packages.
    package let hasPackages: Bool
    /// Whether it has stand-ins for the installers that the suites run.
    package let hasInstallers: Bool
    private let server: FakeLinodeServer?
    /// The real systems of hosts that are only stand-ins, by system.
    package var standIns: [String: String] { images.standIns }
    private let images: LabImages
    /// Contains keys, inventory and state. Removed with the lab.
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

    /// Makes a lab, runs the work, and always removes the lab afterwards.
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

    /// Makes a lab. If a part fails, removes what was made before.
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

    /// Stops everything, and removes what the lab made.
    package func close() async throws {
        await server?.stop()
        try await proxmox?.process.end()
        try await bridge.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What runs left in it: machines, instances, tags, and requests that the official description does not allow.
    package func complaints() async throws -> [String] {
        var left = try await proxmox?.machines().map { "left behind on Proxmox: \($0["name"]?.text ?? "a machine without a name")" } ?? []
        left += (linode?.instances ?? []).map { "left behind on Linode: \($0)" }
        left += (linode?.violations ?? []).map { "violation: \($0)" }
        return left
    }

    // MARK: - Faults on purpose

    /// Adds a fault, for hosts that are made from now on.
    package func rehearse(_ fault: LabFault) async throws {
        try LabSeeds(folder: "\(folder)/seeds").spoil(fault)
        try await exchange(fault)
    }

    /// Puts the wrong system into a template.
    private func exchange(_ fault: LabFault) async throws {
        if case .wrongTemplate(let system, let actual) = fault {
            try await proxmox?.scenario(
                "image", ["template": .string("\(system)-template"), "image": .string(try images.name(of: actual))])
        }
    }
}
