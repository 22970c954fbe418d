internal import FoundationEssentials
import Glibc
internal import MatrixCore
internal import SystemPackage

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
        let part = "\(local).part-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: part) }
        let nonce = ShellSession.newNonce()
        let words = ["sh", "-c", Self.send, "sh", remote, nonce]
        let (result, found, complaint) = try await receive(words, nonce: nonce, into: part)
        if let complaint { throw failure("writing \(local)", complaint) }
        // Tar's 1 is "a file changed while it was read": a log that is still written to.
        guard let found, result.succeeded || found.isFolder && result.exitStatus == 1 else {
            let next = found == nil ? "check that it exists there" : nil
            throw failure("copying \(remote) from \(endpoint.alias)", words, result, next: next)
        }
        if found.isFolder { try await unpack(part, into: local) } else { try place(part, at: local, mode: found.mode) }
    }

    /// What is copied, as the host describes it.
    private struct Description {
        var isFolder: Bool
        var mode: mode_t

        init?(_ line: String) {
            let words = line.split(separator: " ")
            guard words.count == 2, let mode = mode_t(words[1], radix: 8) else { return nil }
            (isFolder, self.mode) = (words[0] == "folder", mode)
        }
    }

    /// Writes what the host sends between its marks into a file; login scripts may print before and after.
    ///
    /// - Returns: with the status of the program that read it there, and why the file could not be written, if so.
    private func receive(_ words: [String], nonce: String, into part: String) async throws -> (CommandResult, Description?, String?) {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                FilePath(part), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
        } catch { return (CommandResult(exitStatus: 1), nil, "\(error)") }
        defer { try? file.close() }
        var head: [UInt8]? = []
        var found: Description?
        var complaint: String?
        var stream = MarkedStream(.standardOutput, nonce: nonce, limit: 0) { bytes in
            var bytes = bytes
            if let begun = head {
                let line = begun + bytes.prefix { $0 != 0x0a }
                guard let newline = bytes.firstIndex(ofByte: 0x0a) else {
                    head = line
                    return
                }
                (head, found) = (nil, Description(String(decoding: line, as: UTF8.self)))
                bytes = bytes[(newline + 1)...]
            }
            do { if complaint == nil, !bytes.isEmpty { try file.writeAll(bytes) } } catch { complaint = "\(error)" }
        }
        var result = try await transfer(words) { _ = stream.take($0) }
        if found != nil { result.exitStatus = stream.verdict.flatMap { Int32($0) } ?? max(1, result.exitStatus) }
        return (result, found, complaint)
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
    // One line without single quotes: so it can stand between them in any login shell.
    private static let send =
        asRoot + #"if $s test -d "$f"; then k=folder; else k=file; fi; n=$($s stat -L -c %a -- "$f") || exit 1; "#
        + #"printf "\036%s begin\n%s %s\n" "$2" "$k" "$n"; "#
        + #"if [ $k = folder ]; then $s tar -C "$f" -cf - .; else $s cat -- "$f"; fi; e=$?; printf "\036%s %s\n" "$2" "$e"; exit $e"#
}
