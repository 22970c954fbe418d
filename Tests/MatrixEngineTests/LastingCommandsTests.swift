import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// What a report prints is pasted after the run, when its folder is gone or the cell is kept.
@Suite struct LastingCommandsTests {
    private static let login = "ssh -F /p/.matrix/runs/261123-050122-test/ssh_config a-web-1-261123-050122-test"

    private func commands(hosts: Int = 2) -> LastingCommands {
        var commands = LastingCommands(
            cell: "a", run: RunID("261123-050122-test"), again: ["matrix", "run", "m.yml"], options: "--set 'vars.x=1 2'")
        var cell = Fixture.cell("a")
        cell.hosts =
            hosts == 1 ? [HostPlan(name: "a")] : [HostPlan(name: "a-web-1", role: "web"), HostPlan(name: "a-db-1", role: "db")]
        let host = Host(
            plan: cell.hosts[0], resource: Resource(platform: "p", kind: "host", name: "a-web-1", run: RunID("r"), cell: "a"),
            endpoint: Endpoint(address: "127.0.0.1", user: "root", keyFile: "/k", knownHostsFile: "/h", alias: "a"),
            transport: LoginTransport(login: Self.login))
        commands.add(host, of: cell)
        return commands
    }

    @Test func theConnectionBecomesACommandThatFindsTheHost() {
        #expect(commands().lasting("see it with:\n$ \(Self.login) 'stat /x'") == "see it with:\n$ matrix ssh a:web -- 'stat /x'")
        #expect(
            commands(hosts: 1).lasting("$ \(Self.login) 'sh -s' < /f\nexit status 1") == "$ matrix ssh a -- 'sh -s' < /f\nexit status 1")
        #expect(commands().lasting("$ \(Self.login)") == "$ matrix ssh a:web")
        #expect(commands().lasting("$ \(Self.login)-2 true") == "$ \(Self.login)-2 true", "another host's alias begins with this one's")
    }

    @Test func whatBringsTheCellBackComesBeforeALookAtIt() {
        let back = "matrix run m.yml --cell a --keep failed --set 'vars.x=1 2'"
        let commands = commands()
        #expect(
            commands.lastingWithoutHosts("no\nsee it with:\n$ matrix ssh a:web -- 'stat /x'")
                == "no\nsee it with:\n$ \(back)\n$ matrix ssh a:web -- 'stat /x'")
        #expect(
            commands.lastingWithoutHosts("$ matrix ssh a:web -- 'sh -s' < /f\nexit status 1\nwhy")
                == "ran: matrix ssh a:web -- 'sh -s' < /f\nexit status 1\nwhy\nthe cell is gone; make it again with:\n$ \(back)\n"
                + "$ matrix ssh a:web -- 'sh -s' < /f")
        #expect(
            commands.lastingWithoutHosts("task: x\nrun it again: sh /r/261123-050122-test/artifacts/a/deploy-site/command.sh")
                == "task: x\nrun it again: \(back)")
        #expect(
            commands.lastingWithoutHosts("$ podman logs a-261123-050122-test\nexited")
                == "ran: podman logs a-261123-050122-test\nexited\nthe cell is gone; make it again with:\n$ \(back)")
        #expect(commands.lastingWithoutHosts("$ curl http://example.net\nno") == "$ curl http://example.net\nno", "it is not the cell's")
    }

    @Test func withoutAMatrixFileNothingIsSaidOfARun() {
        let commands = LastingCommands(cell: "a", run: RunID("r"))
        #expect(commands.lastingWithoutHosts("see it with:\n$ matrix ssh a -- true") == "see it with:\n$ matrix ssh a -- true")
    }
}

/// A connection whose command line begins as SSH's does.
private struct LoginTransport: Transport {
    let login: String

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        CommandResult(exitStatus: 0)
    }
    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}
    func forward(to host: String, port: Int) async throws -> Int { 1 }
    func commandLine(for command: Command) -> String { "\(login) \(command.display)" }
    func close() async {}
}
