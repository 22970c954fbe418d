internal import NIOCore

/// Sends nothing over a connection whose server is not the expected one.
///
/// The connection itself must not fail: AsyncHTTPClient ends the program when one that failed to start closes before its
/// next try (`connectionCreationBackoffDone`). So the connection starts, and the first request fails before a byte of it is written.
final class CertificateGuard: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let failure: WebFailure

    init(_ failure: WebFailure) {
        self.failure = failure
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(failure)
        context.fireErrorCaught(failure)
        context.close(promise: nil)
    }
}
