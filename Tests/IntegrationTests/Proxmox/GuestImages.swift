import Foundation
import MatrixCore
import Testing

/// The container images that stand behind the fake's machines: Debian 12, and the labelled stand-in for Rocky.
actor GuestImages {
    static let shared = GuestImages()

    private var known: [String: String] = [:]

    /// The server's configuration for containers of these systems on a network of its own; made where they are not there yet.
    func containers(_ systems: [String], on network: String) throws -> Value {
        var images: [String: Value] = [:]
        for system in systems { images["\(system)-template"] = .string(try image(of: system)) }
        return ["images": .map(images), "network": .string(network)]
    }

    private func image(of system: String) throws -> String {
        if let name = known[system] { return name }
        let script = Project.repository.appendingPathComponent("fixtures/images/guest/build.sh").path
        let (status, output) = try Shell.run(script, system)
        try #require(status == 0, "\(script) \(system) failed")
        let name = try #require(output.split(separator: "\n").last.map(String.init))
        known[system] = name
        return name
    }
}
