internal import Foundation
internal import MatrixCore
import MatrixRemote

/// Starts the network of a cell: its switch, and its gateway to the world.
struct GuestNetwork: Sendable {
    let settings: QemuSettings
    let surroundings: QemuSurroundings
    let shelf: GuestShelf
    let launcher: GuestLauncher

    private static let tries = 4

    /// Makes the network of a cell with so many hosts.
    func make(_ resource: Resource, hosts: Int) async throws -> Resource {
        let name = GuestName(resource, mark: try shelf.mark())
        // Of an earlier try whose reply was lost: its guests do not exist yet.
        try await launcher.end(resource)
        _ = try shelf.make(resource)
        try await startSwitch(name, resource)
        for attempt in 1... {
            // Chosen together, so that they differ.
            let ports = try FreePort.find(hosts)
            do {
                try await startGateway(name, ports: ports, resource)
                var made = resource
                made.id = resource.name
                made.details["ports"] = ports.map { "\($0)" }.joined(separator: " ")
                try shelf.write(made)
                return made
            } catch let error as InfrastructureError where error.why.contains("host forwarding rule") && attempt < Self.tries {
                // Another process was faster.
                CreateProgress.listener("a port was taken meanwhile: trying others")
            }
        }
        throw CancellationError()
    }

    /// Starts what does not run any more of a network, with its ports: after this machine was down.
    func restart(_ resource: Resource) async throws {
        let name = GuestName(resource, mark: try shelf.mark())
        let folder = shelf.folder(of: resource)
        let running = surroundings.control.processes().filter { $0.name.isOf(resource) && $0.name.mark == name.mark }
        if running.count >= 2 { return }
        try await launcher.end(resource)
        try? FileManager.default.removeItem(atPath: "\(folder)/\(GuestArguments.networkSocket)")
        try await startSwitch(name, resource)
        try await startGateway(name, ports: Self.ports(of: resource), resource)
    }

    /// The ports of 127.0.0.1 that lead to a cell's hosts, in their order.
    static func ports(of network: Resource) -> [Int] { (network.details["ports"] ?? "").split(separator: " ").compactMap { Int($0) } }

    private func startSwitch(_ name: GuestName, _ resource: Resource) async throws {
        try await launcher.start(
            [surroundings.matrix, "guest-switch", "--guest", name.text, "--socket", GuestArguments.networkSocket], of: resource,
            "the switch of \(resource.name)")
    }

    private func startGateway(_ name: GuestName, ports: [Int], _ resource: Resource) async throws {
        let arguments = GuestArguments(surroundings: surroundings, settings: settings).gateway(name, ports: ports)
        try await launcher.start(arguments, of: resource, count: 2, "the gateway of \(resource.name)")
    }
}
