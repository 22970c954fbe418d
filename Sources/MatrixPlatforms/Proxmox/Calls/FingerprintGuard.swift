internal import NIOCore

/// Sends nothing over a connection whose server is not the pinned one.
///
/// The connection itself must not fail: AsyncHTTPClient ends the program when one that failed to start closes before its
/// next try (`connectionCreationBackoffDone`). So it starts, and the first request fails before a byte of it is written.
final class FingerprintGuard: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let mismatch: FingerprintMismatch

    init(_ mismatch: FingerprintMismatch) {
        self.mismatch = mismatch
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(mismatch)
        context.fireErrorCaught(mismatch)
        context.close(promise: nil)
    }
}

/// The server's certificate is not the pinned one.
struct FingerprintMismatch: Error {
    var expected: String
    var seen: String
}
