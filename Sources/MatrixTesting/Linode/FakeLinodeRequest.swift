internal import Foundation

/// A client's request to the fake, over any transport.
public struct FakeLinodeRequest: Sendable {
    /// In upper case: `GET`.
    public var method: String
    /// With the version and the query: `/v4/linode/instances?page=2`.
    public var target: String
    /// With names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]

    public init(_ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = []) {
        self.method = method.uppercased()
        self.target = target
        self.headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { _, last in last }
        self.body = body
    }

    /// The path without the version and the query, still percent-encoded; nil if the version is not `v4`.
    var path: String? {
        let path = String(target.prefix { $0 != "?" })
        return path.hasPrefix("/v4/") ? String(path.dropFirst(3)) : nil
    }

    /// The query's parameters, in order.
    var query: [(name: String, value: String)] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return target[target.index(after: mark)...].split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).removingPercentEncoding ?? String($0)
            }
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
    }
}
