public import MatrixCore
internal import SystemPackage

/// Writes `junit.xml`: one suite for each cell, in plan order, always with all planned cases.
///
/// The dialect is that of `fixtures/schemas/matrix-junit.xsd`. libxml2 reads the temporary file back before it is renamed, because
/// libxml2's writer accepts bytes that no parser reads.
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

/// Which of the dialect's attributes `junit.xml` holds.
public enum JUnitProfile: String, Sendable, CaseIterable {
    /// Everything: what Jenkins, GitLab, Azure DevOps, Buildkite, CircleCI and the GitHub actions read.
    case rich
    /// Only what Jenkins' schema allows, for consumers that validate against it.
    case strict
}
