import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// The order of versions is the package managers'.
@Suite(.requires(.helperPrograms)) struct PackageManagerOrderTests {
    /// Every pair of these is compared by us and by the package manager.
    private static let versions = [
        "0", "1", "1.0", "1.00", "1.1", "1.10", "1.9", "1.30", "1.30-1", "1.30-1+deb12u1", "1.30-1.1", "1.30~rc1", "1.30~rc1-1", "1.30~~",
        "1.30+dfsg", "1:0.9", "0:1.30",
        "2a", "2b", "2ab", "2.a", "2", "2.0.0.1", "10000000000000000000000", "9999999999999999999999", "1.2.3a", "1.2.3A", "1.2.3.4",
        "5.4.0-150.el9", "5.4.0-150.el9_2",
    ]
    private static let rpmOnly = [
        "1.0^", "1.0^git1", "1.0^git1~pre", "1.0~rc1", "1.0~rc1^git1", "1_0", "1..0", "a", "b1", "1.0-1.el9", "1.0-1.el10",
    ]

    @Test(.requires(.debianVersions)) func debianOrderIsDpkgs() async throws {
        let order = try await Self.order(
            of: Self.versions,
            script:
                "dpkg --compare-versions \"$1\" lt \"$2\" && echo -1 || { dpkg --compare-versions \"$1\" eq \"$2\" && echo 0 || echo 1; }")
        for (pair, expected) in order {
            #expect(VersionOrder.debian.compare(pair.0, pair.1).signum() == expected, "\(pair.0) and \(pair.1)")
        }
        #expect(order.count == Self.versions.count * Self.versions.count)
    }

    @Test(.requires(.rpmVersions)) func rpmOrderIsRPMs() async throws {
        let versions = (Self.versions.filter { !$0.contains("-") && !$0.contains(":") } + Self.rpmOnly).map { $0.split(separator: "-")[0] }
            .map(String.init)
        let order = try await Self.order(of: versions, script: "rpm --eval \"%{lua:print(rpm.vercmp('$1', '$2'))}\"")
        for (pair, expected) in order {
            #expect(VersionOrder.rpm.compare(pair.0, pair.1).signum() == expected, "\(pair.0) and \(pair.1)")
        }
        #expect(order.count == versions.count * versions.count)
    }

    /// The sign of each pair's difference, all pairs by one shell.
    private static func order(of versions: [String], script: String) async throws -> [((String, String), Int)] {
        let pairs = versions.flatMap { left in versions.map { (left, $0) } }
        let input = pairs.map { "compare \(ShellQuoting.quote($0.0)) \(ShellQuoting.quote($0.1))\n" }.joined()
        let result = try await ShellTransport().run(Command(["sh"], input: Array("compare() { \(script); } 2>/dev/null\n\(input)".utf8)))
        let signs = result.output.split(separator: "\n").compactMap { Int($0) }
        try #require(signs.count == pairs.count)
        return Array(zip(pairs, signs))
    }
}
