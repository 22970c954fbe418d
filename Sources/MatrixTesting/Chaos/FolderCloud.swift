internal import Foundation
internal import Glibc
public import MatrixCore
internal import Synchronization

/// A cloud whose machines are files in a folder. Several processes share it, and requests of a killed process may still take effect.
public final class FolderCloud: Platform {
    /// The content of a file.
    public struct Thing: Codable, Hashable, Sendable {
        public var resource: Resource
        public var tags: [String]

        public init(_ resource: Resource, tags: [String]) {
            self.resource = resource
            self.tags = tags
        }
    }

    public let name: String
    public let hostsLiveOn: Bool
    private let folder: String
    private let dice: Dice
    private let faultiness: Double
    private let settles: Duration
    private let counted = Mutex<[String: Int]>([:])

    /// - Parameters:
    ///   - folder: made if it does not exist.
    ///   - faultiness: the share of calls with a fault, from 0 to 1.
    ///   - hostsLiveOn: whether it says that its machines live on after they are returned.
    ///   - settles: how long it says that a create without a reply may still take effect; really up to 0.3 s.
    public init(
        _ name: String = "cloud", in folder: String, dice: Dice, faultiness: Double, hostsLiveOn: Bool = false,
        settles: Duration = .seconds(2)
    ) throws {
        self.name = name
        self.hostsLiveOn = hostsLiveOn
        self.folder = folder
        self.dice = dice
        self.faultiness = faultiness
        self.settles = settles
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// The count of each fault.
    public var faults: [String: Int] { counted.withLock { $0 } }

    // MARK: - Content

    /// All things by name, without those that are still to come.
    public var there: [String: Thing] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".json") }
        let things = names.compactMap { read("\(folder)/\($0)") }
        return Dictionary(things.map { ($0.resource.name, $0) }) { first, _ in first }
    }

    /// Adds something that this program did not make.
    public func put(_ thing: Thing) throws { try write(thing, to: path(thing.resource.name)) }

    private func path(_ name: String) -> String { "\(folder)/\(name).json" }

    private func read(_ path: String) -> Thing? {
        FileManager.default.contents(atPath: path).flatMap { try? JSON.decode(Thing.self, from: Array($0)) }
    }

    private func write(_ thing: Thing, to path: String) throws {
        try Data(JSON.encode(thing)).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    // MARK: - Faults

    private func count(_ fault: String) { counted.withLock { $0[fault, default: 0] += 1 } }

    /// Makes a request fail by chance.
    private func mayFail(_ what: String) async throws {
        if dice.happens(0.5) { try await Task.sleep(for: .milliseconds(dice.roll(0...8))) }
        guard dice.happens(faultiness) else { return }
        let why = dice.pick(["connection reset", "HTTP 503", "HTTP 429", "the connection was closed in the middle of the reply"])
        count("API: \(why)")
        throw InfrastructureError(what, why: why)
    }

    private static func lost(_ resource: Resource) -> InfrastructureError {
        InfrastructureError("POST \(resource.name)", why: "the reply was lost", isTransient: false)
    }

    // MARK: - Platform

    public func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { [] }

    public func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        func resource(_ kind: String, _ name: String, host: String?) -> Resource {
            Resource(platform: self.name, kind: kind, name: "\(name)-\(run)", run: run, cell: cell.name, host: host, expires: expires)
        }
        return [[resource("network", "\(cell.name)-net", host: nil)], cell.hosts.map { resource("host", $0.name, host: $0.name) }]
    }

    public func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        try await mayFail("POST \(resource.name)")
        if let there = read(path(resource.name)), !there.tags.contains(Resource.Tag.run(resource.run)) {
            throw InfrastructureError("POST \(resource.name)", why: "the name is taken", type: .createNameTaken, isTransient: false)
        }
        var made = resource
        made.id = "id-\(resource.name)"
        var tags = [Resource.Tag.owner, Resource.Tag.run(resource.run)]
        if let date = resource.expires { tags.append(Resource.Tag.expires(date)) }
        let thing = Thing(made, tags: tags)
        if dice.happens(faultiness / 2) {
            count("a create that takes effect after its reply was lost")
            try later(thing)
            throw Self.lost(resource)
        }
        try write(thing, to: path(resource.name))
        if dice.happens(faultiness / 2) {
            count("a lost reply to create")
            throw Self.lost(resource)
        }
        return made
    }

    /// Done by a separate process that outlives the caller, as the work of a server does.
    private func later(_ thing: Thing) throws {
        let waiting = "\(folder)/.\(thing.resource.name).\(dice.roll(0...1_000_000))"
        try write(thing, to: waiting)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "sleep 0.\(dice.roll(1...3)); mv \"$0\" \"$1\"", waiting, path(thing.resource.name)]
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Whether a create may still take effect. It never does if its caller was killed before the server started.
    public var isBusy: Bool {
        let waiting = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix(".") }
        return waiting.contains { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return (attributes?[.modificationDate] as? Date).map { $0.timeIntervalSinceNow > -Self.longest } ?? false
        }
    }

    /// The longest time of a create without a reply, in seconds, on a busy machine.
    private static let longest = 1.8

    public func settleTime(of resource: Resource) async -> Duration { settles }

    public func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        try await mayFail("GET \(resource.name)")
        return Endpoint(address: "127.0.0.1", port: 22, user: "root", keyFile: "/key", knownHostsFile: "/known_hosts", alias: resource.name)
    }

    public func destroy(_ resource: Resource) async throws {
        try await mayFail("DELETE \(resource.name)")
        guard let thing = read(path(resource.name)), thing.tags.contains(Resource.Tag.run(resource.run)) else { return }
        unlink(path(resource.name))
        if dice.happens(faultiness / 2) {
            count("a lost reply to destroy")
            throw InfrastructureError("DELETE \(resource.name)", why: "the reply was lost")
        }
    }

    public func remaining(of run: RunID) async throws -> [Resource] {
        try await mayFail("GET what carries the tag of \(run)")
        return there.values.filter { $0.tags.contains(Resource.Tag.owner) && $0.tags.contains(Resource.Tag.run(run)) }.map(\.resource)
    }

    public func owned() async throws -> [Resource] {
        try await mayFail("GET what carries our tag")
        return there.values.filter { $0.tags.contains(Resource.Tag.owner) }.map(\.resource)
    }

    public func power(_ resource: Resource, on: Bool) async throws { try await mayFail("POST \(resource.name)") }
}
