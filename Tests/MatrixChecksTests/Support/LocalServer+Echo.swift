import HTTPTypes
import Hummingbird
import MatrixCore
import NIOCore
import NIOSSL
import Synchronization

extension LocalServer {
    /// Answers requests with what they asked: the path's first part is the status, the body is JSON about the request.
    static func echo(tls: TLSConfiguration? = nil) async throws -> LocalServer {
        let counts = Counts()
        return try await LocalServer(tls: tls) { request in
            let body = try await request.body.collect(upTo: 1 << 20)
            let count = counts.next(request.uri.string)
            let first = request.uri.path.split(separator: "/").first.map(String.init) ?? ""
            if first == "slow" { try await Task.sleep(for: .seconds(600)) }
            let status = first == "third" ? (count >= 3 ? 200 : 503) : Int(first) ?? 200
            var response = Response(status: .init(code: status), headers: [.contentType: "application/json"])
            if status == 302 { response.headers[.location] = "/200" }
            response.body = ResponseBody(
                byteBuffer: first == "big"
                    ? ByteBuffer(repeating: UInt8(ascii: "x"), count: 3 << 20) : ByteBuffer(string: text(about: request, body, count)))
            return response
        }
    }

    /// With a space behind a colon, as Python's json writes it.
    private static func text(about request: Request, _ body: ByteBuffer, _ count: Int) -> String {
        var headers = Dictionary(request.headers.map { ($0.name.canonicalName, Value.string($0.value)) }) { first, _ in first }
        headers["host"] = request.head.authority.map(Value.string)
        let members: [(String, Value)] = [
            ("method", .string(request.method.rawValue)), ("path", .string(request.uri.string)), ("body", .string(String(buffer: body))),
            ("count", .int(count)),
            ("headers", .map(headers)), ("status", "pass"), ("data", [["up": .double(1.5)]]),
        ]
        return "{\(members.map { "\"\($0.0)\": \($0.1.json)" }.joined(separator: ", "))}"
    }

    /// How often each path was asked for.
    private final class Counts: Sendable {
        private let counts = Mutex<[String: Int]>([:])

        func next(_ path: String) -> Int {
            counts.withLock { counts in
                counts[path, default: 0] += 1
                return counts[path, default: 0]
            }
        }
    }
}
