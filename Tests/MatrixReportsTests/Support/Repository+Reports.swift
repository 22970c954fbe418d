import Foundation
import MatrixTesting

extension Repository {
    /// The path of an XML schema.
    static func schema(_ name: String) -> String { path("fixtures/schemas/\(name).xsd") }
    /// The path of a document that is compared letter by letter.
    static func golden(_ name: String) -> String { path("fixtures/golden/\(name)") }
    /// Whether such documents are to be written anew.
    static var updatesGolden: Bool { ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" }
}
