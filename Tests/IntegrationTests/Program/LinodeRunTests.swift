import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// The real program against the fake Linode over HTTP, on hosts that are reached by real SSH.
@Suite(.requires(.programs, .podman, .root)) struct LinodeRunTests {
    private static func matrix(_ axis: String = "[a]", more: String = "") -> String {
        """
        version: 1
        name: cloud
        platforms:
          linode: { driver: linode, endpoint: "${env.LINODE_URL}", token: { env: LINODE_TOKEN }, region: [us-central, us-east], \
        type: g6-standard-2 }
        axes: { os: [debian12], platform: [linode], n: \(axis) }
        provision: { user: lavender, sudo: nopasswd }
        deploy: [{ name: touch, shell: touch /srv/deployed }]
        verify: [{ file: /srv/deployed }, { service: ssh }]
        \(more)
        """
    }

    private static let systems = ["rocky9", "rocky10", "debian12", "debian13"]

    /// The repository's own matrix as it is, on every system that it names: Rocky 9 and 10 are the labelled stand-in.
    @Test func theRepositorysMatrixPassesOnHostsAndLeavesNothing() async throws {
        try await LinodeAccount.with(systems: Self.systems) { account in
            let project = try Project()
            for file in ["linode.yml", "platforms/linode.yml"] {
                let text = try String(contentsOf: Project.repository.appendingPathComponent("matrices/\(file)"), encoding: .utf8)
                try project.write(text, to: "matrices/\(file)")
            }
            let ending = try await MatrixProcess.run(
                ["run", "matrices/linode.yml", "--format", "plain"], in: project, environment: account.environment)
            try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)\n\(account.fake.violations)")
            let report = try Report(project)
            expectGreen(report.result)
            try await account.isClean()
            try report.validateJUnit()
            for file in project.files() {
                #expect(try Data(contentsOf: file).range(of: Data(account.fake.settings.token.utf8)) == nil, "the token is in \(file.path)")
            }
            let creates = account.fake.requests.filter { $0.method == "POST" && $0.path == "/linode/instances" }
            #expect(creates.allSatisfy { $0.body["metadata"]?["user_data"] != nil }, "each has its host key from its user data")
            let passwords = creates.compactMap { $0.body["root_pass"]?.string }
            #expect(Set(passwords).count == 4)
            for password in passwords { #expect(!ending.errors.contains(password) && !ending.output.contains(password)) }
        }
    }

    /// All cells passed at once, each asked whether it is the system that it should be; the report says which are stand-ins.
    private func expectGreen(_ result: RunResult) {
        #expect(result.cells.map(\.name) == Self.systems.map { "\($0)-linode" })
        for (cell, system) in zip(result.cells, Self.systems) {
            #expect(cell.outcome == .passed)
            #expect(cell.cases.contains { $0.name.hasPrefix("operating system is ") && $0.outcome == .passed }, "\(cell.cases.map(\.name))")
            let facts = cell.hosts[0].facts
            #expect(facts["os.name"]?.hasSuffix("stand-in") == system.hasPrefix("rocky"), "\(facts)")
            #expect(facts["image"] == "linode/\(system)", "\(facts)")
        }
        let lastStart = result.cells.map(\.started).max()
        let firstEnd = result.cells.map(\.finished).min()
        #expect(lastStart.flatMap { start in firstEnd.map { start < $0 } } == true, "the cells ran at once")
    }

    /// One machine refuses SSH for a while and is then reached; another comes up with a host key that is not its own.
    @Test func sshThatComesLateIsAwaitedAndAStrangersHostKeyIsNot() async throws {
        try await LinodeAccount.with(systems: ["debian12"]) { account in
            account.fake.destine(.refusesSSH(seconds: 6), .changesHostKeys(seconds: 6))
            let project = try Project()
            try project.write(Self.matrix("[a, b]"), to: "m.yml")
            let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project, environment: account.environment)
            #expect(ending.status != 0 && ending.status != 4, "\(ending.errors)")
            let cells = try Report(project).result.cells
            #expect(cells.map(\.outcome).sorted { $0.rawValue < $1.rawValue } == [.error, .passed], "\(ending.errors)")
            #expect(cells.flatMap(\.cases).contains { $0.message?.lowercased().contains("host key") ?? false }, "\(ending.errors)")
            #expect(account.fake.count("POST", "/linode/instances") == 2, "a machine whose key is wrong is not tried again")
            try await account.isClean()
        }
    }
}

/// What needs the real program, but no host: the addresses of these instances lead nowhere.
@Suite(.requires(.programs)) struct LinodeProcessTests {
    private static let matrix = """
        version: 1
        name: cloud
        platforms:
          linode: { driver: linode, endpoint: "${env.LINODE_URL}", token: { env: LINODE_TOKEN }, region: us-east, type: g6-nanode-1 }
        axes: { os: [debian12], platform: [linode], n: [a, b] }
        """

    @Test func aKilledRunIsReaped() async throws {
        try await LinodeAccount.with { account in
            let project = try Project()
            try project.write(Self.matrix, to: "m.yml")
            let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project, environment: account.environment)
            while process.isRunning, account.fake.instances.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
            process.send(SIGKILL)
            #expect(try await process.ending().status == 128 + SIGKILL)
            #expect(account.fake.instances.count == 2)
            account.fake.addForeigners(3)
            let reap = try await MatrixProcess.run(["reap", "--yes"], in: project, environment: account.environment)
            #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
            #expect(account.fake.instances == [])
            #expect(account.fake.foreigners == 3)
            #expect(account.fake.violations == [])
        }
    }

    @Test func ctrlCTakesTheInstancesDown() async throws {
        try await LinodeAccount.with { account in
            let project = try Project()
            try project.write(Self.matrix, to: "m.yml")
            let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project, environment: account.environment)
            while process.isRunning, account.fake.instances.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
            process.send(SIGINT)
            let ending = try await process.ending()
            #expect(ending.status == 130, "\(ending.errors)")
            try await account.isClean()
        }
    }
}
