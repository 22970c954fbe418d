internal import MatrixCore

/// The options of a `kubernetes` step, every `${…}` resolved.
struct KubernetesOptions: Sendable {
    /// What is applied.
    enum Source: Sendable {
        /// Absolute paths, or addresses.
        case manifests([String])
        /// An absolute path.
        case kustomize(String)
        case helm(HelmRelease)
    }

    var source: Source
    var namespace: String
    var wait: Duration
    var isAbsent: Bool
    /// `auto`, `runner` or `node`.
    var seat: String

    init(_ step: StepPlan, scope: Scope) throws {
        let options = try scope.render(step.subject)
        namespace = options["namespace"]?.text ?? "default"
        wait = options["wait"]?.duration ?? .seconds(300)
        isAbsent = options["state"]?.text == "absent"
        seat = options["kubectl"]?.text ?? "auto"
        if let manifests = options["manifests"] {
            source = .manifests(manifests.oneOrMore.compactMap(Self.place))
        } else if let folder = options["kustomize"].flatMap(Paths.absolute) {
            source = .kustomize(folder)
        } else if let chart = options["helm"] {
            source = .helm(HelmRelease(chart, step: step.name))
        } else {
            throw UsageError([
                Diagnostic(at: options.location, "`kubernetes` names nothing to apply", hint: "name one of manifests, kustomize, helm")
            ])
        }
    }

    /// A path, made absolute; an address, unchanged.
    static func place(_ option: Document) -> String? {
        option.text.flatMap { $0.contains("://") ? $0 : Paths.absolute(option) }
    }
}
