internal import MatrixCore
internal import SystemPackage

/// The content of `junit.xml`.
struct JUnitDocument {
    private let run: ReportedRun
    private let profile: JUnitProfile
    private let directory: String
    private let suites: [JUnitSuite]

    /// - Parameter directory: the report's folder; attachments that are not in it are left out.
    init(_ run: ReportedRun, profile: JUnitProfile, directory: String) {
        self.run = run
        self.profile = profile
        self.directory = directory
        suites = JUnitSuite.all(of: run)
    }

    var caseCount: Int { suites.reduce(0) { $0 + $1.totals.tests } }

    func write(to file: FileDescriptor) throws {
        let xml = try XMLWriter(file)
        let totals = suites.reduce(JUnitTotals()) { $0 + $1.totals }
        let name = Self.name(of: run)
        try xml.element(
            "testsuites",
            [
                "name": name, "timestamp": isRich ? run.result.started.description : nil,
                "tests": "\(totals.tests)",
                "failures": "\(totals.failures)", "errors": "\(totals.errors)", "skipped": isRich ? "\(totals.skipped)" : nil,
                "time": Decimal.seconds(wallTime),
            ]
        ) {
            let cases = JUnitCaseWriter(xml, run: run, profile: profile, directory: directory)
            for suite in suites { try write(suite, to: xml, with: cases) }
        }
        try xml.finish()
    }

    /// The matrix and the headline. The root has no other place for a text that every schema allows.
    private static func name(of run: ReportedRun) -> String {
        let matrix = ReportText.line(run.result.matrix, limit: 120)
        return ReportText.line("\(matrix.isEmpty ? "matrix" : matrix): \(Verdict(run).sentence)", limit: JUnitLimits.label)
    }

    private var isRich: Bool { profile == .rich }

    /// The time of the run, at least the longest suite and at most the sum of all: consumers refuse anything else.
    private var wallTime: Double {
        let lengths = suites.map(\.interval.length)
        let wall = Decimal.sane(run.result.finished.seconds(since: run.result.started))
        return min(max(wall, lengths.max() ?? 0), lengths.reduce(0, +))
    }

    private func write(_ suite: JUnitSuite, to xml: XMLWriter, with cases: JUnitCaseWriter) throws {
        let totals = suite.totals
        try xml.element(
            "testsuite",
            [
                "name": suite.name, "hostname": suite.hostName, "timestamp": suite.interval.start.description, "tests": "\(totals.tests)",
                "failures": "\(totals.failures)", "errors": "\(totals.errors)", "skipped": "\(totals.skipped)",
                "time": Decimal.seconds(suite.interval.length),
            ]
        ) {
            try xml.properties(suite.properties)
            var identity = JUnitIdentity(prefix: suite.prefix)
            for test in suite.cell.cases { try cases.write(test, as: identity.next(test), in: suite) }
        }
    }
}

extension XMLWriter {
    /// `<properties>` with every property that has a name and a value, each name once; nothing if there is none.
    func properties(_ properties: [(name: String, value: String)]) throws {
        var used: Set<String> = []
        let clean = properties.compactMap { property -> (name: String, value: String)? in
            let name = ReportText.line(property.name, limit: JUnitLimits.label)
            let value = ReportText.line(property.value, limit: JUnitLimits.message)
            return !name.isEmpty && !value.isEmpty && used.insert(name).inserted ? (name, value) : nil
        }
        guard !clean.isEmpty else { return }
        try element("properties") {
            for property in clean { try element("property", ["name": property.name, "value": property.value]) }
        }
    }
}
