import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// A platform with separate keys and a separate run, for one integration test.
struct Bench: Sendable {
    let platform: PodmanPlatform
    let run: RunID
    let runner = LocalTransport()
    /// What was made, in order.
    let made = MutexBox<[Resource]>([])

    /// Makes all that a cell needs and waits for its hosts.
    func lend(_ cell: CellPlan) async throws -> [Endpoint] {
        try await platform.prepare(cell) { _ in }
        var endpoints: [Endpoint] = []
        for stage in platform.resources(for: cell, run: run, expires: Timestamp.now + .seconds(3600)) {
            for resource in stage {
                let created = try await platform.create(resource, for: cell)
                made.with { $0.append(created) }
                if created.host != nil { endpoints.append(try await platform.ready(created, for: cell) { _ in }) }
            }
        }
        return endpoints
    }

    /// Runs a command by plain OpenSSH, with the host keys that the platform told.
    func ssh(_ endpoint: Endpoint, _ script: String) async throws -> CommandResult {
        let known = endpoint.hostKeys.map { "\(endpoint.alias) \($0)\n" }.joined()
        let file = "\(endpoint.knownHostsFile)-\(endpoint.alias)"
        try known.write(toFile: file, atomically: true, encoding: .utf8)
        var endpoint = endpoint
        endpoint.knownHostsFile = file
        let options = endpoint.options.flatMap { ["-o", $0] }
        return try await runner.run(
            Command(["ssh"] + options + ["-i", endpoint.keyFile, "-p", "\(endpoint.port)", "\(endpoint.user)@\(endpoint.address)", script]))
    }

    /// Whether Podman or its storage has a container of this name.
    func isStorageThere(_ name: String) async throws -> Bool {
        try await runner.run(Command(["podman", "ps", "--all", "--external", "--filter", "name=^\(name)$", "--format", "{{.Names}}"]))
            .output.contains(name)
    }
}

/// Lends a bench, destroys what it made, and expects that nothing of its run is left.
func withBench(packages: [String] = [], _ body: (Bench) async throws -> Void) async throws {
    let run = RunID.make()
    let folder = NSTemporaryDirectory() + "bench-\(run)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await LocalTransport().require(
        Command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "solti-matrix-run-\(run)", "-f", "\(folder)/id_ed25519"]),
        "no key pair")
    let key = try String(contentsOfFile: "\(folder)/id_ed25519.pub", encoding: .utf8).trimmingCharacters(in: .newlines)
    var settings = PodmanSettings()
    settings.packages = packages
    let context = PlatformContext(
        state: folder, access: RunAccess(directory: folder, publicKey: key), runner: LocalTransport(), redactor: Redactor())
    let bench = Bench(platform: PodmanPlatform(name: "podman", settings: settings, context: context), run: run)
    do { try await body(bench) } catch {
        try await takeDown(bench)
        throw error
    }
    try await takeDown(bench)
}

private func takeDown(_ bench: Bench) async throws {
    let made = bench.made.current
    _ = await mapConcurrently(made.filter { $0.host != nil }, limit: 9) { try? await bench.platform.destroy($0) }
    for resource in made.reversed() { try await bench.platform.destroy(resource) }
    for resource in try await bench.platform.remaining(of: bench.run) { try await bench.platform.destroy(resource) }
    // A container that Podman is still removing is listed until it is gone.
    #expect(try await eventually { try await bench.platform.remaining(of: bench.run).isEmpty })
    let filter = "label=solti-matrix-run-\(bench.run)"
    for command in [["ps", "--all", "--quiet"], ["network", "ls", "--quiet"]] {
        #expect(try await bench.runner.run(Command(["podman"] + command + ["--filter", filter])).output.isEmpty)
    }
}
