import Foundation
import Testing

/// A tarball in the form of a release, with a script instead of the program.
struct FakeRelease {
    let project: Project
    /// The folder that `--prefix` names.
    let prefix: String
    private let name = "solti-matrix-0.0.1-any"

    /// Packs the release and writes the checksum beside it.
    ///
    /// - Parameter program: what the program does.
    init(program: String = "#!/bin/sh\necho '0.0.1 (a fake)'\n") throws {
        project = try Project()
        prefix = project.url.appendingPathComponent("opt with blanks").path
        try project.write(program, to: "\(name)/lib/matrix/matrix")
        try project.write("{{name}}", to: "\(name)/lib/matrix/matrix_MatrixReports.resources/Resources/page.mustache")
        try project.write("# zsh", to: "\(name)/share/zsh/site-functions/_matrix")
        try project.write(".Nm matrix", to: "\(name)/share/man/man1/matrix.1")
        let unpacked = project.url.appendingPathComponent(name).path
        try #require(try Shell.run("chmod", "755", "\(unpacked)/lib/matrix/matrix").status == 0)
        try #require(try Shell.run("cp", Self.script, unpacked).status == 0)
        try #require(try Shell.run("tar", "-czf", tarball, "-C", project.url.path, name).status == 0)
        try writeSum(of: name + ".tar.gz", as: name + ".tar.gz")
    }

    var tarball: String { project.url.appendingPathComponent(name + ".tar.gz").path }
    /// The `install.sh` in the release.
    var ownScript: String { project.url.appendingPathComponent("\(name)/install.sh").path }
    private static let script = Project.repository.appendingPathComponent("install.sh").path

    /// Writes SHA256SUMS with the sum of one file under the name of another.
    func writeSum(of file: String, as name: String) throws {
        let sum = try Shell.run("sha256sum", project.url.appendingPathComponent(file).path).output.prefix(64)
        try project.write("\(sum)  \(name)\n", to: "SHA256SUMS")
    }

    /// Runs the repository's `install.sh` on a machine without Swift; the output holds the messages too.
    func install(_ arguments: String...) throws -> (status: Int32, output: String) { try run(Self.script, arguments) }

    /// The same with another copy of the script.
    func run(_ script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        try Shell.run(["env", "PATH=/usr/bin:/bin", "sh", "-c", "exec sh \"$@\" 2>&1", "sh", script, "--prefix", prefix] + arguments)
    }

    var installed: [String] {
        Project.files(below: URL(fileURLWithPath: prefix)).map { String($0.path.dropFirst(prefix.count + 1)) }.sorted()
    }
}
