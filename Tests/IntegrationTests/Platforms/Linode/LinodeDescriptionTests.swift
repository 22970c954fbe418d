import Foundation
import IntegrationSupport
import MatrixTesting
import Testing

/// Holds the fake Linode and the official description together, over all operations that the fake has.
@Suite(.requires(.helperPrograms)) struct LinodeDescriptionTests {
    private static let excerpt = URL(fileURLWithPath: Repository.path("Sources/MatrixTesting/Resources/linode-operations.json"))

    /// The fake takes and refuses by its excerpt: that must be the description's own, word for word.
    @Test func theExcerptIsTheDescriptions() async throws {
        let text = try await OfficialDescription().excerpt(FakeLinode.operations)
        if ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" { try Data(text.utf8).write(to: Self.excerpt) }
        #expect(try String(contentsOf: Self.excerpt, encoding: .utf8) == text, "run this test with SOLTI_UPDATE_GOLDEN=1")
    }
}
