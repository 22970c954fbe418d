import Foundation
import Hummingbird
import MatrixCore
import NIOCore
import Synchronization

@testable import MatrixChecksTests

extension LocalServer {
    /// A service that keeps what it is sent and finds it again: POST adds the body, GET `/find?TEXT` answers what holds the text.
    ///
    /// `/always` gives the same answer to every request; the first two writes to `/moody` fail.
    static func store() async throws -> LocalServer {
        let shelf = Shelf()
        return try await LocalServer { request in
            let body = String(buffer: try await request.body.collect(upTo: 1 << 20))
            let text = (request.uri.query ?? "").removingPercentEncoding ?? ""
            switch (request.method, request.uri.path) {
            case (.post, "/moody") where shelf.fails(): return answer(503, [:])
            case (.post, _): return answer(200, ["count": .int(shelf.add(body))])
            case (_, "/always"): return answer(200, ["found": [.string(text)]])
            default: return answer(200, ["found": .list(shelf.texts(with: text).map(Value.string))])
            }
        }
    }

    private static func answer(_ status: Int, _ value: Value) -> Response {
        Response(status: .init(code: status), body: ResponseBody(byteBuffer: ByteBuffer(string: value.json)))
    }

    private final class Shelf: Sendable {
        private let state = Mutex((texts: [String](), failures: 0))

        func add(_ text: String) -> Int {
            state.withLock { state in
                state.texts.append(text)
                return state.texts.count
            }
        }

        func texts(with part: String) -> [String] { state.withLock { $0.texts.filter { part.isEmpty || $0.contains(part) } } }

        func fails() -> Bool {
            state.withLock { state in
                state.failures += 1
                return state.failures <= 2
            }
        }
    }
}
