import Foundation
import MatrixCore
import Testing

/// A few real SSH hosts that outlive runs: containers that `matrix` created and keeps, on a separate ledger.
struct Farm {
    let project: Project
    /// Address, port and key of each host, by number.
    private let hosts: [(port: String, key: String)]
    private static let state = ["--state", ".farm"]

    /// Lends a farm with an account `pi` that may use sudo.
    ///
    /// - Parameter packages: what its image has beside systemd and sshd.
    static func with(_ count: Int, packages: [String] = [], _ body: (Farm) async throws -> Void) async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: farm
            platforms: { podman: { driver: podman, packages: [\(packages.joined(separator: ", "))] } }
            axes: { os: [debian12], platform: [podman] }
            hosts: { pi: { count: \(count) } }
            provision: { user: pi, sudo: nopasswd }
            keep: always
            """, to: "farm.yml")
        let made = try await MatrixProcess.run(["run", "farm.yml", "--reports", ".farm-reports"] + state, in: project)
        let outcome: Result<Void, any Error>
        do {
            try #require(made.status == 0, "\(made.errors)\n\(made.output)")
            let inventory = try await MatrixProcess.run(["inventory", "debian12-podman", "--format", "json"] + state, in: project).output
            let variables = try #require(Value(json: inventory)?["_meta"]?["hostvars"])
            let names = count == 1 ? ["debian12-podman"] : (1...count).map { "debian12-podman-pi-\($0)" }
            let hosts = try names.map { name in
                let host = try #require(variables[name])
                return (try #require(host["ansible_port"]).text, try #require(host["ansible_ssh_private_key_file"]).text)
            }
            outcome = .success(try await body(Farm(project: project, hosts: hosts)))
        } catch { outcome = .failure(error) }
        let gone = try await MatrixProcess.run(["destroy", "farm.yml"] + state, in: project)
        try outcome.get()
        #expect(gone.status == 0, "\(gone.errors)")
    }

    /// A matrix of one cell a host on this farm.
    func write(
        _ name: String, deploy: String, verify: String = "[{ command: \"true\" }]", pool: String = "", host: String = "", more: String = ""
    ) throws {
        let entries = hosts.enumerated().map { index, farmed in
            "        - { name: rpi-\(index + 1), address: 127.0.0.1, port: \(farmed.port), key: \(farmed.key), user: pi, "
                + "os: debian12\(host) }"
        }
        try project.write(
            """
            version: 1
            name: \(name)
            platforms:
              farm:
                driver: static
                hosts:
            \(entries.joined(separator: "\n"))
                reset: [{ name: marks, run: "rm -f /srv/deployed /srv/go; test ! -e /srv/broken" }]
            \(pool.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
            axes: { os: [debian12], platform: [farm] }
            deploy: \(deploy)
            verify: \(verify)
            \(more)
            """, to: "\(name).yml")
    }

    /// A pool of these hosts by the addresses at which they reach each other, as lines of `hosts:`.
    ///
    /// - Parameter roles: one for each host.
    func entries(roles: [String]) async throws -> [String] {
        var entries: [String] = []
        for (index, role) in roles.enumerated() {
            let address = try await ask("hostname -I", host: index + 1).split(whereSeparator: \.isWhitespace).first.map(String.init)
            entries.append(
                "{ name: rpi-\(index + 1), address: \(try #require(address)), key: \(hosts[index].key), user: pi, os: debian12, "
                    + "roles: [\(role)] }"
            )
        }
        return entries
    }

    func matrix(_ arguments: String...) async throws -> MatrixProcess.Ending { try await MatrixProcess.run(arguments, in: project) }

    /// What a command prints on a host, as its owner sees it.
    func ask(_ command: String, host: Int = 1) async throws -> String {
        let name = hosts.count == 1 ? "debian12-podman" : "debian12-podman:pi-\(host)"
        return try await MatrixProcess.run(["ssh"] + Self.state + [name, "--", command], in: project).output.trimmingCharacters(
            in: .newlines)
    }
}
