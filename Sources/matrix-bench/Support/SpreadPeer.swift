import Foundation
import MatrixTesting

/// The same work as a project of Canonical's spread: hosts that are lent by its `adhoc` backend, and one task, `true`.
final class SpreadPeer {
    private let farm: BenchFarm
    private let folder: String
    private var number = 0

    /// It logs in as root by password and sets that password: each host gets its own `/etc`, too.
    init(_ count: Int, in folder: String) throws {
        let ownAccounts = """
            \(RealSSHServer.ownFolders)
            mkdir /run/upper /run/work
            mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work /etc && echo root:bench | chpasswd || exit 1
            """
        farm = try BenchFarm(count, options: ["PasswordAuthentication yes", "PermitRootLogin yes"], isolation: ownAccounts)
        self.folder = "\(folder)/spread"
        try FileManager.default.createDirectory(atPath: "\(self.folder)/tests/true", withIntermediateDirectories: true)
        try "summary: true\nexecute: \"true\"\n".write(
            toFile: "\(self.folder)/tests/true/task.yaml", atomically: true, encoding: .utf8)
    }

    func stop() { farm.stop() }

    func usage(_ program: URL) throws -> Usage {
        number += 1
        // It refuses a folder on the host that is not empty.
        try project(path: "/run/project-\(number)").write(toFile: "\(folder)/spread.yaml", atomically: true, encoding: .utf8)
        return try Usage.of(program, ["adhoc:"], in: folder)
    }

    private func project(path: String) -> String {
        let cases = farm.servers.map { "          h\($0.port)) ADDRESS \($0.address):\($0.port) ;;" }
        let systems = farm.servers.map { "      - h\($0.port): { username: root, password: bench }" }
        return """
            project: bench
            path: \(path)
            backends:
              adhoc:
                type: adhoc
                allocate: |
                    case $SPREAD_SYSTEM in
            \(cases.joined(separator: "\n"))
                    esac
                discard: "true"
                systems:
            \(systems.joined(separator: "\n"))
            suites:
              tests/:
                summary: bench

            """
    }
}
