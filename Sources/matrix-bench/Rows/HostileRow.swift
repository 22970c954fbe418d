import Foundation

/// How long `matrix validate` takes for files that want to take long: each of up to 1 MiB, at the limits or beyond them.
struct HostileRow: Row {
    let name = "hostile"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        var slowest: (seconds: Double, what: String) = (0, "")
        for (what, text) in HostileText.all(scale) {
            let file = "\(folder)/\(what).yml"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let seconds = try Program.matrix.seconds(["validate", file], accepting: [0, 2])
            if seconds > slowest.seconds { slowest = (seconds, what) }
        }
        return [
            Measurement(
                row: name, what: "matrix validate of \(HostileText.all(scale).count) hostile files: the slowest", value: slowest.seconds,
                unit: "s", limit: scale.limit(2), note: slowest.what),
            Measurement(
                row: name, what: "hostile files: peak memory", value: Counted.children.peakMegabytes, unit: "MB", limit: scale.limit(300)),
        ]
    }
}

/// Matrix files that multiply, or that are as large as a file may be.
enum HostileText {
    static func all(_ scale: Scale) -> [(what: String, text: String)] {
        var texts: [(what: String, text: String)] = []
        addFiles(scale) { texts.append(($0, file($1))) }
        addCells(scale) { texts.append(($0, file($1, axes: $2))) }
        return texts
    }

    /// Files that are large or grow by themselves.
    private static func addFiles(_ scale: Scale, _ add: (String, String) -> Void) {
        let many = scale.of(30_000)
        add("values", "vars: { x: [\(String(repeating: "x,", count: scale.of(190_000)))x] }")
        add("unknown keys", lines(many) { "unknown\($0): 1" })
        add("repeated keys", "vars:\n" + lines(many) { "  x\($0 % 7): \($0)" })
        add("nested", "vars:\n" + lines(scale.of(1800)) { "  x\($0): \(nested(80))" })
        add("aliases", "vars:\n  a0: &a0 [x,x,x]\n" + lines(30) { "  a\($0 + 1): &a\($0 + 1) [*a\($0), *a\($0), *a\($0)]" })
        add("chain", "vars:\n  v0: x\n" + lines(many) { "  v\($0 + 1): \"${vars.v\($0)}xxxx\"" })
        add("backward chain", "vars:\n" + lines(many) { "  v\($0): \"${vars.v\($0 + 1)}\"" })
        add("variables", "vars:\n  v0: xxxxxxxx\n" + lines(40) { "  v\($0 + 1): \"\(String(repeating: "${vars.v\($0)}", count: 9))\"" })
        add("references", "deploy: [{ shell: \"\(String(repeating: "${cell} ${nope} ", count: scale.of(60_000)))\" }]")
        add("steps", "deploy:\n" + lines(many) { "  - { shell: \"echo \($0)\" }" })
        add("secrets", "secrets:\n" + lines(scale.of(15_000)) { "  s\($0): { vault: { file: v, key: k, password: s\($0 + 1) } }" })
        add("names", "deploy: [{ shell: \"echo \(String(repeating: "1.", count: scale.of(400_000)))\" }]")
        add("large", "vars: { x: \"\(String(repeating: "x", count: scale.of(3_000_000)))\" }")
    }

    /// Files whose cells multiply what they hold.
    private static func addCells(_ scale: Scale, _ add: (String, String, String) -> Void) {
        let axes = "\(axis("a", 100)), \(axis("b", scale.of(190)))"
        let pair = { (count: Int, values: Int) in (0..<count).map { axis("a\($0)", values) }.joined(separator: ", ") }
        add("cells", "deploy:\n" + lines(12) { "  - { shell: \"echo ${axis.a} \($0)\" }" }, axes)
        add("steps of cells", "deploy:\n" + lines(scale.of(8000)) { "  - { shell: \"echo ${cell} \($0)\" }" }, axes)
        add("checks of cells", "verify:\n" + lines(scale.of(20_000)) { "  - { port: \($0 + 1) }" }, axes)
        add("overrides", "cells:\n" + lines(scale.of(12_000)) { "  - { where: { a: \"v*\" }, vars: { x: \($0) } }" }, axes)
        add("included", "include:\n" + lines(scale.of(19_000)) { "  - { os: debian12, platform: podman, a: w\($0) }" }, axis("a", 2))
        add("excluded", "exclude:\n" + lines(scale.of(30_000)) { "  - { a: \"v\($0 % 100)?*\", b: v\($0 % scale.of(190)) }" }, axes)
        add("sample", "sample: pairwise", pair(6, scale.of(60)))
        add("large sample", "sample: pairwise", pair(2, scale.of(140)))
        add("sample without", "sample: pairwise\nexclude:\n\(exclusions(scale.of(400)))", pair(28, 2))
    }

    private static func file(_ more: String, axes: String = "") -> String {
        let verify = more.hasPrefix("verify:") ? "" : "verify: [{ service: ssh }]\n"
        return "version: 1\naxes: { os: [debian12], platform: [podman]\(axes.isEmpty ? "" : ", \(axes)") }\n\(verify)\(more)\n"
    }

    private static func axis(_ name: String, _ count: Int) -> String {
        "\(name): [\((0..<count).map { "v\($0)" }.joined(separator: ","))]"
    }

    private static func lines(_ count: Int, _ line: (Int) -> String) -> String { (0..<count).map { line($0) + "\n" }.joined() }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + "x" + String(repeating: "]", count: depth)
    }

    /// Three values each, spread so that a point which avoids all of them is hard to find.
    private static func exclusions(_ count: Int) -> String {
        lines(count) { number in
            let chosen = [number * 7 % 28, (number * 11 + 1) % 28, (number * 13 + 2) % 28]
            let pairs = Set(chosen).sorted().enumerated().map { "a\($1): v\((number >> $0) & 1)" }
            return "  - { \(pairs.joined(separator: ", ")) }"
        }
    }
}
