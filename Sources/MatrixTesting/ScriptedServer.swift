internal import NIOCore
internal import NIOPosix

/// A server in this process, on a port of 127.0.0.1, that answers a request's first bytes with a script.
public final class ScriptedServer: Sendable {
    /// What it does one after the other.
    public enum Step: Sendable {
        case send(String)
        /// The same piece again and again, with a pause after each, until the client is gone.
        case drip(String, milliseconds: Int64 = 10)
        case close
    }

    /// Its port on 127.0.0.1.
    public let port: Int
    private let listener: any Channel

    /// Starts to listen.
    public init(_ steps: [Step]) async throws {
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Script(steps)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    /// What a bad server does after it has accepted a connection, each of which never ends by itself.
    public static let misbehaviours: [String: [Step]] = [
        "says nothing": [],
        "drips its head": [.send("HTTP/1.1 200 OK\r\n"), .drip("X-A: 1\r\n")],
        "drips its body": [.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), .drip(" ")],
        "sends for ever": [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .drip("1\r\nx\r\n")],
        "stops in its body": [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")],
    ]

    /// Its address: `http://127.0.0.1:PORT/`.
    public var url: String { "http://127.0.0.1:\(port)/" }
}

private final class Script: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let steps: [ScriptedServer.Step]
    private var hasBegun = false

    init(_ steps: [ScriptedServer.Step]) {
        self.steps = steps
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasBegun else { return }
        hasBegun = true
        Self.run(steps[...], on: context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func run(_ steps: ArraySlice<ScriptedServer.Step>, on channel: any Channel) {
        switch steps.first {
        case nil: break
        case .close: channel.close(promise: nil)
        case .send(let text): channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess { run(steps.dropFirst(), on: channel) }
        case .drip(let piece, let pause):
            channel.writeAndFlush(ByteBuffer(string: piece)).whenSuccess {
                channel.eventLoop.scheduleTask(in: .milliseconds(pause)) { run(steps, on: channel) }
            }
        }
    }
}
