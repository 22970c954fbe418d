public import MatrixCore
internal import SystemPackage

/// Writes `junit.xml`: one suite a cell, in plan order, always with the full planned set of cases.
///
/// The dialect is that of `fixtures/schemas/matrix-junit.xsd`. The file is written beside the real one, read back by
/// libxml2 and only then put in place: libxml2's writer accepts bytes that no parser will read.
public struct JUnitReporter: Reporter {
    /// The file's name in a report's folder.
    public static let name = "junit.xml"
    private let profile: JUnitProfile

    public init(profile: JUnitProfile = .rich) {
        self.profile = profile
    }

    public func write(_ result: RunResult, into directory: String) throws -> [String] {
        let document = JUnitDocument(ReportedRun(result), profile: profile, directory: directory)
        let file = try ReportFile.write(Self.name, into: directory) { file in
            try document.write(to: file)
            try XMLProof.check(file, holds: document.caseCount, of: "testcase")
        }
        return [file]
    }
}
