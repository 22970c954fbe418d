import Foundation
import Glibc
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// Commands that only look at a file, with the file of somebody who wants more: `docs/forks.md`.
@Suite(.requires(.programs)) struct PureCommandTests {
    /// Every source of a credential or secret leaves a trace, an inventory runs, and the endpoint is ours to watch.
    private static func matrix(port: Int) -> String {
        """
        version: 1
        name: "stranger ${env.CI_DEPLOY_KEY}"
        platforms:
          linode:
            driver: linode
            token: { command: [sh, -c, "touch PWNED-token; echo tok_abcdefgh"] }
            endpoint: "http://127.0.0.1:\(port)/v4"
            region: us-central
          away: { driver: linode, token: { env: CI_DEPLOY_KEY }, endpoint: "http://127.0.0.1:\(port)/v4", region: "${env.NOWHERE}" }
          farm: { driver: static, inventory: inv.sh, group: all, reset: [{ name: none, run: "true" }] }
        axes: { os: [debian12], platform: [linode, away, farm] }
        secrets:
          s: { command: [sh, -c, "touch PWNED-secret; echo secretsecret"] }
        vars: { key: "${env.CI_DEPLOY_KEY}" }
        deploy:
          - { name: "look ${env.CI_DEPLOY_KEY}", shell: "echo ${vars.key} ${secrets.s}" }
          - local: [touch, PWNED-local]
        verify: [{ service: ssh }]
        """
    }

    @Test(arguments: [
        ["validate", "m.yml"], ["plan", "m.yml", "--offline"], ["plan", "m.yml", "--offline", "--format", "json"],
        ["run", "m.yml", "--scenario", "fast.yml"], ["export", "github", "m.yml"], ["export", "gitlab", "m.yml"],
        ["export", "kubernetes", "m.yml", "--image", "i"],
    ])
    func nothingOfTheFileRunsIsReadOrAsked(_ arguments: [String]) async throws {
        let project = try Project()
        let listener = try Listener()
        try project.write(Self.matrix(port: listener.port), to: "m.yml")
        try project.write("speed: 1000", to: "fast.yml")
        try project.write("#!/bin/sh\ntouch PWNED-inventory\necho '{}'\n", to: "inv.sh")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: project.url.appendingPathComponent("inv.sh").path)
        let ending = try await MatrixProcess.run(arguments, in: project, environment: ["CI_DEPLOY_KEY": "hunter2-deploy-key"])
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("placeholders such as ⟨CI_DEPLOY_KEY⟩ stand for variables of the environment"), "\(ending.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: project.url.path)
        #expect(!names.contains { $0.hasPrefix("PWNED") }, "\(names)")
        #expect(!listener.wasAsked)
        for file in project.files() where !file.lastPathComponent.hasPrefix("m.yml") {
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            #expect(!text.contains("hunter2-deploy-key"), "\(file.path)")
        }
    }

    @Test func aPlanWithoutAnEnvironmentShowsTheCells() async throws {
        let project = try Project()
        try project.write(Self.matrix(port: 9), to: "m.yml")
        try project.write("#!/bin/sh\n", to: "inv.sh")
        let ending = try await MatrixProcess.run(["plan", "m.yml", "--offline"], in: project)
        #expect(ending.status == 0, "\(ending.errors)")
        for cell in ["debian12-linode", "debian12-away", "debian12-farm"] { #expect(ending.output.contains(cell)) }
        #expect(ending.output.contains("look ⟨CI_DEPLOY_KEY⟩") && ending.output.contains("not asked"))
        #expect(!project.exists(".matrix/state.db"))
    }
}

/// A port of this machine, on which nobody answers.
private final class Listener {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0 && listen(descriptor, 8) == 0
            }
        }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        try #require(isBound)
    }

    deinit { close(descriptor) }

    /// Whether somebody connected.
    var wasAsked: Bool {
        let connection = accept(descriptor, nil, nil)
        if connection >= 0 { close(connection) }
        return connection >= 0
    }
}
