internal import MatrixCore

/// How a matrix uses Podman: what the platform's settings say, with their defaults.
struct PodmanSettings: Sendable, Hashable {
    /// When a registry is asked for a base image.
    enum Pull: String, Sendable, CaseIterable {
        /// Only where the image is not here.
        case missing
        /// Once in every run.
        case always
        /// Not at all: what is here, or bootstrapped.
        case never
    }

    /// The base image of a system, by its name in the catalogue.
    var images: [String: String] = [:]
    /// Packages of the base layer beside the built-in ones.
    var packages: [String] = []
    var pull: Pull = .missing
    /// The longest that a registry may take to say whether it has an image.
    var registryTimeout: Duration = .seconds(5)
    /// An existing network for all hosts; nil for one of its own for each cell.
    var network: String?
    var privileged = false
    /// The OCI runtime's name or path; nil to choose what works here.
    var runtime: String?

    init() {}

    /// Reads the settings, which the loader has validated against ``declaration``.
    init(_ options: Document) {
        for member in options["image"]?.members ?? [] { images[member.key] = member.value.text }
        packages = options["packages"]?.texts ?? []
        pull = options["pull"]?.text.flatMap(Pull.init(rawValue:)) ?? pull
        registryTimeout = options["registry_timeout"]?.duration ?? registryTimeout
        network = options["network"]?.text
        privileged = options["privileged"]?.bool ?? privileged
        runtime = options["runtime"]?.text
    }

    private static let keys: [KeyShape] = [
        KeyShape(
            "image", .map(.text),
            "Base image by system, in place of the catalogue's; a name without a registry's host must be here already"),
        KeyShape("packages", .oneOrMore(.text), "Packages of the image's base layer beside systemd, openssh-server, sudo and python3"),
        KeyShape(
            "pull", .choice(Pull.allCases.map(\.rawValue)),
            "When a registry is asked: missing (the default: where the image is not here), always (once in every run), never"),
        KeyShape("registry_timeout", .duration, "The longest that a registry may take to say whether it has an image; 5s where left out"),
        KeyShape("network", .text, "An existing Podman network for all hosts; left out: each cell gets one of its own"),
        KeyShape("privileged", .boolean, "Give the containers all capabilities and devices of this machine; false where left out"),
        KeyShape("runtime", .text, "OCI runtime, crun or runc, by name or path; left out: the one that works here"),
    ]

    /// The driver as the matrix file knows it.
    static let declaration = Declaration(
        kind: "podman", subject: .object(ObjectShape("a podman platform", keys)), keys: keys,
        summary: "Hosts are containers with systemd and sshd on this machine",
        example: """
            podman:
              driver: podman
              image: { rocky9: quay.example/mirror/rockylinux:9 }
              packages: [rsyslog]
              pull: missing
            """,
        programs: { _ in [.needed("podman"), .useful("mmdebstrap")] },
        examine: { examine($0["podman"] ?? $0) })

    private static func examine(_ options: Document) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for member in options["image"]?.members ?? [] where member.value.text?.contains(where: \.isWhitespace) ?? true {
            problems.append(
                Diagnostic(at: member.value.location, "the image of \(member.key) is not an image's name", hint: "write registry/repository:tag"))
        }
        if let limit = options["registry_timeout"], let duration = limit.duration, duration <= .zero {
            problems.append(Diagnostic(at: limit.location, "registry_timeout must be longer than nothing", hint: "write 5s, or pull: never"))
        }
        for package in options["packages"]?.oneOrMore ?? [] where package.text?.contains(where: { $0.isWhitespace || $0 == "'" }) ?? false {
            problems.append(
                Diagnostic(at: package.location, "'\(package.text ?? "")' is not a package's name", hint: "write each package as an item of its own"))
        }
        return problems
    }
}
