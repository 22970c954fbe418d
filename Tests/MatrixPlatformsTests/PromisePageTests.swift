import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// The tables of promises in `docs/adding-a-platform.md` are made from the drivers' declarations; `SOLTI_UPDATE_GOLDEN=1` writes them anew.
@Suite struct PromisePageTests {
    private static let path = Repository.path("docs/adding-a-platform.md")
    private static let first = "| promise | the platform |\n"

    private static func tables() -> String {
        let drivers = PlatformCatalogue().declarations.sorted { $0.kind < $1.kind }
        var text = first + "|---|---|\n"
        for promise in Promise.allCases { text += "| `\(promise.rawValue)` | \(promise.summary) |\n" }
        text += "\nWhich driver promises what:\n\n"
        text += "| promise | \(drivers.map { "`\($0.kind)`" }.joined(separator: " | ")) |\n"
        text += "|---|\(drivers.map { _ in "---|" }.joined())\n"
        for promise in Promise.allCases {
            text += "| `\(promise.rawValue)` | \(drivers.map { word($0.promises(nil)[promise]) }.joined(separator: " | ")) |\n"
        }
        return text
    }

    private static func word(_ answer: Promises.Answer) -> String {
        switch answer {
        case .given: "yes"
        case .withheld(let why): "no: \(why)"
        case .bySettings(let how): how
        }
    }

    @Test func theTablesAreMadeFromTheDeclarations() throws {
        let page = try String(contentsOfFile: Self.path, encoding: .utf8)
        let start = try #require(page.range(of: Self.first)?.lowerBound)
        let made = String(page[..<start]) + Self.tables()
        if ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" {
            try Data(made.utf8).write(to: URL(fileURLWithPath: Self.path))
        }
        #expect(page == made, "run the tests with SOLTI_UPDATE_GOLDEN=1")
    }

    /// A reason that is a table's cell must not end it.
    @Test(arguments: PlatformCatalogue().declarations) func reasonsFitIntoATable(_ driver: Declaration) {
        for promise in Promise.allCases { #expect(!Self.word(driver.promises(nil)[promise]).contains { "|\n".contains($0) }) }
    }

    /// What every run relies on is no matter of taste.
    @Test(arguments: PlatformCatalogue().declarations) func theLifeOfAHostIsAlwaysPromised(_ driver: Declaration) {
        for promise in [Promise.life, .lostReply, .adoption, .absence, .separation, .interruption, .strangers, .hostileAnswers] {
            #expect(driver.promises(nil)[promise] == .given, "\(driver.kind): \(promise.rawValue)")
        }
    }
}
