internal import MatrixCore

/// The settings of a podman platform, with their defaults.
struct PodmanSettings: Sendable, Hashable {
    /// When a registry is asked for a base image.
    enum Pull: String, Sendable, CaseIterable {
        /// Only if the image is not in the local storage.
        case missing
        /// Once in every run.
        case always
        /// Never: only local and bootstrapped images.
        case never
    }

    /// The base image of a system, by its name in the catalogue.
    var images: [String: String] = [:]
    /// Packages of the base layer in addition to the built-in ones.
    var packages: [String] = []
    var pull: Pull = .missing
    /// How long a registry may take to say whether it has an image.
    var registryTimeout: Duration = .seconds(5)
    /// An existing network for all hosts; nil for one network per cell.
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
            "Base image by system, instead of the catalogue's. An image whose name has no registry must be in the local storage"),
        KeyShape(
            "packages", .oneOrMore(.text), "More packages for the image's base layer, besides systemd, openssh-server, sudo and python3"),
        KeyShape(
            "pull", .choice(Pull.allCases.map(\.rawValue)),
            "When to ask a registry: missing (if the image is not stored locally), always (once in every run) or never. "
                + "Default: `missing`"),
        KeyShape("registry_timeout", .duration, "How long a registry may take to say whether it has an image. Default: `5s`"),
        KeyShape("network", .text, "An existing Podman network for all hosts. Default: one network per cell"),
        KeyShape("privileged", .boolean, "Give the containers all capabilities and devices of this machine. Default: `false`"),
        KeyShape("runtime", .text, "OCI runtime, crun or runc, by name or path. Default: the one that works on this machine"),
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
        promises: { _ in
            Promises(except: [
                .price: .withheld("containers cost nothing"),
                .size: .withheld("only if this machine's cgroups can limit it; a disk has no size"),
            ])
        },
        examine: { examine($0["podman"] ?? $0) })

    private static func examine(_ options: Document) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for member in options["image"]?.members ?? [] where member.value.text?.contains(where: \.isWhitespace) ?? true {
            problems.append(
                Diagnostic(
                    at: member.value.location, "'\(member.value.text ?? "")' is not a valid image name for \(member.key)",
                    hint: "write registry/repository:tag"))
        }
        if let limit = options["registry_timeout"], let duration = limit.duration, duration <= .zero {
            problems.append(Diagnostic(at: limit.location, "registry_timeout must be above 0s", hint: "write 5s, or pull: never"))
        }
        for package in options["packages"]?.oneOrMore ?? [] where package.text?.contains(where: { $0.isWhitespace || $0 == "'" }) ?? false {
            problems.append(
                Diagnostic(
                    at: package.location, "'\(package.text ?? "")' is not a valid package name", hint: "write one package per list item"))
        }
        return problems
    }
}
