import NIOCore
import NIOPosix

/// A way from a port on 127.0.0.1 to another, with the behaviour of `ssh -L`: it accepts at once, and closes if the other side refuses.
final class TCPForwarder: Sendable {
    let port: Int
    private let listener: any Channel

    init(to host: String, port: Int) async throws {
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .channelInitializer { far in
                        far.eventLoop.makeCompletedFuture { try far.pipeline.syncOperations.addHandler(Relay(to: near)) }
                    }
                    .connect(host: host, port: port)
                    .flatMapThrowing { far in try near.pipeline.syncOperations.addHandler(Relay(to: far, startsBoth: true)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }
}

/// Passes on what one of the two connections brings, and its end.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let partner: any Channel
    private let startsBoth: Bool

    init(to partner: any Channel, startsBoth: Bool = false) {
        self.partner = partner
        self.startsBoth = startsBoth
    }

    func channelActive(context: ChannelHandlerContext) {
        if startsBoth { for channel in [context.channel, partner] { channel.setOption(.autoRead, value: true).whenComplete { _ in } } }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { partner.writeAndFlush(unwrapInboundIn(data), promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        // What was passed on before goes out first.
        let partner = partner
        partner.writeAndFlush(ByteBuffer()).whenComplete { _ in partner.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
