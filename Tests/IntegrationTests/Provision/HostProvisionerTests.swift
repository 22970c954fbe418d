import FoundationEssentials
import IntegrationSupport
import MatrixCore
import MatrixProvision
import MatrixRemote
import MatrixTesting
import Synchronization
import Testing

@Suite(.requires(.podman, .ssh, .rpmRepositories)) struct HostProvisionerTests {
    private static func peers(like host: Host) -> [Host] {
        [("web-1", "10.1.2.3"), ("db-1", "10.1.2.4")].map { name, address in
            var peer = host
            (peer.plan.name, peer.endpoint.internalAddress) = (name, address)
            return peer
        }
    }

    @Test(arguments: [ProvisionedHost.System.debian12, .standIn]) func makesAHostCompleteAndChangesNothingTheSecondTime(
        system: ProvisionedHost.System
    ) async throws {
        try await ProvisionedHost.with(system) { test in
            let keys = try KeyFile("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOtherOtherOtherOtherOtherOtherOtherOther it's me")
            let packages = system == .debian12 ? ["nano", "less"] : ["stand-in-tools"]
            let plan = ProvisionPlan(
                user: "lavender", keyFiles: [keys.path], domain: "test.lan", packages: packages, updateCache: true,
                scripts: ["echo ${os} >/root/extra"])
            try await test.connected { host in
                let (facts, log) = try await provision(host, system, plan)
                #expect(log.contains("user lavender: changed"))
                #expect(log.contains("installing packages: changed"))
                #expect(facts["os.id"] == system.operatingSystem.release.id)
                #expect(facts["arch"]?.isEmpty == false)
                #expect(facts["packages.\(packages[0])"] != nil)
                try await observe(host, system)
                try await idempotent(host, system, plan)
            }
            try await test.connected(as: "lavender") { host in
                // The same as the account that was made, by sudo.
                #expect(try await host.transport.run(Command(["id", "-un"], user: "root")).output == "root")
                try await idempotent(host, system, plan)
                try await repairsDrift(host, system, plan)
            }
        }
    }

    private func observe(_ host: Host, _ system: ProvisionedHost.System) async throws {
        let group = system == .debian12 ? "sudo" : "wheel"
        for (script, expected) in [
            ("id -nG lavender", "lavender \(group)"), ("getent passwd lavender | cut -d: -f6,7", "/home/lavender:/bin/bash"),
            ("stat -c '%a %U:%G' /home/lavender/.ssh /home/lavender/.ssh/authorized_keys", "700 lavender:lavender\n600 lavender:lavender"),
            ("wc -l </home/lavender/.ssh/authorized_keys", "2"),
            ("stat -c '%a %U:%G' /etc/sudoers.d/zz-solti-matrix-lavender", "440 root:root"),
            ("su lavender -c 'sudo -n id -un'", "root"), ("hostname; cat /etc/hostname", "web-1\nweb-1"), ("hostname -f", "web-1.test.lan"),
            ("getent hosts db-1 | tr -s ' '", "10.1.2.4 db-1.test.lan db-1"), ("getent hosts localhost >/dev/null; echo $?", "0"),
            ("cat /root/extra", system.operatingSystem.name), ("ls /tmp | grep -c ^tmp", "0"),
        ] {
            let result = try await host.transport.run(.script(script, user: "root"))
            #expect(result.output == expected, "\(script): \(result.errorOutput)")
        }
    }

    private func idempotent(_ host: Host, _ system: ProvisionedHost.System, _ plan: ProvisionPlan) async throws {
        let state = "find /etc /home /var/lib/dpkg/status -type f -printf '%p %T@ %m %u\\n' | sort | cksum"
        let before = try await host.transport.run(.script(state, user: "root")).output
        let (_, log) = try await provision(host, system, plan)
        #expect(log.filter { $0.hasSuffix(": changed") } == [])
        #expect(log.last == "nothing to change")
        #expect(try await host.transport.run(.script(state, user: "root")).output == before)
    }

    private func repairsDrift(_ host: Host, _ system: ProvisionedHost.System, _ plan: ProvisionPlan) async throws {
        let damage = """
            chmod 666 /home/lavender/.ssh/authorized_keys; sed -i '/db-1/d' /etc/hosts 2>/dev/null || \
            { sed '/db-1/d' /etc/hosts >/h; cat /h >/etc/hosts; }
            echo other >/etc/hostname; echo '192.0.2.1 kept' >>/etc/hosts; chmod 640 /etc/sudoers.d/zz-solti-matrix-lavender
            """
        try await host.transport.require(.script(damage, user: "root"), "damaging the host")
        let (_, log) = try await provision(host, system, plan)
        let changed = Set(log.filter { $0.hasSuffix(": changed") })
        #expect(
            changed == [
                "host name web-1: changed", "/etc/hosts: changed", "authorized keys of lavender: changed", "sudo for lavender: changed",
            ])
        #expect(try await host.transport.run(.script("grep -c kept /etc/hosts")).output == "1")
        try await observe(host, system)
    }

    @Test func namesTheStepThatFailed() async throws {
        try await ProvisionedHost.with(.standIn) { test in
            try await test.connected { host in
                let missing = await #expect(throws: InfrastructureError.self) {
                    try await provision(host, .standIn, ProvisionPlan(packages: ["no-such-package"], setsHostname: false))
                }
                #expect(missing?.what == "installing packages on web-1")
                #expect(missing?.type == "matrix.provision.packages")
                #expect(missing?.isTransient == false)
                #expect(missing?.why.contains("no-such-package") == true)
                #expect(missing?.next?.contains("EPEL") == true)
                #expect(missing?.command?.commandLine.contains("dnf -y install no-such-package") == true)
                let script = await #expect(throws: InfrastructureError.self) {
                    try await provision(host, .standIn, ProvisionPlan(setsHostname: false, scripts: ["true", "echo trouble; exit 7"]))
                }
                #expect(script?.what == "extra script 2 on web-1")
                #expect(script?.why == "it ended with exit status 7")
                #expect(script?.command?.outputTail == "trouble")
            }
        }
    }

    @Test func waitsForALockAndNamesAnAptFailure() async throws {
        try await ProvisionedHost.with(.debian12) { test in
            try await test.connected { host in
                try await provision(host, .debian12, ProvisionPlan(updateCache: true, setsHostname: false))
                // Held as apt holds it, by fcntl, until apt was seen to wait for it: perl is in Debian's base.
                let perl = """
                    use Fcntl; open(F, '>>', '/var/lib/dpkg/lock-frontend'); $l = pack('ssx4qql', F_WRLCK, 0, 0, 0, 0); fcntl(F, \
                    F_SETLK, $l) or die;
                    open(D, '>', '/run/lock-is-held'); sleep 1 until -e '/run/lock-was-met' or $n++ > 600;
                    """
                let lock = Task { try await host.transport.run(Command(["perl", "-e", perl])) }
                #expect(try await eventually { try await host.transport.run(Command(["test", "-e", "/run/lock-is-held"])).succeeded })
                let (_, log) = try await provision(host, .debian12, ProvisionPlan(packages: ["less"], setsHostname: false)) { line in
                    guard line.contains("lock-frontend") else { return }
                    _ = try? await host.transport.run(Command(["touch", "/run/lock-was-met"]))
                }
                #expect(log.contains("installing packages: changed"))
                #expect(log.contains { $0.contains("lock-frontend") })
                #expect(try await lock.value.succeeded)
                let error = await #expect(throws: InfrastructureError.self) {
                    try await provision(host, .debian12, ProvisionPlan(packages: ["no-such-package"], setsHostname: false))
                }
                #expect(error?.why == "E: Unable to locate package no-such-package")
                #expect(error?.command?.outputTail.contains("Reading package lists") == true)
            }
        }
    }

    @discardableResult
    private func provision(
        _ host: Host, _ system: ProvisionedHost.System, _ plan: ProvisionPlan, onLine: @escaping @Sendable (String) async -> Void = { _ in }
    ) async throws -> ([String: String], [String]) {
        let cell = CellPlan(
            name: "cell", point: [], os: system.operatingSystem, platform: "podman", hosts: [host.plan], provision: plan,
            scope: Scope(["os": system.operatingSystem.name]))
        let log = LineLog()
        let facts = try await HostProvisioner().provision(host, of: cell, peers: Self.peers(like: host)) { line in
            log.take(line.text)
            await onLine(line.text)
        }
        return (facts, log.lines)
    }
}

/// Keeps the lines of a step.
private final class LineLog: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    func take(_ line: String) { kept.withLock { $0.append(line) } }
}

/// A file with public keys, removed with the last reference to it.
private final class KeyFile: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/solti-key-\(UInt64.random(in: 0...UInt64.max)).pub"

    init(_ text: String) throws { try "\(text)\n".write(toFile: path, atomically: true, encoding: .utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
