internal import Foundation
internal import MatrixCore

/// The templates, the style sheet and the script of reports.
enum ReportResources {
    /// The text of one resource.
    ///
    /// - Throws: `InfrastructureError` if the installation lacks it.
    static func text(_ name: String) throws -> String {
        let path = Bundle.module.bundleURL.appending(path: "Resources/\(name)").path
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw InfrastructureError(
                "a part of the report is missing", why: "\(path) cannot be read",
                next: "install matrix again: its .resources folders must be next to the program",
                type: .reportResources, isTransient: false)
        }
    }
}
