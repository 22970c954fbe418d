internal import Foundation
public import MatrixCore
internal import Synchronization

/// Keeps requests and their answers in a file, one JSON object a line: private fields removed, redacted, bounded.
public final class ExchangeLog: Sendable {
    /// The name of its file.
    public static let fileName = "requests.ndjson"

    private struct State {
        var file: FileHandle?
        var written = 0
    }

    private let redactor: Redactor
    private let limit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - folder: where the file is created, mode 0600.
    ///   - redactor: knows the secrets; it is asked when a line is written.
    ///   - limit: the most bytes that the file gets.
    public init(in folder: String, redactor: Redactor, limit: Int = 64 << 20) {
        self.redactor = redactor
        self.limit = limit
        let path = "\(folder)/\(Self.fileName)"
        // A run that continues adds to its file.
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let file = FileHandle(forWritingAtPath: path)
        _ = try? file?.seekToEnd()
        state = Mutex(State(file: file))
    }

    /// Adds an exchange. Failing to write it fails nothing else.
    public func add(_ exchange: Exchange) {
        let line = Array((redactor.redact(JSON.text(exchange)) + "\n").utf8)
        state.withLock { state in
            guard state.written + line.count <= limit else { return }
            state.written += line.count
            try? state.file?.write(contentsOf: line)
        }
    }

    /// The exchanges of a file.
    ///
    /// - Throws: `UsageError` if it cannot be read.
    public static func exchanges(in folder: String) throws -> [Exchange] {
        let path = "\(folder)/\(fileName)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("\(path) cannot be read", hint: "unpack a bundle of matrix doctor, and name its folder")
        }
        do {
            return try data.split(separator: UInt8(ascii: "\n")).map { try JSON.decode(Exchange.self, from: Array($0)) }
        } catch {
            throw UsageError("\(path) is damaged", hint: "each line must be an exchange as matrix doctor --bundle writes it")
        }
    }
}

/// Sends requests by another transport, and logs each with its answer.
public struct LoggedTransport: WebTransport {
    private let base: any WebTransport
    private let log: ExchangeLog

    public init(_ base: any WebTransport, log: ExchangeLog) {
        self.base = base
        self.log = log
    }

    public func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        let (started, clock) = (Timestamp.now, ContinuousClock.now)
        func record(_ result: Result<WebReply, any Error>) {
            log.add(Exchange(request, result, started: started, seconds: (ContinuousClock.now - clock).inSeconds))
        }
        do {
            let reply = try await base.send(request, within: limit)
            record(.success(reply))
            return reply
        } catch {
            record(.failure(error))
            throw error
        }
    }
}
