import MatrixCore
import Testing

@testable import MatrixPlatforms

@Suite struct PlatformCatalogueTests {
    /// `driver` stands in the matrix file's own section, and a second key of a name would be listed twice in messages.
    @Test(arguments: PlatformCatalogue().declarations) func everyKeyHasOneName(_ driver: Declaration) {
        var lists = [driver.keys.map(\.name)]
        if case .object(let object) = driver.subject { lists.append(object.keys.map(\.name)) }
        for names in lists { #expect(!names.contains("driver") && Set(names).count == names.count, "\(driver.kind): \(names)") }
    }

    /// `matrix reap` has a platform's settings, but not the secret that would open a vault.
    @Test(arguments: PlatformCatalogue().declarations) func noCredentialIsInAVault(_ driver: Declaration) {
        var shapes = driver.keys.map(\.shape) + [driver.subject]
        while let shape = shapes.popLast() {
            switch shape {
            case .object(let object):
                #expect(!object.keys.contains { $0.name == "vault" }, "\(driver.kind): \(object.name)")
                shapes += object.keys.map(\.shape)
            case .list(let inner), .oneOrMore(let inner), .map(let inner): shapes.append(inner)
            case .either(let all): shapes += all
            default: break
            }
        }
    }
}
