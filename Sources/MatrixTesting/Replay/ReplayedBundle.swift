internal import Foundation
public import MatrixCore
internal import MatrixWeb

/// An unpacked bundle of `matrix doctor FILE --bundle`: its platforms answer again as they did on the machine that it comes from.
public struct ReplayedBundle: Sendable {
    /// The folder.
    public let path: String
    /// The settings of its platforms, by name.
    public let platforms: [String: PlatformSettings]
    /// Its cells, without steps.
    public let cells: [CellPlan]
    /// Stands for the network.
    public let transport: ReplayedTransport

    /// - Throws: if a file is missing or damaged.
    public init(_ path: String) throws {
        self.path = path
        let place = SourceLocation(file: "\(path)/platforms.json", line: 1, column: 1)
        guard case .map(let records)? = try Self.value(of: place.file) else { throw UsageError("\(place.file) holds no platforms") }
        platforms = Dictionary(
            uniqueKeysWithValues: records.compactMap { name, value in
                value["driver"]?.string.map {
                    (name, PlatformSettings(name: name, driver: $0, options: Document(value: Self.here(value), at: place)))
                }
            })
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(BundledCell.fileName)")))
        cells = try JSON.decode([BundledCell].self, from: bytes).map(\.plan)
        transport = ReplayedTransport(try ExchangeLog.exchanges(in: path))
    }

    /// What doctor said of a platform: the messages of its findings.
    public func findings(of platform: String) throws -> [String] {
        guard case .list(let findings)? = try Self.value(of: "\(path)/findings.json") else { return [] }
        return findings.filter { $0["subject"]?.string == "platform \(platform)" }.compactMap { $0["detail"]?.string }
    }

    /// Without the file of an authority, which is on the other machine.
    private static func here(_ settings: Value) -> Value {
        guard case .map(var members) = settings, case .map(var tls)? = members["tls"] else { return settings }
        tls["ca"] = nil
        members["tls"] = tls.isEmpty ? nil : .map(tls)
        return .map(members)
    }

    private static func value(of file: String) throws -> Value? {
        Value(json: try String(contentsOfFile: file, encoding: .utf8))
    }

    /// The folders that a test replays: those in `fixtures/bundles`, and the one that `SOLTI_BUNDLE` names.
    public static let folders: [String] = {
        let root = Repository.path("fixtures/bundles")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
        let own = names.map { "\(root)/\($0)" }.filter { FileManager.default.fileExists(atPath: "\($0)/platforms.json") }
        return own + [ProcessInfo.processInfo.environment["SOLTI_BUNDLE"]].compactMap(\.self).filter { !$0.isEmpty }
    }()
}
