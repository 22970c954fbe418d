import Foundation
import IntegrationSupport
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixCore

@Suite(.requires(.helperPrograms)) struct SecretResolverTests {
    private let resolver: SecretResolver
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        resolver = SecretResolver(runner: LocalTransport(), environment: ["TOKEN": "t0ken-ü", "EMPTY": "", "HOME": folder.path])
    }

    @Test func takesThemFromEverySource() async throws {
        try "from file\n\n".write(toFile: folder.path + "/secret", atomically: true, encoding: .utf8)
        let secrets = try await resolver.resolve([
            source("a", .environment("TOKEN")), source("b", .file("~/secret")), source("c", .command(["printf", "from %s\\n", "command"])),
        ])
        #expect(secrets == ["a": "t0ken-ü", "b": "from file\n", "c": "from command"])
    }

    @Test func reportsEveryProblemWithItsPosition() async throws {
        try "abc".write(toFile: folder.path + "/short", atomically: true, encoding: .utf8)
        let error = await #expect(throws: UsageError.self) {
            try await resolver.resolve([
                source("g", .vault(file: "/no/vault", key: "k", password: "pas"), line: 7), source("a", .environment("UNSET"), line: 1),
                source("b", .file("/no/such/file"), line: 2), source("c", .command(["sh", "-c", "echo hush-hush; exit 3"]), line: 3),
                source("d", .environment("EMPTY"), line: 4), source("e", .file(folder.path + "/short"), line: 5),
                source("f", .command(["no-such-program"]), line: 6), source("pass", .environment("TOKEN"), line: 8),
                source("h", .vault(file: folder.path + "/short", key: "k", password: "pass"), line: 9),
                source("i", .vault(file: folder.path + "/short", key: "k", password: "a"), line: 10),
            ])
        }
        let text = try #require(error?.description)
        #expect(
            text.split(separator: "\n").map(String.init)
                == """
                m.yml:1:3: error: the secret 'a' needs the environment variable UNSET, which is not set; export UNSET=…
                m.yml:2:3: error: the secret 'b' is in the file /no/such/file, which does not exist; create it or correct the path
                m.yml:3:3: error: the secret 'c' comes from 'sh -c 'echo hush-hush; exit 3'', which failed with exit status 3; run it \
                yourself to see why
                m.yml:4:3: error: the secret 'd' is empty; give it a value
                m.yml:5:3: error: the secret 'e' has fewer than 4 characters and cannot be hidden in output; use a longer one
                m.yml:6:3: error: the secret 'f' comes from 'no-such-program', which failed: no-such-program was not found on this \
                machine; install it, or correct its name or PATH
                m.yml:7:3: error: the secret 'g' needs the password 'pas', which is not a secret of this file; did you mean 'pass'?
                m.yml:9:3: error: the secret 'h' is in \(folder.path)/short, which is not a vault file; encrypt it as a whole with \
                ansible-vault encrypt
                m.yml:10:3: error: the secret 'i' cannot be opened without its password 'a'; see the problem of that secret
                """.split(separator: "\n").map(String.init))
    }

    @Test(.requires(.ansible)) func opensVaults() async throws {
        let vault = folder.path + "/vault.yml"
        try "mysql:\n  root: \"r00t: 'pw'\"\n  ports: [1, 2]\nflat.key: dotted\n".write(toFile: vault, atomically: true, encoding: .utf8)
        try "hunter22".write(toFile: folder.path + "/pw", atomically: true, encoding: .utf8)
        try await LocalTransport().require(
            Command(["ansible-vault", "encrypt", "--vault-password-file", folder.path + "/pw", vault]), "encrypting the vault")
        let secrets = try await resolver.resolve([
            source("root", .vault(file: vault, key: "mysql.root", password: "pw")),
            source("dotted", .vault(file: vault, key: "flat.key", password: "pw")),
            source("pw", .file(folder.path + "/pw")),
        ])
        #expect(secrets == ["root": "r00t: 'pw'", "dotted": "dotted", "pw": "hunter22"])
        let error = await #expect(throws: UsageError.self) {
            try await resolver.resolve([
                source("pw", .file(folder.path + "/pw")), source("wrong", .environment("TOKEN")),
                source("a", .vault(file: vault, key: "mysql.none", password: "pw")),
                source("b", .vault(file: vault, key: "mysql.ports", password: "pw")),
                source("c", .vault(file: vault, key: "mysql.root", password: "wrong")),
            ])
        }
        #expect(error?.diagnostics.map(\.message).contains { $0.contains("has no key 'mysql.none'") } == true)
        #expect(error?.diagnostics.map(\.message).contains { $0.contains("is a list or a map") } == true)
        #expect(error?.diagnostics.map(\.message).contains { $0.contains("the password is wrong") } == true)
        #expect(error?.description.contains("r00t") == false)
    }

    private func source(_ name: String, _ origin: SecretSource.Origin, line: Int = 1) -> SecretSource {
        SecretSource(name: name, origin: origin, location: SourceLocation(file: "m.yml", line: line, column: 3))
    }
}
