import Foundation
import MatrixCore
import MatrixWeb

/// Who may read the pages of `matrix ui`: whoever has the link, from this machine, in a page of this server.
struct PageDoor: Sendable {
    /// In the path of every address.
    let token: String
    let port: Int

    /// The names of the server that its own links use. Any other is of a page that a stranger's name server leads here.
    private var hosts: [String] { ["127.0.0.1:\(port)", "localhost:\(port)"] }

    /// The start of every address.
    var address: String { "http://127.0.0.1:\(port)/\(token)/" }

    /// The path behind the token; nil if the request must be refused.
    func path(of request: LoopbackServer.Request) -> String? {
        guard request.method == "GET", let host = request.headers["host"], hosts.contains(host) else { return nil }
        if let origin = request.headers["origin"], !hosts.map({ "http://\($0)" }).contains(origin) { return nil }
        // A browser says so if another page asks. A person may follow a link from anywhere.
        let isFollowed = request.headers["sec-fetch-mode"] == "navigate" && request.headers["sec-fetch-dest"] == "document"
        if let site = request.headers["sec-fetch-site"], !["same-origin", "none"].contains(site), !isFollowed { return nil }
        let parts = request.target.prefix { $0 != "?" }.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].isEmpty else { return nil }
        let rest = parts[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard rest.count == 2, Self.isSame(rest[0], token) else { return nil }
        return rest[1].removingPercentEncoding
    }

    /// Takes the same time however many characters agree.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// 128 bits from the system's generator, in hexadecimal.
    static func newToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let text = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }
}
