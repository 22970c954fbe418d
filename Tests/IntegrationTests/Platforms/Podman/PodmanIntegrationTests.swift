import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Real containers on this machine: every test destroys what it created and checks that.
@Suite(.requires(.podman), .timeLimit(.minutes(10))) struct PodmanIntegrationTests {
    @Test(arguments: [Samples.debian12, Samples.debian13])
    func lendsTwoHostsThatKnowEachOther(_ os: OperatingSystem) async throws {
        try await withBench { bench in
            let hosts = ["server", "client"].map { HostPlan(name: "\(os.name)-podman-\($0)-1", role: $0) }
            let cell = Samples.cell(os, hosts: hosts)
            #expect(await bench.platform.preflight([cell]).isEmpty)
            let lent = try await bench.lend(cell)
            let server = try #require(lent.first)
            let client = try #require(lent.last)

            #expect(try await bench.ssh(server, "hostname; systemctl is-system-running").output == "\(hosts[0].name)\nrunning")
            let update = try await bench.ssh(server, "apt-get -q update && apt-get -q -y install tree && tree --version")
            #expect(update.succeeded, "\(update.output)\n\(update.errorOutput)")
            let lookup = try await bench.ssh(client, "getent hosts \(hosts[0].name)")
            #expect(lookup.output.hasPrefix(server.internalAddress))
            let renaming = try await bench.ssh(
                client, "hostnamectl set-hostname other && sed -i 's/localhost/& local/' /etc/hosts && cat /etc/hostname")
            #expect(renaming.output == "other", "\(renaming.errorOutput)")
            let identity = "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub"
            #expect(try await bench.ssh(server, identity).output != bench.ssh(client, identity).output)
        }
    }

    @Test func keepsItsPortAndNameOverStopAndStart() async throws {
        try await withBench { bench in
            let cell = Samples.cell(Samples.debian12)
            let before = try await bench.lend(cell)
            let host = try #require(bench.made.current.last)
            _ = try await bench.ssh(before[0], "hostnamectl set-hostname other")
            try await bench.platform.power(host, on: false)
            #expect(try await bench.ssh(before[0], "true").exitStatus == 255)
            try await bench.platform.power(host, on: true)
            let after = try await bench.platform.ready(host, for: cell) { _ in }
            #expect(after.port == before[0].port)
            #expect(after.hostKeys == before[0].hostKeys)
            #expect(try await bench.ssh(after, "hostname").output == "other")
        }
    }

    @Test func makesNineCellsAtOnce() async throws {
        try await withBench { bench in
            let outcomes = await mapConcurrently(Array(1...9), limit: 9) { number -> Result<Int32, any Error> in
                var cell = Samples.cell(number.isMultiple(of: 2) ? Samples.debian12 : Samples.debian13)
                cell.name = "many\(number)"
                cell.hosts = [HostPlan(name: cell.name)]
                do {
                    let endpoint = try await bench.lend(cell)[0]
                    return .success(try await bench.ssh(endpoint, "true").exitStatus)
                } catch { return .failure(error) }
            }
            for outcome in outcomes {
                let status = try outcome.get()
                #expect(status == 0)
            }
        }
    }

    @Test func findsWhatAKilledCreateLeft() async throws {
        try await withBench { bench in
            let cell = Samples.cell(Samples.debian12)
            try await bench.platform.prepare(cell) { _ in }
            let stages = bench.platform.resources(for: cell, run: bench.run, expires: Timestamp.now + .seconds(3600))
            _ = try await bench.platform.create(stages[0][0], for: cell)
            let creation = Task { try await bench.platform.create(stages[1][0], for: cell) }
            #expect(try await eventually(within: .seconds(300)) { try await bench.isStorageThere(stages[1][0].name) })
            creation.cancel()
            // On a slow machine it may have been done just before.
            _ = await creation.result
            let found = try await bench.platform.remaining(of: bench.run)
            for resource in found { try await bench.platform.destroy(resource) }
            let left = try await bench.platform.remaining(of: bench.run)
            #expect(left.isEmpty, "found \(found.map { "\($0.kind) \($0.name)" })")
            #expect(try await !bench.isStorageThere(stages[1][0].name))
        }
    }

    @Test func takesDownACancelledBuildAndBuildsOneImageForTwoProcesses() async throws {
        try await withBench(packages: ["cowsay"]) { one in
            try await withBench(packages: ["cowsay"]) { two in
                let cell = Samples.cell(Samples.debian12)
                let began = MutexBox(false)
                let build = Task {
                    try await one.platform.prepare(cell) { line in if line.contains("building") { began.with { $0 = true } } }
                }
                #expect(await eventually(within: .seconds(500)) { began.current })
                #expect(try await eventually { try await !one.platform.remaining(of: one.run).isEmpty })
                build.cancel()
                await #expect(throws: CancellationError.self) { try await build.value }
                // The cancelled caller leaves at once; the next ones wait until the remains are gone, and one of them builds anew.
                let lines = MutexBox<[String]>([])
                let images = await mapConcurrently([one, one, two], limit: 3) { bench in
                    try? await bench.platform.images.image(for: Samples.debian12) { line in lines.with { $0.append(line) } }
                }
                #expect(Set(images).count == 1)
                let image = try #require(images[0])
                for bench in [one, two] { #expect(try await bench.platform.remaining(of: bench.run).isEmpty) }
                // Both callers of the bench that built it were told, nobody else: two lines or one, by who was first.
                let builds = lines.current.count { $0 == "building \(image.name)" }
                #expect(builds == 1 || builds == 2)
                #expect(lines.current.contains("another process makes the image of debian12; waiting for it"))
                #expect(try await one.runner.run(Command(["podman", "rmi", image.name])).succeeded)
            }
        }
    }

    @Test func preflightNamesASystemThatIsNotAvailable() async throws {
        try await withBench { bench in
            let problems = await bench.platform.preflight([Samples.cell(Samples.rocky9), Samples.cell(Samples.debian12)])
            #expect(problems.map(\.severity) == [.unavailable])
            let message = try #require(problems.first?.message)
            #expect(message.hasPrefix("no container registry answers (registry.invalid: dial tcp: lookup registry.invalid"), "\(message)")
            #expect(message.hasSuffix("and rocky9 cannot be bootstrapped here"), "\(message)")
        }
    }
}
