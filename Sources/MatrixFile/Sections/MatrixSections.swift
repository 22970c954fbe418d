import MatrixCore

/// The whole top level of a matrix file, from which validation and the JSON Schema are made.
enum MatrixSections {
    static let object = ObjectShape(
        "the matrix file",
        [
            KeyShape("version", .choice(["1"]), "The version of the format: 1", required: true),
            KeyShape("name", .text, "The matrix's name in reports. Default: the file's name"),
            KeyShape("use", .oneOrMore(.text), "Files with platforms and systems, relative to this file; later ones override earlier ones"),
            AxesSection.key, AxesSection.exclude, AxesSection.include, AxesSection.sample,
            HostsSection.key, InventorySection.groups, InventorySection.key, CellsSection.key, LimitsSection.key, PhaseSections.timeouts,
            PhaseSections.retries,
            RunSections.budget, RunSections.expires, RunSections.unavailable, RunSections.keep, RunSections.reports,
            RunSections.ssh, RunSections.environment, RunSections.evidence,
            AfterSection.key, RequiresSection.key, RequiresSection.named, SecretsSection.key, NamedPaths.key,
            vars, ProvisionSection.key, deploy, verify, finally,
            PlatformsSection.key, SystemsSection.key,
        ])

    /// The sections of a file that `use:` names.
    static let used = ObjectShape(
        "a file of platforms",
        object.keys.filter { ["platforms", "os", "vars", "paths", "secrets", "limits"].contains($0.name) })

    /// The sections that a cell can override.
    static let ofCell = [
        "hosts", "groups", "inventory", "vars", "timeouts", "retries", "provision", "deploy", "verify", "finally",
    ]

    /// The sections of the file in which `null` removes what another file or the matrix itself sets.
    static let removing: Set<String> = ["cells", "platforms", "os", "vars", "paths", "secrets", "limits"]

    /// The keys that `cells:` and `include:` may override.
    static let overriding = [
        HostsSection.key, InventorySection.groups, InventorySection.key, vars, PhaseSections.timeouts, PhaseSections.retries,
        ProvisionSection.key, deploy, verify, finally,
        KeyShape("experimental", .boolean, "Problems of the cell do not change the exit status"),
    ]

    private static let vars = KeyShape("vars", .map(.any), "Variables, for ${vars.x}", nullable: true)
    private static let deploy = KeyShape("deploy", .list(.any), "The application layer: steps in order", nullable: true)
    private static let verify = KeyShape("verify", .list(.any), "The checks", nullable: true)
    private static let finally = KeyShape("finally", .list(.any), "Steps before destroy, also after a failure", nullable: true)
}
