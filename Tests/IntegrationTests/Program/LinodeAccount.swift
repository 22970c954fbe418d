import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing
import matrix_lab

/// A fake Linode over HTTP whose instances are real hosts, and the environment that leads `matrix` there.
struct LinodeAccount {
    let fake: FakeLinode
    let hosts: PodmanHosts?
    private let server: FakeLinodeServer

    /// - Parameter systems: the systems of the real hosts behind the instances; without any, no host answers at their addresses.
    static func open(systems: [String]) async throws -> LinodeAccount {
        var settings = FakeLinodeSettings()
        settings.timeScale = 0.05
        settings.token = "fake-\(UUID().uuidString)"
        let hosts =
            systems.isEmpty ? nil : try await RealHosts.make(of: systems, state: Project.repository.appendingPathComponent(".matrix").path)
        let fake = FakeLinode(settings, hosts: hosts)
        return LinodeAccount(fake: fake, hosts: hosts, server: try await FakeLinodeServer.start(fake))
    }

    /// Opens an account for a test, and closes it however that ends.
    static func with(systems: [String] = [], _ work: (LinodeAccount) async throws -> Void) async throws {
        let account = try await open(systems: systems)
        do {
            try await work(account)
        } catch {
            try await account.close()
            throw error
        }
        try await account.close()
    }

    private func close() async throws {
        await server.stop()
        try await hosts?.bridge.close()
    }

    var environment: [String: String] { ["LINODE_TOKEN": fake.settings.token, "LINODE_URL": server.url] }

    /// Nothing is left: no instance, no container, no tag of ours, and no request that the description does not allow.
    func isClean() async throws {
        #expect(fake.instances == [])
        #expect(fake.tags == [])
        #expect(fake.violations == [])
        #expect(try await hosts?.bridge.containers() ?? [] == [])
    }
}
