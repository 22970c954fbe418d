import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// testinfra and we ask the same host and come to the same verdicts.
@Suite(.requires(.podman, .ssh, .testinfra)) struct TestinfraTests {
    /// Our check, testinfra's expression for the same, and what both must say.
    private static let pairs: [(check: String, expression: String, holds: Bool)] = [
        ("service: app", "host.service('app').is_running and host.service('app').is_enabled", true),
        ("service: talker", "host.service('talker').is_running and host.service('talker').is_enabled", true),
        ("service: talker\nenabled: false", "host.service('talker').is_running and not host.service('talker').is_enabled", false),
        ("service: no-such\nrunning: false\nenabled: false", "host.service('no-such').exists", false),
        ("service: hidden\nmasked: true", "host.service('hidden').is_masked", true),
        ("service: app\nmasked: true", "host.service('app').is_masked", false),
        ("package: openssh-server", "host.package('openssh-server').is_installed", true),
        ("package: nginx", "host.package('nginx').is_installed", false),
        ("package: nginx\ninstalled: false", "not host.package('nginx').is_installed", true),
        ("package: systemd\nversion: { matches: '^252' }", "host.package('systemd').version.startswith('252')", true),
        ("package: systemd\nversion: { matches: '^9' }", "host.package('systemd').version.startswith('9')", false),
        ("port: 8086\naddress: 127.0.0.1", "host.socket('tcp://127.0.0.1:8086').is_listening", true),
        ("port: 8087", "host.socket('tcp://8087').is_listening", false),
        ("port: 8086\nprotocol: udp", "host.socket('udp://8086').is_listening", false),
        (
            "command: echo out; echo err >&2; exit 3\nexit: 3\nstdout: out\nstderr: err",
            "(lambda c: (c.rc, c.stdout, c.stderr) == (3, 'out\\n', 'err\\n'))(host.run('echo out; echo err >&2; exit 3'))", true
        ),
        ("command: 'false'", "host.run('false').succeeded", false),
        ("command: no-such-program\nexit: 127", "host.run('no-such-program').rc == 127", true),
        ("file: /etc/app.conf", "host.file('/etc/app.conf').exists", true),
        ("file: /etc/no.conf", "host.file('/etc/no.conf').exists", false),
        ("file: /etc/app.conf\nmode: \"0640\"", "host.file('/etc/app.conf').mode == 0o640", true),
        ("file: /etc/app.conf\nmode: \"0644\"", "host.file('/etc/app.conf').mode == 0o644", false),
        (
            "file: /etc/app.conf\nowner: root\ngroup: crew",
            "(host.file('/etc/app.conf').user, host.file('/etc/app.conf').group) == ('root', 'crew')", true
        ),
        ("file: /etc/app.conf\nowner: captain", "host.file('/etc/app.conf').user == 'captain'", false),
        ("file: /etc/app.conf\nsize: 8", "host.file('/etc/app.conf').size == 8", true),
        ("file: /etc/app.conf\ncontains: two", "host.file('/etc/app.conf').contains('two')", true),
        ("file: /etc/app.conf\ncontains: three", "host.file('/etc/app.conf').contains('three')", false),
        ("file: /etc/app.conf\ncontains: { matches: '^t.o$' }", "host.file('/etc/app.conf').contains('^t.o$')", true),
        ("file: /etc\ntype: directory", "host.file('/etc').is_directory", true),
        ("file: /etc/app.conf\ntype: directory", "host.file('/etc/app.conf').is_directory", false),
        ("file: /etc/app.link\ntype: symlink", "host.file('/etc/app.link').is_symlink", true),
        ("file: /etc/app.conf\ntype: symlink", "host.file('/etc/app.conf').is_symlink", false),
        ("file: /run/systemd/private\ntype: socket", "host.file('/run/systemd/private').is_socket", true),
        (
            "file: /etc/app.conf\nsha256: 5d2f6f1b7b0d3a9c9ee9c4ddc8c0a3f7d2d1ad2c0fb8e2a4a4f6c1d0e9b8a7c6",
            "host.file('/etc/app.conf').sha256sum == '5d2f6f1b7b0d3a9c9ee9c4ddc8c0a3f7d2d1ad2c0fb8e2a4a4f6c1d0e9b8a7c6'", false
        ),
        ("process: sleep\nuser: root", "len(host.process.filter(comm='sleep', user='root')) > 0", true),
        ("process: nginx", "len(host.process.filter(comm='nginx')) > 0", false),
        ("user: captain", "host.user('captain').exists", true), ("user: pirate", "host.user('pirate').exists", false),
        (
            "user: captain\nuid: 4242\ngid: 4242\nhome: /home/captain\nshell: /bin/bash",
            "(lambda u: (u.uid, u.gid, u.home, u.shell) == (4242, 4242, '/home/captain', '/bin/bash'))(host.user('captain'))", true
        ),
        ("user: captain\nuid: 1", "host.user('captain').uid == 1", false),
        ("user: captain\ngroups: [crew, users]", "sorted(host.user('captain').groups) == ['crew', 'users']", true),
        ("user: captain\ngroups: { contains: sudo }", "'sudo' in host.user('captain').groups", false),
        ("group: crew\ngid: 4242", "host.group('crew').exists and host.group('crew').gid == 4242", true),
        ("group: nobody-here", "host.group('nobody-here').exists", false),
        (
            "mount: /proc\nfilesystem: proc\noptions: [nosuid, noexec]",
            "(lambda m: m.exists and m.filesystem == 'proc' and {'nosuid', 'noexec'} <= set(m.options))(host.mount_point('/proc'))", true
        ),
        ("mount: /no/mount", "host.mount_point('/no/mount').exists", false),
        ("mount: /proc\nfilesystem: ext4", "host.mount_point('/proc').filesystem == 'ext4'", false),
        ("sysctl: kernel.ostype\nvalue: Linux", "host.sysctl('kernel.ostype') == 'Linux'", true),
        ("sysctl: kernel.ostype\nvalue: Minix", "host.sysctl('kernel.ostype') == 'Minix'", false),
        ("interface: lo\naddresses: 127.0.0.1", "host.interface('lo').exists and '127.0.0.1' in host.interface('lo').addresses", true),
        ("interface: eth7", "host.interface('eth7').exists", false),
        ("interface: lo\naddresses: 192.0.2.1", "'192.0.2.1' in host.interface('lo').addresses", false),
        ("dns: localhost", "host.addr('localhost').is_resolvable", true),
        ("dns: no-such-name.invalid", "host.addr('no-such-name.invalid').is_resolvable", false),
        ("addr: 127.0.0.1:8086", "host.addr('127.0.0.1').port(8086).is_reachable", true),
        ("addr: 127.0.0.1:8087", "host.addr('127.0.0.1').port(8087).is_reachable", false),
    ]

    @Test func verdictsAreTheSame() async throws {
        try await ContainerHost.overSSH(SystemdHostTests.setup) { host, transport in
            try await transport.require(Command(["systemctl", "mask", "-q", "hidden"]), "no masked unit")
            let steps = try Self.pairs.enumerated().map { try Samples.step("pair \($0.offset)", $0.element.check) }
            let ours = try await Samples.verify(steps, over: transport)
            let theirs = try await Testinfra.evaluate(Self.pairs.map(\.expression), on: host)
            try #require(theirs.count == Self.pairs.count && ours.count == Self.pairs.count)
            for (index, pair) in Self.pairs.enumerated() {
                #expect(theirs[index] == pair.holds, "testinfra: \(pair.expression)")
                // Testinfra has no verdict for a unit that does not exist; here every check of it fails.
                #expect((ours[index].outcome == .passed) == pair.holds, "\(pair.check)\n\(ours[index].detail ?? "")")
                #expect(ours[index].outcome != .error, "\(pair.check)\n\(ours[index].detail ?? "")")
            }
            // Both verdicts occur for every kind that both know.
            let kinds = Dictionary(grouping: zip(steps, Self.pairs), by: { $0.0.kind }).mapValues { Set($0.map(\.1.holds)) }
            #expect(kinds.values.allSatisfy { $0.count == 2 }, "\(kinds)")
        }
    }
}

/// testinfra in the fixtures' virtual environment.
enum Testinfra {
    /// Not standardised: the environment's python is a link, and what it leads to has no testinfra.
    private static let python = Repository.path("fixtures/.venv/bin/python3")

    /// What each expression comes to on the host; `host` is testinfra's.
    static func evaluate(_ expressions: [String], on host: ContainerHost) async throws -> [Bool] {
        let program = """
            import json, sys, testinfra
            host = testinfra.get_host("ssh://target", ssh_config=sys.argv[1], controlpersist=0)
            print(json.dumps([bool(eval(expression)) for expression in json.load(sys.stdin)]))
            """
        let result = try await ShellTransport().require(
            Command([python, "-c", program, host.client], input: Array(JSON.text(expressions).utf8)), "testinfra could not ask")
        return Value(json: result.output).flatMap { value in if case .list(let list) = value { list.map { $0 == .bool(true) } } else { nil }
        } ?? []
    }
}
