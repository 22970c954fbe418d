import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

/// A report as headless Chromium has it after its script ran.
struct Browser {
    private let page: String
    /// What the page wrote to the console: errors of scripts, requests that were refused.
    let console: [String]

    init(_ folder: TemporaryFolder, hash: String) async throws {
        let command = Command(
            [
                "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
                "--dump-dom",
                URL(filePath: "\(folder.path)/index.html").absoluteString + hash,
            ], outputLimit: 1 << 24)
        let result = try await LocalTransport().run(command)
        page = result.output
        console = result.errorOutput.split(separator: "\n").map(String.init).filter { $0.contains(":CONSOLE") }
    }

    /// The ids of the cells that are shown.
    var shownCells: [String] {
        page.matches(of: /<details id="(cell-[^"]+)"([^>]*)>/).filter { !$0.output.2.contains("hidden") }.map { String($0.output.1) }
    }

    /// The checks whose rows are shown.
    var shownRows: [String] {
        guard let table = page.firstMatch(of: /(?s)<table class="checks.*?<\/table>/)?.output else { return [] }
        return table.matches(of: /<tr([^>]*)><th scope="row">([^<]*)</).filter { !$0.output.1.contains("hidden") }.map {
            String($0.output.2)
        }
    }
}
