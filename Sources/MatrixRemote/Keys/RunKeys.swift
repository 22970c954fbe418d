internal import FoundationEssentials
import Glibc
public import MatrixCore

/// Makes the key pair of a run.
public enum RunKeys {
    /// Makes an ed25519 pair with mode 0600 in a folder with mode 0700; an existing pair is used again.
    ///
    /// - Parameter directory: the run's folder, absolute.
    /// - Throws: `InfrastructureError` if the folder cannot be written or ssh-keygen is missing.
    public static func make(for run: RunID, in directory: String, using runner: any Transport) async throws -> RunAccess {
        try await make(comment: "solti-matrix-run-\(run)", in: directory, using: runner)
    }

    static func make(comment: String, in directory: String, using runner: any Transport) async throws -> RunAccess {
        try prepare(directory)
        let access = RunAccess(directory: directory, publicKey: "")
        if publicKey(beside: access.keyFile) == nil || !FileManager.default.fileExists(atPath: access.keyFile) {
            unlink(access.keyFile)
            let words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", access.keyFile]
            let command = Command(words, timeout: .seconds(60))
            do {
                try await runner.require(command, "making the run's key pair", next: "make the state folder writable")
            } catch let error as InfrastructureError {
                throw AccountEntry.explained(error)
            }
        }
        chmod(access.keyFile, 0o600)
        guard let key = publicKey(beside: access.keyFile) else {
            throw InfrastructureError("making the run's key pair", why: "\(access.keyFile).pub was not written", isTransient: false)
        }
        return RunAccess(directory: directory, publicKey: key)
    }

    private static func prepare(_ directory: String) throws {
        // OpenSSH puts the variable's value into the path of every key and known_hosts file, and has no way to write the text itself.
        if let variable = directory.firstMatch(of: /\$\{[^}]*\}/) {
            throw UsageError(
                "OpenSSH cannot use keys in \(directory): it replaces \(variable.output) in a path by the variable of that name",
                hint: "name another folder for the state: --state /var/lib/matrix")
        }
        guard HostGrammar.isLine(directory) else {
            throw UsageError(
                "OpenSSH cannot use keys in \(PlainText.visible(directory).replacing("\n", with: "\\n")): "
                    + "a line break or another control character in a path ends a line of its files",
                hint: "name another folder for the state: --state /var/lib/matrix")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw InfrastructureError(
                "making the run's folder \(directory)", why: "it cannot be made", next: "make the state folder writable", isTransient: false
            )
        }
        chmod(directory, 0o700)
    }

    private static func publicKey(beside keyFile: String) -> String? {
        guard let data = FileManager.default.contents(atPath: "\(keyFile).pub") else { return nil }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
