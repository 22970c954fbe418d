internal import MatrixCore

/// Collects what a step applies, as one text of YAML documents.
struct Manifests: Sendable {
    let kubectl: Kubectl
    let runner: any Transport

    /// - Throws: `InfrastructureError` if something cannot be read.
    func text(of source: KubernetesOptions.Source) async throws -> String {
        switch source {
        case .kustomize(let folder): return try await kustomized(folder)
        case .helm: return ""
        case .manifests(let places):
            var texts: [String] = []
            for place in places { texts += place.contains("://") ? [try await fetched(place)] : try read(place) }
            return texts.joined(separator: "\n---\n")
        }
    }

    /// The output of a kustomization, built where kubectl runs: if that is a node, its folder is packed and sent there.
    private func kustomized(_ folder: String) async throws -> String {
        if kubectl.isHere {
            return try await output(of: kubectl.command(["kustomize", folder]), "kustomization \(folder)", on: kubectl.transport)
        }
        let archive = try await runner.require(
            Command(["tar", "-C", folder, "-cf", "-", "."], outputLimit: 64 << 20, timeout: .seconds(60)), "packing \(folder)")
        let script = """
            folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && tar -xf - -C "$folder" && /usr/local/bin/k3s kubectl kustomize "$folder"
            """
        let command = Command(
            ["sh", "-c", script], input: archive.standardOutput, user: "root", outputLimit: 16 << 20, timeout: .seconds(120))
        return try await output(of: command, "kustomization \(folder)", on: kubectl.transport)
    }

    private func fetched(_ address: String) async throws -> String {
        let command = kubectl.command(["create", "--dry-run=client", "-f", address, "-o", "yaml"])
        return try await output(of: command, "manifest \(address)", on: kubectl.transport)
    }

    private func output(of command: Command, _ what: String, on transport: any Transport) async throws -> String {
        let result = try await transport.run(command)
        guard result.succeeded else {
            let failure = kubectl.failure(command, result)
            throw InfrastructureError(
                "\(what) cannot be used", why: failure.lastLine, type: .kubernetesManifests, isTransient: false, command: failure)
        }
        return String(decoding: result.standardOutput, as: UTF8.self)
    }

    private func read(_ path: String) throws -> [String] {
        let isManifest: (String) -> Bool = { name in [".yml", ".yaml", ".json"].contains { name.hasSuffix($0) } }
        let files = FileSystem.isFolder(path) ? FileSystem.names(in: path).filter(isManifest).map { "\(path)/\($0)" } : [path]
        guard !files.isEmpty else {
            throw InfrastructureError(
                "\(path) has no manifests", why: "none of its files ends in .yml, .yaml or .json", next: "name another folder, or a file",
                type: .kubernetesManifests,
                isTransient: false)
        }
        return try files.map { file in
            guard let text = FileSystem.text(of: file) else {
                throw InfrastructureError(
                    "manifest \(file) cannot be used", why: "it cannot be read", type: .kubernetesManifests, isTransient: false)
            }
            return text
        }
    }
}
