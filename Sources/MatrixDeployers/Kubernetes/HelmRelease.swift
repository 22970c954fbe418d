internal import MatrixCore

/// A Helm chart as a step names it, and the command lines for it.
struct HelmRelease: Sendable {
    var name: String
    var chart: String
    var repository: String?
    var version: String?
    var values: [String]

    /// - Parameter step: the step's name, for a release without one.
    init(_ options: Document, step: String) {
        let letters = step.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let trimmed = letters.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed()
        name = options["release"]?.text ?? String(trimmed.prefix(53))
        repository = options["repo"]?.text
        version = options["version"]?.text
        values = (options["values"]?.oneOrMore ?? []).compactMap(KubernetesOptions.place)
        let text = options["chart"]?.text ?? ""
        // A path must look like one or exist beside the file: a chart's name in a repository has a slash, too.
        let path = options["chart"].flatMap(Paths.absolute) ?? text
        chart =
            repository == nil && !text.contains("://") && (text.hasPrefix(".") || text.hasPrefix("/") || FileSystem.exists(path))
            ? path : text
    }

    func install(in namespace: String, wait: Duration) -> [String] {
        var words = ["helm", "upgrade", "--install", name, chart, "--namespace", namespace, "--create-namespace"]
        if let repository { words += ["--repo", repository] }
        if let version { words += ["--version", version] }
        words += values.flatMap { ["--values", $0] }
        return words + Self.waiting(wait)
    }

    func uninstall(from namespace: String, wait: Duration) -> [String] {
        ["helm", "uninstall", name, "--namespace", namespace] + Self.waiting(wait)
    }

    private static func waiting(_ limit: Duration) -> [String] {
        limit > .zero ? ["--wait", "--timeout", "\(Int(nearest: limit.inSeconds.rounded(.up)))s"] : []
    }
}
