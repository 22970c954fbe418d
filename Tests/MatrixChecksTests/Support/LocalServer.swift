import Hummingbird
import HummingbirdTLS
import Logging
import MatrixCore
import NIOSSL

/// An HTTP server in this process, on a port of 127.0.0.1.
final class LocalServer: Sendable {
    typealias Answer = @Sendable (Request) async throws -> Response

    let port: Int
    private let task: Task<Void, any Error>

    /// Starts to answer.
    init(tls: TLSConfiguration? = nil, _ answer: @escaping Answer) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var app = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await answer(request) },
            server: try tls.map { try .tls(tlsConfiguration: $0) } ?? .http1(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            })
        app.logger.logLevel = .critical
        let task = Task { [app] in
            defer { continuation.finish() }
            try await app.run()
        }
        self.task = task
        for await port in ports {
            self.port = port
            return
        }
        try await task.value
        throw InfrastructureError("starting a server", why: "it ended before it listened", isTransient: false)
    }

    deinit { task.cancel() }

    /// Ends it with all its connections.
    func stop() async {
        task.cancel()
        _ = await task.result
    }
}
