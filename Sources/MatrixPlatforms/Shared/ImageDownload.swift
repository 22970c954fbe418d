internal import Foundation
internal import MatrixCore
internal import MatrixWeb

/// Downloads images into a cache on this machine. Resumes broken downloads, and keeps only files with the right checksum.
struct ImageDownload: Sendable {
    /// The cache folder; an absolute path.
    let folder: String

    private static let tries = 5
    /// All tries together.
    private static let limit = Duration.seconds(2 * 3600)

    private static func client(bodyLimit: Int) throws -> WebClient {
        var settings = WebSettings()
        settings.redirects = 20
        settings.silence = .seconds(90)
        settings.bodyLimit = bodyLimit
        return try WebClient(settings)
    }

    /// A small text, such as a list of checksums; `file:` URLs are read from disk.
    ///
    /// - Parameter limit: of one try.
    static func text(_ url: String, within limit: Duration = .seconds(30)) async throws -> String {
        if url.hasPrefix("file://") { return try String(contentsOfFile: String(url.dropFirst("file://".count)), encoding: .utf8) }
        let client = try client(bodyLimit: 4 << 20)
        var last = "no answer"
        for attempt in 1...3 {
            do {
                let reply = try await client.send(WebRequest("GET", url), within: limit)
                if reply.status == 200 { return reply.text }
                last = "HTTP \(reply.status)"
                if reply.status < 500 { break }
            } catch let failure as WebFailure {
                last = failure.message
                try await Task.sleep(for: Backoff().pause(before: attempt))
            }
        }
        throw InfrastructureError(
            "reading \(url)", why: last,
            next: "check the internet connection, or set another checksum: for the system", type: .templateDownload)
    }

    /// The image's file, downloaded if it is not in the cache.
    func image(_ url: String, _ checksum: ImageChecksum, progress: @escaping @Sendable (Int, Int?, Double) -> Void) async throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(checksum.digits.prefix(16))-\(url.split(separator: "/").last ?? "image")"
        if FileManager.default.fileExists(atPath: path), try checksum.matches(path) { return path }
        let part = path + ".part"
        let client = try Self.client(bodyLimit: 64 << 30)
        var last: any Error = CancellationError()
        let end = ContinuousClock.now + Self.limit
        for attempt in 1...Self.tries {
            do {
                try await fetch(url, by: client, to: part, within: end - .now, progress)
                guard try checksum.matches(part) else { throw wrong(url, part) }
                _ = rename(part, path)
                return path
            } catch let error as InfrastructureError where !error.isTransient {
                throw error
            } catch {
                try Task.checkCancellation()
                last = error
                try await Task.sleep(for: Backoff().pause(before: attempt))
            }
        }
        throw InfrastructureError(
            "downloading \(url)", why: "\(last)",
            next: "run it again: it resumes the download", type: .templateDownload)
    }

    private func wrong(_ url: String, _ part: String) -> InfrastructureError {
        // Resuming a wrong file would never end.
        try? FileManager.default.removeItem(atPath: part)
        return InfrastructureError(
            "downloading \(url)", why: "the file does not have the published checksum",
            next: "the server may be replacing the image: try again later",
            type: .templateChecksum)
    }

    private func fetch(
        _ url: String, by client: WebClient, to part: String, within limit: Duration,
        _ progress: @escaping @Sendable (Int, Int?, Double) -> Void
    ) async throws {
        var request = WebRequest("GET", url)
        let there = (try? FileManager.default.attributesOfItem(atPath: part)[.size] as? Int) ?? 0
        if there > 0 { request.headers["Range"] = "bytes=\(there)-" }
        try await client.exchange(request, within: limit) { head, body in
            // The file is already complete; its checksum shows whether it is right.
            if head.status == 416 { return }
            guard head.status == 200 || head.status == 206 else {
                throw InfrastructureError(
                    "downloading \(url)", why: "HTTP \(head.status)", type: .templateDownload, isTransient: head.status >= 500)
            }
            let start = head.status == 206 ? there : 0
            let length = head.headers["content-length"].flatMap { Int($0) }
            try await Self.write(body, to: part, from: start, total: length.map { $0 + start }, progress)
        }
    }

    private static func write(
        _ body: WebBody, to part: String, from start: Int, total: Int?, _ progress: @Sendable (Int, Int?, Double) -> Void
    ) async throws {
        if start == 0 { try Data().write(to: URL(fileURLWithPath: part)) }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: part))
        defer { try? file.close() }
        try file.seekToEnd()
        var bytes = start
        let clock = ContinuousClock()
        let begun = clock.now
        var told = begun
        for try await piece in body {
            try file.write(contentsOf: Data(piece))
            bytes += piece.count
            guard clock.now - told > .milliseconds(500) else { continue }
            told = clock.now
            progress(bytes, total, Double(bytes - start) / max((told - begun).inSeconds, 0.001))
        }
        progress(bytes, total, Double(bytes - start) / max((clock.now - begun).inSeconds, 0.001))
    }
}
