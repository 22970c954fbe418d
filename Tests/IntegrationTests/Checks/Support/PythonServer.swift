import MatrixCore
import MatrixTesting

/// A Python program that prints the port it listens on; it ends with this object at the latest.
final class PythonServer: Sendable {
    let port: Int
    private let process: ServerProcess

    init(_ program: String) async throws {
        process = try ServerProcess("python3", ["-u", "-c", program])
        let line = try await process.firstLine()
        guard let port = Int(line) else {
            throw InfrastructureError("starting a server", why: "its first line is no port: \(line)", isTransient: false)
        }
        self.port = port
    }

    func stop() async throws { try await process.end() }

    /// Accepts connections and says nothing.
    static func listener() async throws -> PythonServer {
        try await PythonServer(
            """
            import socket
            listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(64); print(listener.getsockname()[1])
            while True: listener.accept()[0].close()
            """)
    }
}
