import MatrixCore
import Testing

@testable import MatrixCLI

/// When a run opens its page.
@Suite struct PageOpeningTests {
    private static let desktop = ["DISPLAY": ":0"]

    private func opens(
        _ flag: Bool?, _ environment: [String: String] = desktop, after status: MatrixCore.ExitStatus, hasPerson: Bool = true
    ) throws -> Bool {
        try PageOpening(flag, environment: environment, hasPerson: hasPerson).isWanted(after: status)
    }

    @Test func aRedRunOpensItForAPersonAtADesktop() throws {
        #expect(try opens(nil, after: .failed) && opens(nil, after: .infrastructure) && opens(nil, after: .leaked))
        #expect(try !opens(nil, after: .passed) && !opens(nil, after: .interrupted))
        #expect(try !opens(nil, after: .failed, hasPerson: false))
        #expect(try !opens(nil, [:], after: .failed), "xdg-open would start a browser inside the terminal")
        #expect(try !opens(nil, ["DISPLAY": ":0", "CI": "true"], after: .failed))
        #expect(try opens(nil, ["WAYLAND_DISPLAY": "wayland-0"], after: .failed))
    }

    @Test func theCommandLineDecides() throws {
        #expect(try opens(true, [:], after: .passed, hasPerson: false))
        #expect(try !opens(false, after: .failed))
    }

    @Test func theSettingDecidesWithoutIt() throws {
        func setting(_ text: String) -> [String: String] { ["DISPLAY": ":0", "SOLTI_OPEN": text] }
        #expect(try !opens(nil, setting("never"), after: .failed))
        #expect(try opens(nil, setting("always"), after: .passed))
        #expect(try opens(true, setting("never"), after: .passed))
        #expect(throws: UsageError.self) { try opens(nil, setting("sometimes"), after: .failed) }
    }
}
