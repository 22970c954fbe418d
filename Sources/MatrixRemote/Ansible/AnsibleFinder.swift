internal import Foundation
public import MatrixCore

/// Finds the folder with the Ansible programs that `matrix` runs.
///
/// In this order: the one that the matrix file names; a virtual environment in the `PATH`, which somebody activated; the newer one of
/// that in our own folder and that of the `PATH`, ours if they are equal.
public struct AnsibleFinder: Sendable {
    private static let program = "ansible-playbook"
    private let runner: any Transport
    private let environment: [String: String]
    private let shared: String

    /// - Parameters:
    ///   - environment: `PATH`, and `XDG_DATA_HOME` or `HOME` for our own folder.
    ///   - shared: the folder for all accounts, as root and images have it.
    public init(runner: any Transport, environment: [String: String], shared: String = "/opt/solti-matrix/ansible") {
        self.runner = runner
        self.environment = environment
        self.shared = shared
    }

    /// The virtual environment for this account: `fixtures/setup.sh` makes it, and so do the commands that our messages show.
    public var ownPlace: String {
        let data = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(environment["HOME"] ?? "~")/.local/share"
        return "\(data)/solti-matrix/ansible"
    }

    /// The folder of the programs; nil if that is a folder of the `PATH`, or if there is no Ansible.
    ///
    /// - Parameters:
    ///   - named: what the matrix file names.
    ///   - compares: whether the version matters; without it our own folder comes before the `PATH`.
    /// - Throws: `UsageError` if there is no Ansible where the file says.
    public func folder(named: NamedAnsible?, compares: Bool) async throws -> String? {
        if let named { return try Self.folder(named) }
        let own = [ownPlace, shared].map { "\($0)/bin" }.first(where: Self.hasAnsible)
        guard let own, let other = SearchPath.file(of: Self.program, in: environment["PATH"] ?? "") else { return own }
        let folder = String(other.dropLast(Self.program.count + 1))
        if FileManager.default.fileExists(atPath: "\(folder)/../pyvenv.cfg") { return nil }
        guard compares else { return own }
        async let ours = version(in: own)
        async let theirs = version(in: folder)
        guard let ours = await ours else { return nil }
        guard let theirs = await theirs else { return own }
        return VersionRange.compare(theirs, ours) > 0 ? nil : own
    }

    private static func folder(_ named: NamedAnsible) throws -> String {
        if let folder = ["\(named.path)/bin", named.path].first(where: hasAnsible) { return folder }
        let making = installation(["ansible-core"], in: named.path)
        throw UsageError([
            Diagnostic(
                at: named.location, "there is no \(program) in \(named.path) or in \(named.path)/bin",
                hint: "name a virtual environment with ansible-core, or make it: \(making)")
        ])
    }

    private static func hasAnsible(_ folder: String) -> Bool { FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)") }

    private func version(in folder: String) async -> String? {
        let result = try? await runner.run(
            Command(["\(folder)/\(Self.program)", "--version"], environment: ["LC_ALL": "C.UTF-8"], timeout: .seconds(60)))
        return result.flatMap { AnsibleReport($0.output)?.version }
    }

    /// The command that makes a virtual environment with these packages, or adds them to it.
    public static func installation(_ packages: [String], in place: String) -> String {
        let place = ShellQuoting.quote(place)
        return "python3 -m venv \(place) && \(place)/bin/pip install \(ShellQuoting.join(packages))"
    }
}
