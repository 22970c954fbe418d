import Foundation

/// The project's own files that tests compare with.
enum Project {
    /// The folder that holds Package.swift.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static func schema(_ name: String) -> String { "\(root)/fixtures/schemas/\(name).xsd" }
    static func golden(_ name: String) -> String { "\(root)/fixtures/golden/\(name)" }
    static var updatesGolden: Bool { ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" }
}
