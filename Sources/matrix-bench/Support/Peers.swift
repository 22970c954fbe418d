import Foundation
import MatrixRemote

/// Other programs that do the same work, if they are asked for and on the `PATH`.
enum Peers {
    private static let variable = "MATRIX_BENCH_PEERS"

    /// Has the rows measure them too; the rows run as children.
    static func include() { setenv(variable, "1", 1) }

    static func program(_ name: String) -> URL? {
        let environment = ProcessInfo.processInfo.environment
        guard environment[variable] != nil else { return nil }
        return SearchPath.file(of: name, in: environment["PATH"] ?? "").map { URL(fileURLWithPath: $0) }
    }
}
