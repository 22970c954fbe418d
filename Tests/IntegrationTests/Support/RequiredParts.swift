import Foundation
public import Testing

/// What a test with real parts needs: without it the test is skipped, and says which package brings it.
///
/// `swift test` alone skips all of these tests. `make test` sets `SOLTI_REAL=1`, which runs them, and with `SOLTI_REQUIRE_ALL=1` a
/// missing part fails them. While a suite runs it holds a slot of each of its parts; its time limits count from there.
public struct RequiredParts: SuiteTrait, TestTrait, TestScoping {
    @TaskLocal private static var held: Set<Part> = []

    let parts: [Part]
    let isAlone: Bool

    public var isRecursive: Bool { true }

    public func prepare(for test: Test) async throws {
        let environment = ProcessInfo.processInfo.environment
        let isRequired = environment["SOLTI_REQUIRE_ALL"] == "1"
        let runs = isRequired || environment["SOLTI_REAL"] == "1"
        let lacks = runs ? parts.compactMap(\.lack) : []
        if isRequired, !lacks.isEmpty { throw MissingParts(lacks: lacks) }
        let reason: Comment =
            runs ? "needs \(lacks.joined(separator: ", ")): run fixtures/setup.sh --tests" : "is no unit test: run make test"
        try await ConditionTrait.enabled(if: runs && lacks.isEmpty, reason).prepare(for: test)
    }

    /// Once round a suite, whose tests inherit the trait, and round the cases of a test that asks for more.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> RequiredParts? {
        test.isSuite || testCase != nil ? self : nil
    }

    @concurrent
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let needed = Set(parts).subtracting(Self.held)
        let slots = try await Slots.take(needed.sorted(), isAlone: isAlone, for: test.name)
        defer { slots.giveBack() }
        try await Self.$held.withValue(Self.held.union(needed)) { try await function() }
    }
}

extension Trait where Self == RequiredParts {
    /// The test runs with these parts of the outside world.
    public static func requires(_ parts: Part...) -> Self { RequiredParts(parts: parts, isAlone: false) }

    /// The same, with nobody else beside it who uses them.
    public static func requiresAlone(_ parts: Part...) -> Self { RequiredParts(parts: parts, isAlone: true) }
}

/// With `SOLTI_REQUIRE_ALL=1` every part must be there.
struct MissingParts: Error, CustomStringConvertible {
    let lacks: [String]

    var description: String { "SOLTI_REQUIRE_ALL=1, and there is no \(lacks.joined(separator: ", no ")): run fixtures/setup.sh --tests" }
}
