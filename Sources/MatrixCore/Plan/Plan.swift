/// A matrix file, read and expanded: everything that a run needs.
///
/// Texts in it may still hold `${…}` references to what only a run knows; `Scope` resolves them.
public struct Plan: Sendable {
    public var name: String
    /// The matrix file as the user gave it.
    public var file: String
    /// The absolute path of the project: the nearest folder above the file with `.git` or `.matrix`.
    public var project: String
    /// The axes in order, each with all its values.
    public var axes: [Axis]
    /// The selected cells, in plan order.
    public var cells: [CellPlan]
    /// Names of the cells that `--cell`, `--where` and the like left out.
    public var notSelected: [String]
    /// What selected them, for the report: `--cell debian12-*`.
    public var selection: [String]
    /// Settings of the platforms that the selected cells use, by name.
    public var platforms: [String: PlatformSettings]
    /// The platforms of selected cells that this machine cannot use, by name: their cells are skipped.
    public var absent: [String: AbsentPlatform] = [:]
    public var limits: Limits
    public var secrets: [String: SecretSource]
    /// The hourly sum, in `currency`, above which a run does not start.
    public var budget: Budget?
    /// How long resources live before `matrix reap` may take them; nil: never.
    public var expires: Duration?
    public var unavailable: Unavailable
    public var keep: Keep
    /// How many reports of this matrix stay after a run; nil for all.
    public var keptReports: Int?
    /// Whether programs on the runner get only what they need in order to start, and what their steps name.
    public var hasCleanEnvironment = false
    /// What the runner needs besides what the kinds of steps need.
    public var requirements = Requirements()
    /// The Ansible that the file names; nil to find one.
    public var ansible: NamedAnsible?
    /// How much a host is asked when a check fails there.
    public var evidence = EvidenceLevel.standard
    /// What runs on this machine when the run has ended; nil for nothing.
    public var after: AfterRun?
    /// What SSH logins of the run offer first.
    public var keyExchange = KeyExchange.standard
    /// What `sample:` chose of the product; nil if the whole product was used.
    public var sample: Sample?
    /// The variables of the environment for which a placeholder `⟨NAME⟩` stands: the file is only looked at.
    public var placeholders: [String] = []
    /// Warnings; shown before the run and in the report.
    public var warnings: [Diagnostic]
    /// Which part of the matrix `cells` are, under `--shard`.
    public var shard: Shard?

    public init(
        name: String, file: String, project: String, axes: [Axis], cells: [CellPlan], notSelected: [String] = [], selection: [String] = [],
        platforms: [String: PlatformSettings] = [:], limits: Limits = Limits(), secrets: [String: SecretSource] = [:],
        budget: Budget? = nil,
        expires: Duration? = .seconds(4 * 3600), unavailable: Unavailable = .error, keep: Keep = .never, warnings: [Diagnostic] = [],
        shard: Shard? = nil
    ) {
        self.name = name
        self.file = file
        self.project = project
        self.axes = axes
        self.cells = cells
        self.notSelected = notSelected
        self.selection = selection
        self.platforms = platforms
        self.limits = limits
        self.secrets = secrets
        self.budget = budget
        self.expires = expires
        self.unavailable = unavailable
        self.keep = keep
        self.warnings = warnings
        self.shard = shard
    }
}

extension Plan {
    /// Says for which variables placeholders stand; nil if there are none.
    public var placeholderWarning: Diagnostic? {
        guard let first = placeholders.first else { return nil }
        let more = placeholders.count > 20 ? " and \(placeholders.count - 20) more" : ""
        let shown = placeholders.prefix(20).joined(separator: ", ") + more
        return Diagnostic(
            .warning, at: SourceLocation(file: file, line: 1, column: 1),
            "placeholders such as ⟨\(first)⟩ stand for variables of the environment: \(shown)",
            hint: "matrix plan and matrix run read them")
    }

    /// What a sample is of, and what it covers.
    public struct Sample: Sendable, Hashable, Codable {
        /// How many points were chosen.
        let cells: Int
        /// How many points the product has, the excluded ones among them; nil for more than can be counted.
        let product: Int?
        /// How many pairs of values of two axes a point can have; all of them are in the chosen ones.
        let pairs: Int
        /// How many pairs `exclude:` leaves no point for.
        let impossible: Int
        /// The seed that gives the same sample again.
        let seed: Int

        public init(cells: Int, product: Int?, pairs: Int, impossible: Int, seed: Int) {
            self.cells = cells
            self.product = product
            self.pairs = pairs
            self.impossible = impossible
            self.seed = seed
        }

        /// `9 of 81 cells have all 54 pairs of values (pairwise, seed 1)`.
        public var description: String {
            let excluded = impossible == 0 ? "" : ", \(impossible) more excluded"
            return
                "\(cells) of \(product.map(String.init) ?? "very many") cells have all \(pairs) pairs of values\(excluded) "
                + "(pairwise, seed \(seed))"
        }
    }
}
