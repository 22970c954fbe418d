internal import FoundationEssentials
import Glibc
internal import MatrixCore

extension SSHTransport {
    /// Copies a file to the host with its mode, into the folder if `remote` is one. It appears there complete or not at all.
    func upload(_ local: String, to remote: String) async throws {
        var status = stat()
        guard stat(local, &status) == 0, access(local, R_OK) == 0 else {
            throw failure("copying \(local) to \(endpoint.alias)", "\(local) cannot be read")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure("copying \(local) to \(endpoint.alias)", "\(local) is not a file", next: "pack the folder first")
        }
        let name = local.split(separator: "/").last.map(String.init) ?? "file"
        let words = ["sh", "-c", Self.receive, "sh", remote, name, "\(status.st_size)", String(status.st_mode & 0o777, radix: 8)]
        let result = try await transfer(words, input: .file(local))
        guard result.succeeded else {
            throw failure(
                "copying \(local) to \(remote) on \(endpoint.alias)", words, result,
                next: "the folder must exist and be writable by \(endpoint.user)")
        }
    }

    /// Copies a file or a folder from the host; as root if the account may use sudo, as few logs are readable by everybody.
    ///
    /// - Parameter local: the path of the copy itself; a folder's is made, its parent must exist.
    func download(_ remote: String, to local: String) async throws {
        let probe = ["sh", "-c", Self.describe, "sh", remote]
        let found = try await run(Command(probe))
        guard let kind = found.output.split(separator: " ").first,
            let mode = found.output.split(separator: " ").last.flatMap({ mode_t($0, radix: 8) })
        else {
            throw failure("copying \(remote) from \(endpoint.alias)", probe, found, next: "check that it exists there")
        }
        let part = "\(local).part-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: part) }
        let words = ["sh", "-c", kind == "folder" ? Self.sendFolder : Self.sendFile, "sh", remote]
        // Between the marks of a session: what login files print is no part of the copy.
        let result = try await run(Command(words, outputLimit: .max, outputFile: part))
        // Tar's 1 is "a file changed while it was read": a log that is still written to.
        guard result.succeeded || kind == "folder" && result.exitStatus == 1 else {
            throw failure("copying \(remote) from \(endpoint.alias)", words, result, next: nil)
        }
        if kind == "folder" { try await unpack(part, into: local) } else { try place(part, at: local, mode: mode) }
    }

    private func unpack(_ archive: String, into folder: String) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await LocalTransport().require(
            Command(["tar", "-xf", archive, "-C", folder, "--no-same-owner", "--no-same-permissions", "--delay-directory-restore"]),
            "unpacking \(folder)")
    }

    private func place(_ part: String, at local: String, mode: mode_t) throws {
        guard chmod(part, mode & 0o777 | 0o600) == 0, rename(part, local) == 0 else {
            throw failure("writing \(local)", String(cString: strerror(errno)))
        }
    }

    private func failure(_ what: String, _ why: String, next: String? = nil) -> InfrastructureError {
        InfrastructureError(what, why: why, next: next, type: .sshCopy, isTransient: false)
    }

    private func failure(_ what: String, _ words: [String], _ result: CommandResult, next: String?) -> InfrastructureError {
        let record = self.failure(of: Command(words), result)
        return InfrastructureError(what, why: record.lastLine, next: next, type: .sshCopy, isTransient: false, command: record)
    }

    /// A broken connection looks like the end of the file: only the size shows the difference.
    private static let receive = #"""
        t=$1; [ -d "$t" ] && t="${t%/}/$2"; p="$t.part-$$"
        (umask 077; exec cat >"$p") || { rm -f -- "$p"; exit 1; }
        [ "$(wc -c <"$p")" -eq "$3" ] || { rm -f -- "$p"; echo "the copy is incomplete" >&2; exit 1; }
        chmod "$4" "$p" && mv -f -- "$p" "$t" || { rm -f -- "$p"; exit 1; }
        """#

    private static let asRoot =
        #"s=; [ "$(id -u)" -eq 0 ] || { sudo -n true 2>/dev/null && s="sudo -n"; }; case $1 in /*) f=$1;; *) f=$PWD/$1;; esac; "#
    private static let describe =
        asRoot + #"if $s test -d "$f"; then k=folder; else k=file; fi; m=$($s stat -L -c %a -- "$f") || exit 1; echo "$k $m""#
    private static let sendFile = asRoot + #"exec $s cat -- "$f""#
    private static let sendFolder = asRoot + #"exec $s tar -C "$f" -cf - ."#
}
