import Foundation
import MatrixCore
import MatrixTesting

/// SSH hosts on loopback, each with its own `/run`, `/var/lib` and home, and the matrix files of a pool of them.
final class BenchFarm {
    /// Why there can be none here; nil if there can.
    static var obstacle: String? {
        guard RealSSHServer.isAvailable else { return "there is no sshd: apt-get install openssh-server" }
        return geteuid() == 0 ? nil : "hosts with separate folders need root"
    }

    let servers: [RealSSHServer]

    /// - Parameter isolation: what a host gets for itself.
    init(_ count: Int, options: [String] = [], isolation: String = RealSSHServer.ownFolders) throws {
        var servers: [RealSSHServer] = []
        do {
            for _ in 0..<count {
                servers.append(try RealSSHServer(folder: "matrix-bench-sshd", options: options, isolation: isolation))
            }
        } catch {
            for server in servers { server.stop() }
            throw error
        }
        self.servers = servers
    }

    func stop() {
        for server in servers { server.stop() }
    }

    /// How often somebody has logged in, on all hosts.
    var logins: Int { count("Accepted publickey") }
    /// How many sessions there were, on all hosts.
    var sessions: Int { count("Starting session:") }

    private func count(_ text: String) -> Int { servers.reduce(0) { $0 + $1.log.components(separatedBy: text).count - 1 } }

    // MARK: - Matrix files

    /// A cell for each host, and one check: `true`.
    var matrix: String {
        """
        \(head(servers.map { host($0, os: "here") }, more: ""))
          os: [here]
          platform: [farm]
          number: [\(servers.indices.map { "\"\($0 + 1)\"" }.joined(separator: ", "))]
        verify:
          - command: "true"

        """
    }

    /// The same, and beside it a cell of a system that only one host has, on which nobody listens.
    func matrixWithDeadHost(deadline: Int) -> String {
        let numbers = servers.indices.map { "\"\($0 + 1)\"" }
        let excluded = numbers.dropFirst().map { "{ os: there, number: \($0) }" }
        let exclude = excluded.isEmpty ? "" : "exclude: [\(excluded.joined(separator: ", "))]"
        let dead = "{ name: dead, address: 127.0.0.1, port: 1, user: root, os: there }"
        return """
            \(head(servers.map { host($0, os: "here") } + [dead], more: "    connect_timeout: \(deadline)s\n    wait: 0s"))
              os: [here, there]
              platform: [farm]
              number: [\(numbers.joined(separator: ", "))]
            \(exclude)
            timeouts: { create: \(deadline)s }
            verify:
              - command: "true"

            """
    }

    private func head(_ hosts: [String], more: String) -> String {
        let release = Self.release
        let system = "{ family: debian, release: { id: \(release.id), version: \"\(release.version)\" } }"
        return """
            version: 1
            name: farm
            os:
              here: \(system)
              there: \(system)
            platforms:
              farm:
                driver: static
            \(more)
                hosts:
            \(hosts.map { "      - \($0)" }.joined(separator: "\n"))
            axes:
            """
    }

    private func host(_ server: RealSSHServer, os: String) -> String {
        "{ name: h\(server.port), address: \(server.address), port: \(server.port), user: \(server.user), os: \(os), "
            + "key: \"\(server.keyFile)\", host_key: \"\(server.hostKey.split(separator: " ").prefix(2).joined(separator: " "))\" }"
    }

    /// What this machine runs: all hosts run it.
    private static var release: (id: String, version: String) {
        let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        func value(_ key: String) -> String {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(key)=") }
            return line?.split(separator: "=").last.map { $0.trimmingCharacters(in: .init(charactersIn: "\"'")) } ?? ""
        }
        return (value("ID"), value("VERSION_ID"))
    }
}
