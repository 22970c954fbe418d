internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
public import MatrixCore
internal import NIOCore
internal import Synchronization

/// The fake over HTTP on 127.0.0.1.
public final class FakeLinodeServer: Sendable {
    /// A request's context with its connection, so that the connection can be cut.
    private struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            channel = source.channel
        }
    }

    public let fake: FakeLinode
    /// The base of the API: `http://127.0.0.1:41234/v4`.
    public let url: String
    private let task: Task<Void, any Error>

    private init(_ fake: FakeLinode, port: Int, task: Task<Void, any Error>) {
        self.fake = fake
        url = "http://127.0.0.1:\(port)/v4"
        self.task = task
    }

    deinit { task.cancel() }

    /// Starts the server.
    ///
    /// - Parameter port: 0 for any free port.
    public static func start(_ fake: FakeLinode, port: Int = 0) async throws -> FakeLinodeServer {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var app = Application(
            responder: CallbackResponder<Context> { request, context in try await respond(to: request, context, fake) },
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            })
        app.logger.logLevel = .critical
        let task = Task { [app] in
            defer { continuation.finish() }
            try await app.run()
        }
        for await port in ports { return FakeLinodeServer(fake, port: port, task: task) }
        try await task.value
        throw InfrastructureError("starting the fake Linode", why: "the server ended before it listened", isTransient: false)
    }

    /// Stops the server and all connections.
    public func stop() async {
        task.cancel()
        _ = await task.result
    }

    private static func respond(to request: Request, _ context: Context, _ fake: FakeLinode) async throws -> Response {
        if request.uri.path == "/fake" { return response(FakeLinodeAnswer(200, fake.summary)) }
        let body = try await request.body.collect(upTo: 1 << 20)
        let headers = Dictionary(request.headers.map { ($0.name.rawName, $0.value) }) { first, _ in first }
        let read = FakeLinodeRequest(request.method.rawValue, request.uri.string, headers: headers, body: Array(body.readableBytesView))
        do {
            let answer = try await fake.respond(to: read)
            guard let length = answer.cutAfter else { return response(answer) }
            return cut(response(answer), answer, after: length, context.channel)
        } catch {
            try await context.channel.close()
            throw error
        }
    }

    private static func response(_ answer: FakeLinodeAnswer) -> Response {
        var response = Response(status: .init(code: answer.status), body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
        for (name, value) in answer.headers { if let name = HTTPField.Name(name) { response.headers[name] = value } }
        return response
    }

    /// Announces the full length, sends a part of the body, and ends the connection.
    private static func cut(_ whole: Response, _ answer: FakeLinodeAnswer, after length: Int, _ channel: any Channel) -> Response {
        var response = whole
        response.body = ResponseBody(contentLength: answer.body.count) { writer in
            try await writer.write(ByteBuffer(bytes: answer.body.prefix(length)))
            try await channel.close()
            throw FakeLinode.ConnectionLost()
        }
        return response
    }
}

extension FakeLinode {
    /// Its state, as shown at `/fake`.
    public var summary: Value {
        [
            "instances": .list(instances.map(Value.string)), "tags": .list(tags.map(Value.string)),
            "violations": .list(violations.map(Value.string)),
            "requests": .int(requests.count),
        ]
    }
}
