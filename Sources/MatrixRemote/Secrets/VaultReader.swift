internal import FoundationEssentials
internal import MatrixCore
internal import MatrixYAML

/// Reads single values out of Ansible vault files, with Ansible's own program.
struct VaultReader {
    private static let limit = Duration.seconds(60)

    let runner: any Transport

    /// The text at a dotted key of a vault file.
    ///
    /// The password goes over standard input: no file, no process list shows it.
    func value(of key: String, in file: String, password: String) async throws -> String {
        try examine(file)
        let command = Command(
            ["ansible-vault", "view", "--vault-password-file", "/dev/stdin", file],
            environment: ["ANSIBLE_NOCOLOR": "1", "ANSIBLE_PAGER": "cat"],
            input: Array("\(password)\n".utf8), outputLimit: 16 << 20, timeout: Self.limit)
        let result: CommandResult
        do {
            result = try await runner.run(command)
        } catch let error as InfrastructureError {
            throw SecretResolver.Problem(
                "is in the vault \(file), which could not be opened: \(error.why)", error.next ?? "run ansible-vault view \(file)")
        }
        guard result.succeeded else {
            let why =
                result.errorOutput.contains("Decryption failed")
                ? "the password is wrong" : "ansible-vault failed with exit status \(result.exitStatus)"
            throw SecretResolver.Problem("is in the vault \(file), which could not be opened: \(why)", "run ansible-vault view \(file)")
        }
        return try text(at: key, in: result.standardOutput, of: file)
    }

    private func examine(_ file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SecretResolver.Problem("is in the vault \(file), which cannot be read", "create it or correct the path")
        }
        guard data.starts(with: Array("$ANSIBLE_VAULT;".utf8)) else {
            throw SecretResolver.Problem("is in \(file), which is not a vault file", "encrypt it as a whole with ansible-vault encrypt")
        }
    }

    private func text(at key: String, in yaml: [UInt8], of file: String) throws -> String {
        guard var value = YAMLReader(acceptsTags: true).document(in: String(decoding: yaml, as: UTF8.self)).document else {
            throw SecretResolver.Problem("is in the vault \(file), whose content is not YAML", "see it with ansible-vault view \(file)")
        }
        if let text = value[key]?.text { return text }
        for part in key.split(separator: ".").map(String.init) {
            let element = Int(part).flatMap { value.elements.indices.contains($0) ? value.elements[$0] : nil }
            guard let next = value[part] ?? element else {
                throw SecretResolver.Problem(
                    "is not in the vault \(file): it has no key '\(key)'", "see it with ansible-vault view \(file)")
            }
            value = next
        }
        guard let text = value.text else {
            throw SecretResolver.Problem("is not a text: '\(key)' in the vault \(file) is a list or a map", "name a key below it")
        }
        return text
    }
}
