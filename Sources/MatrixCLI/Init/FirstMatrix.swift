/// The files that `matrix init` writes.
struct FirstMatrix {
    var name: String
    var systems: [String]
    var platform: FirstPlatform

    /// The matrix file, from the project's folder.
    var path: String { "matrices/\(name).yml" }

    /// Both files, each with its path from the project's folder.
    var files: [(path: String, text: String)] {
        [
            ("matrices/platforms/\(platform.rawValue).yml", platform.settings(system: systems.first ?? "debian12")), (path, text),
        ]
    }

    /// Letters, digits and dashes of a text, in lower case.
    static func word(_ text: String) -> String {
        let kept = String(text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }).split(separator: "-").joined(separator: "-")
        return kept.isEmpty ? "matrix" : kept
    }

    private var text: String {
        """
        # Every system on every platform: hosts are created, provisioned, deployed to, verified and taken down again.
        #   matrix run \(path)
        version: 1
        name: \(name)
        use: [platforms/\(platform.rawValue).yml]

        axes:
          os: [\(systems.joined(separator: ", "))]
          platform: [\(platform.rawValue)]

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
}
