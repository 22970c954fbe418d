import Foundation
import IntegrationSupport
import Testing

/// This project's own workflows and issue forms, held against GitHub's schemas (Gitea's language is the same).
@Suite(.requires(.pythonPackages)) struct WorkflowTests {
    @Test(arguments: [
        ("vendor.github-workflows", ".github/workflows"), ("vendor.github-workflows", ".gitea/workflows"),
        ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE"),
    ])
    func theyFitTheSchema(schema: String, folder: String) throws {
        let url = Project.repository.appendingPathComponent(folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".yml") && $0 != "config.yml" }
        try #require(!files.isEmpty)
        for file in files { try EngineSchemas.check(schema, url.appendingPathComponent(file).path) }
    }

    @Test func theTwinsRunTheSame() throws {
        let steps = try [".github", ".gitea"].map { folder in
            try String(contentsOf: Project.repository.appendingPathComponent("\(folder)/workflows/ci.yml"), encoding: .utf8).split(
                separator: "\n"
            )
            .filter { $0.contains("run: .ci/") || $0.contains("image:") || $0.contains("timeout-minutes:") }
        }
        #expect(steps[0] == steps[1] && steps[0].count == 4)
    }
}
