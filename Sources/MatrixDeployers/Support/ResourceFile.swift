internal import Foundation
internal import MatrixCore

/// Files that come with the program.
enum ResourceFile {
    /// The path of a file of this module's Resources folder.
    ///
    /// Looks beside the program first: the generated accessor ends the process if it finds nothing.
    static func path(_ name: String) throws -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first ?? ""
        let beside = "\(Paths.folder(of: program))/matrix_MatrixDeployers.resources/Resources/\(name)"
        if FileSystem.exists(beside) { return beside }
        if let path = Bundle.module.url(forResource: "Resources/\(name)", withExtension: nil)?.path { return path }
        throw InfrastructureError(
            "\(name), a file of matrix itself, is missing", why: "it is not beside the program",
            next: "install matrix again with its resources",
            isTransient: false)
    }
}
