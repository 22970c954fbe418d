internal import Foundation
internal import MatrixCore

/// The part of Linode's official OpenAPI description that the fake uses: the operations that it supports, without their prose.
///
/// The excerpt is the resource `linode-operations.json`. A test compares it with the description and rewrites it.
public struct LinodeDescription: Sendable {
    /// The excerpt.
    public static let shared = LinodeDescription(LinodeDescription.resource("linode-operations"))

    /// The version of the description: `4.208.1`.
    public let version: String
    public let operations: [LinodeOperation]

    init(_ value: Value) {
        version = value["version"]?.string ?? ""
        guard case .map(let members)? = value["operations"] else {
            operations = []
            return
        }
        operations = members.map { LinodeOperation($0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    /// A JSON file of this module; null if it cannot be read.
    static func resource(_ name: String) -> Value {
        let file = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Resources")
        let text = file.flatMap { try? String(contentsOf: $0, encoding: .utf8) }
        return text.flatMap(Value.init(json:)) ?? .null
    }

    /// The operation of a request, with the values of its path; nil if there is none.
    func operation(_ method: String, _ path: String) -> (LinodeOperation, [String: String])? {
        matches(path).first { $0.0.method == method }
    }

    /// Whether any operation has this path.
    func knows(_ path: String) -> Bool { !matches(path).isEmpty }

    /// The operations with this path; those with fewer parameters first.
    private func matches(_ path: String) -> [(LinodeOperation, [String: String])] {
        operations.compactMap { operation in values(of: operation, path).map { (operation, $0) } }.sorted { $0.1.count < $1.1.count }
    }

    private func values(of operation: LinodeOperation, _ path: String) -> [String: String]? {
        let wanted = operation.segments
        var given = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).removingPercentEncoding ?? String($0)
        }
        // An image's name contains a slash, which clients do not encode.
        if wanted.last == "{imageId}", given.count > wanted.count {
            given = Array(given.prefix(1)) + [given.dropFirst().joined(separator: "/")]
        }
        guard given.count == wanted.count else { return nil }
        var values: [String: String] = [:]
        for (pattern, segment) in zip(wanted, given) {
            if pattern.hasPrefix("{"), !segment.isEmpty {
                values[String(pattern.dropFirst().dropLast())] = segment
            } else if pattern != segment {
                return nil
            }
        }
        return values
    }
}
