import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixRemote

/// Which of several Ansibles is used; the folders are real, their programs are not run.
@Suite struct AnsibleFinderTests {
    private let folder: TemporaryFolder
    private let scripted = ScriptedTransport()

    init() throws { folder = try TemporaryFolder("ansible") }

    /// Makes `ansible-playbook` of a version in a folder.
    private func put(_ place: String, _ version: String, isEnvironment: Bool = false) throws -> String {
        let file = try folder.put("\(place)/bin/ansible-playbook", "")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        if isEnvironment { try folder.put("\(place)/pyvenv.cfg", "") }
        scripted.answer(file, output: "ansible-playbook [core \(version)]\n")
        return "\(folder.path)/\(place)/bin"
    }

    private func finder(_ path: String = "") -> AnsibleFinder {
        AnsibleFinder(
            runner: scripted, environment: ["XDG_DATA_HOME": "\(folder.path)/data", "PATH": "/nowhere:\(path)"],
            shared: "\(folder.path)/shared")
    }

    private let own = "data/solti-matrix/ansible"

    @Test(arguments: [("2.19.1", "2.14.18", true), ("2.19.1", "2.19.1", true), ("2.19.1", "2.20.0", false), ("2.19.1", "2.20.0rc1", false)])
    func `The newer one is used, ours if they are equal`(_ ours: String, _ theirs: String, _ takesOurs: Bool) async throws {
        let place = try put(own, ours)
        let found = try await finder(try put("usr", theirs)).folder(named: nil, compares: true)
        #expect(found == (takesOurs ? place : nil))
    }

    @Test func `Alone, each is used without being asked`() async throws {
        #expect(try await finder(try put("usr", "2.14.18")).folder(named: nil, compares: true) == nil)
        let place = try put(own, "2.19.1")
        #expect(try await finder().folder(named: nil, compares: true) == place)
        #expect(scripted.commands.isEmpty)
    }

    @Test func `If no version matters, ours is used and nothing is run`() async throws {
        let (place, other) = (try put(own, "2.19.1"), try put("usr", "2.20.0"))
        #expect(try await finder(other).folder(named: nil, compares: false) == place)
        #expect(scripted.commands.isEmpty)
    }

    @Test func `A virtual environment in the PATH was activated on purpose`() async throws {
        let (_, other) = (try put(own, "2.19.1"), try put("solti-venv", "2.17.0", isEnvironment: true))
        #expect(try await finder(other).folder(named: nil, compares: true) == nil)
    }

    @Test func `What the file names wins, as an environment or as the folder of the programs`() async throws {
        _ = try put(own, "2.19.1")
        let (named, place) = (try put("mine", "2.16.0"), SourceLocation(file: "m.yml", line: 3, column: 18))
        for path in [named, "\(folder.path)/mine"] {
            #expect(try await finder().folder(named: NamedAnsible(path: path, location: place), compares: true) == named)
        }
        let error = await #expect(throws: UsageError.self) {
            try await finder().folder(named: NamedAnsible(path: "/nowhere/venv", location: place), compares: true)
        }
        #expect(
            error?.description
                == "m.yml:3:18: error: there is no ansible-playbook in /nowhere/venv or in /nowhere/venv/bin; name a virtual environment "
                + "with ansible-core, or make it: python3 -m venv /nowhere/venv && /nowhere/venv/bin/pip install ansible-core")
    }

    @Test func `A program of Ansible is shown with its folder, another one is not`() throws {
        let place = try put(own, "2.19.1")
        let transport = LocalTransport(ansible: place)
        #expect(transport.commandLine(for: Command(["ansible-playbook", "site.yml"])) == "\(place)/ansible-playbook site.yml")
        #expect(transport.commandLine(for: Command(["ansible-galaxy"])) == "ansible-galaxy")
        #expect(transport.commandLine(for: Command(["sh", "x"])) == "sh x")
        #expect(transport.commandLine(for: Command(["ansible-playbook"], environment: ["PATH": "/bin"])) == "PATH=/bin ansible-playbook")
    }

    @Test func `A colon in the path of Ansible's folder splits no PATH`() throws {
        let place = try put("a:b", "2.19.1")
        let last = LocalTransport(ansible: place).environment(of: Command(["sh"]))["PATH"]?.split(separator: ":").last.map(String.init)
        #expect(last?.hasPrefix("/tmp/solti-") == true)
        let plain = try put(own, "2.19.1")
        #expect(LocalTransport(ansible: plain).environment(of: Command(["sh"]))["PATH"]?.hasSuffix(":\(plain)") == true)
    }

    @Test func `The report names version and Python`() {
        let report = AnsibleReport(
            """
            ansible-playbook [core 2.19.1]
              config file = None
              python version = 3.11.2 (main, Apr 28 2025, 14:11:48) [GCC 12.2.0] (/root/venv/bin/python3)
              jinja version = 3.1.6
            """)
        #expect(report?.version == "2.19.1" && report?.python == "/root/venv/bin/python3")
        #expect(AnsibleReport("ansible-playbook 2.9.27\n")?.version == "2.9.27")
        #expect(AnsibleReport("ansible-playbook 2.9.27\n")?.python == nil)
        #expect(AnsibleReport("python3: No module named ansible") == nil)
    }
}
