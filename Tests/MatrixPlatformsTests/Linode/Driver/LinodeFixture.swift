import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

@testable import MatrixPlatforms

/// A linode platform on a scripted API, with a folder for keys and a clock that runs a thousand times as fast.
final class LinodeFixture: Sendable {
    let api = ScriptedLinode()
    let platform: LinodePlatform
    let redactor = Redactor()
    let folder: String
    static let run = Samples.run
    static let token = "0123456789abcdef-token"

    init(_ settings: [String: Value] = [:], tries: Int = 4, creates: Int = 1000) throws {
        folder = NSTemporaryDirectory() + "linode-\(UUID().uuidString)"
        let access = RunAccess(directory: folder, publicKey: "ssh-ed25519 AAAAkey solti-matrix-run-\(Self.run)")
        let context = PlatformContext(
            state: folder, access: access, runner: Self.keyMaker(), redactor: redactor, secrets: ["token": Self.token])
        var pace = LinodePace().scaled(by: 0.001)
        pace.tries = tries
        pace.creates = creates
        let made = try LinodeDriver.make(settings: Self.settings(settings), in: context, transport: api, pace: pace)
        guard let linode = made as? LinodePlatform else { throw UsageError("the linode driver makes another platform") }
        platform = linode
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func settings(_ more: [String: Value] = [:]) -> PlatformSettings {
        let all: [String: Value] = [
            "driver": "linode", "endpoint": "https://linode.test/v4", "token": ["env": "LINODE_TOKEN"],
            "region": ["us-central", "us-east"], "type": "g6-standard-2",
        ]
        let location = SourceLocation(file: "linode.yml", line: 3, column: 5)
        return PlatformSettings(name: "linode", driver: "linode", options: Document(value: .map(all.merging(more) { $1 }), at: location))
    }

    /// Does as ssh-keygen, with a pair that opens nothing.
    private static func keyMaker() -> ScriptedTransport {
        let transport = ScriptedTransport()
        transport.answer { command in
            guard command.arguments.first == "ssh-keygen", let file = command.arguments.last else { return nil }
            let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm8ga2V5\n-----END OPENSSH PRIVATE KEY-----\n"
            try key.write(toFile: file, atomically: false, encoding: .utf8)
            try "ssh-ed25519 AAAAhost of-a-test\n".write(toFile: "\(file).pub", atomically: false, encoding: .utf8)
            return .ok()
        }
        return transport
    }

    static let debian12 = OperatingSystem(
        name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"),
        linodeImage: "linode/debian12")
    static let rocky9 = OperatingSystem(
        name: "rocky9", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "9"), linodeImage: "linode/rocky9")

    static func cell(_ os: OperatingSystem = debian12, size: HostSize = HostSize(), name: String? = nil) -> CellPlan {
        let name = name ?? "\(os.name)-linode"
        return CellPlan(
            name: name, point: [AxisValue(axis: "os", value: os.name)], os: os, platform: "linode",
            hosts: [HostPlan(name: name, size: size)])
    }

    func intent(_ cell: CellPlan = cell()) -> Resource { platform.resources(for: cell, run: Self.run, expires: Samples.expires)[0][0] }

    func make(_ cell: CellPlan = cell()) async throws -> Resource { try await platform.create(intent(cell), for: cell) }

    var ourTags: [String] { ["solti-matrix", "solti-matrix-run-\(Self.run)"] }
}
