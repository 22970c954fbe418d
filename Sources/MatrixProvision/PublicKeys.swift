internal import FoundationEssentials
internal import MatrixCore
internal import MatrixRemote

/// The public keys that may log in to a provisioned host.
enum PublicKeys {
    /// The run's own key and those of the matrix file, each once: `ssh-ed25519 AAAA… comment`.
    static func all(for endpoint: Endpoint, _ plan: ProvisionPlan) async throws -> [String] {
        var keys = [try await ownKey(of: endpoint)]
        for file in plan.keyFiles { keys += try self.keys(in: file) }
        var seen: Set<String> = []
        return keys.filter { seen.insert(identity(of: $0)).inserted }
    }

    /// Type and key without options and comment: what makes two lines the same key.
    static func identity(of line: String) -> String {
        let words = line.split(separator: " ")
        guard let start = words.firstIndex(where: { isKeyType($0) }) else { return line }
        return words[start...].prefix(2).joined(separator: " ")
    }

    private static func ownKey(of endpoint: Endpoint) async throws -> String {
        if let data = FileManager.default.contents(atPath: "\(endpoint.keyFile).pub"), let key = lines(of: data).first { return key }
        // A pool's private key may have no .pub file next to it.
        let command = Command(["ssh-keygen", "-y", "-P", "", "-f", endpoint.keyFile], timeout: .seconds(60))
        let result = try await LocalTransport().require(
            command, "reading the public key of \(endpoint.keyFile)", next: "put it into \(endpoint.keyFile).pub")
        return result.output
    }

    private static func keys(in file: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw InfrastructureError(
                "reading the public keys in \(file)", why: "it cannot be read", next: "correct provision.ssh_keys", type: .provisionKeys,
                isTransient: false)
        }
        let keys = lines(of: data)
        // A private key that was named by mistake must not reach any host.
        guard !keys.isEmpty, keys.allSatisfy({ line in line.split(separator: " ").contains { isKeyType($0) } }) else {
            throw InfrastructureError(
                "reading the public keys in \(file)", why: "it holds other text than public keys",
                next: "name the .pub file in provision.ssh_keys",
                type: .provisionKeys, isTransient: false)
        }
        return keys
    }

    private static func lines(of data: Data) -> [String] {
        String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            String(line.drop { $0 == " " || $0 == "\t" })
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private static func isKeyType(_ word: Substring) -> Bool {
        ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].contains { word.hasPrefix($0) }
    }
}
