internal import MatrixCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A small HTTP server on 127.0.0.1 for pages of this machine's user: no other machine reaches it. It reads no bodies, and closes the
/// connection after each answer.
public struct LoopbackServer: Sendable {
    /// A request without its body.
    public struct Request: Sendable {
        public var method: String
        /// As sent, with what follows `?`.
        public var target: String
        /// By name in lower case; the values of a repeated one are joined by commas.
        public var headers: [String: String]

        public init(_ method: String, _ target: String, headers: [String: String] = [:]) {
            self.method = method
            self.target = target
            self.headers = headers
        }
    }

    /// What the server answers.
    public struct Response: Sendable {
        /// The content.
        public enum Body: Sendable {
            case bytes([UInt8])
            /// Pieces as they come; the connection stays open until they end or the client goes.
            case pieces(AsyncStream<[UInt8]>)
        }

        public var status: Int
        public var headers: [String: String]
        public var body: Body

        public init(_ status: Int, headers: [String: String] = [:], body: Body = .bytes([])) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

    /// How long a client may take to send its request.
    private static let patience = TimeAmount.seconds(10)

    /// Its port on 127.0.0.1.
    public let port: Int
    private let listener: NIOAsyncChannel<Connection, Never>

    /// Starts to listen.
    ///
    /// - Parameter port: 0 for any that is free.
    /// - Throws: if the port is in use.
    public init(port: Int) async throws {
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(ByteBufferBodies())
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        self.port = listener.channel.localAddress?.port ?? port
    }

    /// Answers requests until the surrounding task is cancelled.
    public func serve(_ answer: @escaping @Sendable (Request) async -> Response) async {
        try? await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    // A client that goes away ends its own task only.
                    group.addTask { try? await Self.serve(connection, answer) }
                }
            }
        }
    }

    private static func serve(_ connection: Connection, _ answer: (Request) async -> Response) async throws {
        let late = connection.channel.eventLoop.scheduleTask(in: patience) { connection.channel.close(promise: nil) }
        try await connection.executeThenClose { parts, outbound in
            for try await case .head(let head) in parts {
                late.cancel()
                let response = await answer(request(head))
                try await outbound.write(.head(self.head(of: response)))
                switch response.body {
                case .bytes(let bytes): try await outbound.write(.body(ByteBuffer(bytes: bytes)))
                case .pieces(let pieces): for await piece in pieces { try await outbound.write(.body(ByteBuffer(bytes: piece))) }
                }
                try await outbound.write(.end(nil))
                return
            }
        }
    }

    private static func request(_ head: HTTPRequestHead) -> Request {
        let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        return Request(head.method.rawValue, head.uri, headers: headers)
    }

    private static func head(of response: Response) -> HTTPResponseHead {
        var headers = HTTPHeaders(response.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        headers.replaceOrAdd(name: "Connection", value: "close")
        if case .bytes(let bytes) = response.body { headers.replaceOrAdd(name: "Content-Length", value: "\(bytes.count)") }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    }
}

/// NIO's own parts of a response may be files, which tasks cannot share.
private final class ByteBufferBodies: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPServerResponsePart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
