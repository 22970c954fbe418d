import MatrixFile

/// The files that `matrix init` writes.
struct FirstMatrix {
    var name: String
    var systems: [String]
    var platform: FirstPlatform
    /// The platform of a cluster's nodes. Default: podman.
    var nodes: FirstPlatform = .podman

    /// The path of the matrix file from the project's folder.
    var path: String { "matrices/\(name).yml" }

    /// All files, each with its path from the project's folder.
    var files: [(path: String, text: String)] {
        let lender = platform == .k3s ? nodes : platform
        let line = Schemas.modeline("../schemas/\(SchemaKind.platforms.fileName)")
        let settings = [(path: Self.settings(of: lender), text: line + lender.settings(system: systems.first ?? "debian12"))]
        guard platform == .k3s else { return settings + [(path, text(use: [lender], body: Self.body))] }
        let cluster = FirstCluster(nodes: nodes, name: name)
        return settings + [
            (Self.settings(of: .k3s), line + cluster.settings), ("matrices/\(cluster.manifest)", cluster.application),
            (path, text(use: [lender, .k3s], body: cluster.body)),
        ]
    }

    /// What the user must do before a run; nil for nothing.
    var preparation: String? { platform == .k3s ? nodes.preparation : platform.preparation }

    /// Letters, digits and dashes of a text, in lower case.
    static func word(_ text: String) -> String {
        let kept = String(text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }).split(separator: "-").joined(
            separator: "-")
        return kept.isEmpty ? "matrix" : kept
    }

    private static func settings(of platform: FirstPlatform) -> String { "matrices/platforms/\(platform.rawValue).yml" }

    private func text(use: [FirstPlatform], body: String) -> String {
        Schemas.modeline("schemas/\(SchemaKind.matrix.fileName)") + """
            # Every system on every platform: hosts are created, provisioned, deployed to, verified and destroyed.
            #   matrix run \(path)
            version: 1
            name: \(name)
            use: [\(use.map { "platforms/\($0.rawValue).yml" }.joined(separator: ", "))]

            axes:
              os: [\(systems.joined(separator: ", "))]
              platform: [\(platform.rawValue)]

            \(body)
            """
    }

    private static let body = """
        provision:
          packages: [curl]
          update_cache: true

        deploy:
          - name: greeting
            shell: echo "hello from ${cell}" > /etc/greeting

        verify:
          - package: curl
          - file: /etc/greeting
            contains: ${cell}

        """
}
