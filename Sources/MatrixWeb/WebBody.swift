internal import AsyncHTTPClient
internal import MatrixCore
internal import NIOCore

/// The body of a reply, piece by piece as it comes.
public struct WebBody: AsyncSequence, Sendable {
    let pieces: HTTPClientResponse.Body
    let limit: Int
    let server: String

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var pieces: HTTPClientResponse.Body.AsyncIterator
        fileprivate let limit: Int
        fileprivate let server: String
        private var count = 0

        fileprivate init(_ body: WebBody) {
            pieces = body.pieces.makeAsyncIterator()
            limit = body.limit
            server = body.server
        }

        /// - Throws: `WebFailure` if the body is too long or breaks off; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [UInt8]? {
            let piece: ByteBuffer?
            do { piece = try await pieces.next(isolation: actor) } catch {
                try Task.checkCancellation()
                throw WebFailure(duringBody: error, server: server)
            }
            // A cancelled body may end as if it were complete.
            try Task.checkCancellation()
            guard let piece else { return nil }
            count += piece.readableBytes
            guard count <= limit else { throw WebFailure(.body, "it is longer than \(ByteSize.brief(limit))", server: server) }
            return Array(piece.readableBytesView)
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
