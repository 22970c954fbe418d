import Foundation
import IntegrationSupport
import Testing

/// `fixtures/packages.sh`, which compares what was resolved with the list in `fixtures/packages.txt`.
@Suite(.requires(.python)) struct PackageListTests {
    private let project: Project

    init() throws {
        project = try Project()
        try project.write(
            """
            { "version": 3, "pins": [
                { "identity": "yams", "location": "https://example.net/Yams", "state": { "version": "6.2.2", "revision": "1" } },
                { "identity": "grdb.swift", "location": "https://example.net/GRDB.swift", "state": { "branch": "main", "revision": "2" } }
            ] }
            """, to: "Package.resolved")
    }

    private func run(_ argument: String) throws -> (status: Int32, output: String) {
        let script = Project.repository.appendingPathComponent("fixtures/packages.sh").path
        return try Shell.run(
            "env", "SOLTI_PACKAGE_RESOLVED=\(project.url.path)/Package.resolved", "SOLTI_PACKAGE_LIST=\(project.url.path)/packages.txt",
            "sh", "-c",
            "sh \"$0\" \"$1\" 2>&1", script, argument)
    }

    @Test func whatWasWrittenIsTheSame() throws {
        try #require(run("--write").status == 0)
        #expect(try project.read("packages.txt").hasSuffix("\ngrdb.swift main\nyams 6.2.2\n"))
        #expect(try run("--check").status == 0)
    }

    @Test func everyDifferenceIsNamed() throws {
        try project.write("# Packages\nrainbow 4.2.2\nyams 6.2.1\n", to: "packages.txt")
        let result = try run("--check")
        #expect(result.status == 1)
        #expect(result.output.contains("yams is 6.2.2 here, 6.2.1 in fixtures/packages.txt"))
        #expect(result.output.contains("grdb.swift main is not in fixtures/packages.txt"))
        #expect(result.output.contains("rainbow 4.2.2 of fixtures/packages.txt is not used here"))
        #expect(result.output.contains("fixtures/packages.sh --write"))
    }

    @Test func whatCannotBeReadIsNoEmptyList() throws {
        try project.write("{}", to: "Package.resolved")
        let result = try run("--write")
        #expect(result.status == 1 && result.output.contains("delete it and run swift package resolve"))
        #expect(!project.exists("packages.txt"))
    }
}
