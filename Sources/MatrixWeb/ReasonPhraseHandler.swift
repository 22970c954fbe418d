internal import NIOCore

/// Copies the reason phrase of each reply's status line into a header.
///
/// NIO keeps only the phrases of unknown statuses, and older Proxmox servers say only there what is wrong. The handler sits between
/// TLS and the HTTP decoder of an HTTP/1.1 connection, where a reply begins with the first bytes after a request.
final class ReasonPhraseHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    static let header = "x-matrix-reason-phrase"
    private static let longestStatusLine = 16 * 1024

    private var expectsStatusLine = false
    private var begun: ByteBuffer?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        expectsStatusLine = true
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard expectsStatusLine else { return context.fireChannelRead(data) }
        var buffer = unwrapInboundIn(data)
        if var earlier = begun {
            earlier.writeBuffer(&buffer)
            buffer = earlier
        }
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else {
            begun = buffer.readableBytes < Self.longestStatusLine ? buffer : nil
            if begun == nil { context.fireChannelRead(wrapInboundOut(buffer)) }
            return
        }
        begun = nil
        expectsStatusLine = false
        context.fireChannelRead(wrapInboundOut(Self.withHeader(buffer, end - buffer.readerIndex + 1)))
    }

    private static func withHeader(_ buffer: ByteBuffer, _ length: Int) -> ByteBuffer {
        var rest = buffer
        guard let line = rest.readString(length: length) else { return buffer }
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let status = Int(parts[1]), status >= 400 else { return buffer }
        var rewritten = ByteBuffer(string: line)
        rewritten.writeString("\(header): \(parts[2].filter { !$0.isNewline })\r\n")
        rewritten.writeBuffer(&rest)
        return rewritten
    }
}
