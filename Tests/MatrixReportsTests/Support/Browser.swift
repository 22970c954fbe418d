import Foundation

/// A report as headless Chromium has it after its script ran.
struct Browser {
    private let page: String
    /// What the page wrote to the console: errors of scripts, requests that were refused.
    let console: [String]

    static var isThere: Bool { program != nil }

    private static var program: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/chromium" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    init(_ folder: TemporaryFolder, hash: String) throws {
        let process = Process()
        let errors = URL(filePath: "\(folder.path)/.browser")
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        let pipe = Pipe()
        process.executableURL = URL(filePath: Self.program ?? "/usr/bin/chromium")
        process.arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr", "--dump-dom",
            URL(filePath: "\(folder.path)/index.html").absoluteString + hash,
        ]
        process.standardOutput = pipe
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        page = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        console = try String(contentsOf: errors, encoding: .utf8).split(separator: "\n").map(String.init).filter { $0.contains(":CONSOLE") }
    }

    /// The ids of the cells that are shown.
    var shownCells: [String] {
        page.matches(of: /<details id="(cell-[^"]+)"([^>]*)>/).filter { !$0.output.2.contains("hidden") }.map { String($0.output.1) }
    }

    /// The checks whose rows are shown.
    var shownRows: [String] {
        guard let table = page.firstMatch(of: /(?s)<table class="checks.*?<\/table>/)?.output else { return [] }
        return table.matches(of: /<tr([^>]*)><th scope="row">([^<]*)</).filter { !$0.output.1.contains("hidden") }.map { String($0.output.2) }
    }
}
