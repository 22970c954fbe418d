import Testing

@testable import MatrixChecks

@Suite struct VersionTests {
    @Test func epochsAndReleasesOfRPM() {
        #expect(VersionOrder.rpm.compare("1:1.0", "2.0") > 0)
        #expect(VersionOrder.rpm.compare("0:1.0-1", "1.0-1") == 0)
        #expect(VersionOrder.rpm.compare("1.0-1.el9", "1.0") == 0)
        #expect(VersionOrder.rpm.compare("1.0-2.el9", "1.0-10.el9") < 0)
    }

    @Test func constraints() {
        #expect(VersionConstraint(">= 1.30")?.holds(for: "1.30", in: .debian) == true)
        #expect(VersionConstraint("1.30")?.holds(for: "1.30-1", in: .debian) == false)
        #expect(VersionConstraint("1.30")?.holds(for: "1.30-1", in: .rpm) == true)
        #expect(VersionConstraint("!=2")?.holds(for: "3", in: .rpm) == true)
        #expect(VersionConstraint(">1, <=2")?.holds(for: "2.1", in: .rpm) == false)
        for text in ["", ">=", "=> 1", "1 2", ">=1,", "latest!"] { #expect(VersionConstraint(text) == nil, "\(text)") }
    }
}
