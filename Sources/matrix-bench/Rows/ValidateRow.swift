import Foundation

/// How long a matrix file of many cells takes to read, expand and check.
struct ValidateRow: Row {
    let name = "validate"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let cells = scale.of(10_000)
        let file = "\(folder)/large.yml"
        try MatrixText.file(cells: cells).write(toFile: file, atomically: true, encoding: .utf8)
        let times = try (0..<5).map { _ in try Program.matrix.seconds(["validate", file]) }.sorted()
        return [
            Measurement(
                row: name, what: "matrix validate of \(cells) cells, median of 5", value: times[2], unit: "s", limit: scale.limit(1),
                note: "3 axes, 3 steps, 4 checks")
        ]
    }
}

/// A matrix file of any size.
enum MatrixText {
    /// - Parameter cells: only a multiple of 1000 is exact.
    static func file(cells: Int) -> String {
        let second = (0..<max(1, cells / 100)).map { "v\($0)" }.joined(separator: ", ")
        let first = (0..<100).map { "w\($0)" }.joined(separator: ", ")
        return """
            version: 1
            name: large
            axes:
              os: [debian12]
              platform: [podman]
              first: [\(first)]
              second: [\(second)]
            vars: { domain: lab.example }
            provision: { user: tester, domain: "${vars.domain}", packages: [curl] }
            deploy:
              - { name: one, shell: "echo ${axis.first}" }
              - { name: two, shell: "echo ${axis.second} on ${cell}" }
              - { name: three, shell: "true", when: { first: "w1*" } }
            verify:
              - service: ssh
              - file: /etc/passwd
              - { port: 22, within: 30s }
              - { command: "hostname", stdout: { contains: "${cell}" } }
            """
    }
}
