import Foundation

/// Headless Chromium: measures how long a page takes to load.
struct Browser {
    static let program = "/usr/bin/chromium"
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// Milliseconds from the start of the navigation to the page's load event.
    ///
    /// - Parameters:
    ///   - page: the file. Opens a copy of it that also records its load time.
    ///   - folder: for the copy and the browser's profile.
    func loadMilliseconds(of page: String, in folder: String) throws -> Double {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let copy = "\(folder)/timed.html"
        let clock = "<script>addEventListener('load',()=>document.documentElement.setAttribute('data-load',performance.now()))</script>"
        try (String(contentsOfFile: page, encoding: .utf8) + clock).write(toFile: copy, atomically: true, encoding: .utf8)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=\(folder)/profile", "--dump-dom",
            URL(fileURLWithPath: copy).absoluteString,
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let dom = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard let time = dom.firstMatch(of: /data-load="([0-9.]+)"/).flatMap({ Double($0.output.1) }) else {
            throw BenchError("Chromium did not load \(page)")
        }
        return time
    }
}
