import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

/// A report as headless Chromium has it after its script ran.
struct Browser {
    private let page: String
    /// What the page wrote to the console: errors of scripts, requests that were refused.
    let console: [String]

    /// - Parameter script: runs after the page's own, as a reader who clicks and types.
    init(_ folder: TemporaryFolder, hash: String, script: String = "") async throws {
        var name = "index.html"
        if !script.isEmpty {
            name = "scripted.html"
            try folder.put(name, try folder.text("index.html") + "<script>\(script)</script>")
        }
        (page, console) = try await Self.open("\(folder.path)/\(name)", hash: hash)
    }

    private static func open(_ path: String, hash: String) async throws -> (page: String, console: [String]) {
        let command = Command(
            [
                "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
                "--virtual-time-budget=5000", "--dump-dom", URL(filePath: path).absoluteString + hash,
            ], outputLimit: 1 << 24)
        let result = try await LocalTransport().run(command)
        return (
            result.output, result.errorOutput.split(separator: "\n").map(String.init).filter { $0.contains(":CONSOLE") }
        )
    }

    /// The ids of the cells that are shown.
    var shownCells: [String] { shown("cell") }
    var shownCauses: [String] { shown("cause") }
    var shownLogs: [String] { shown("log") }

    /// The ids of the entries that are open.
    var openEntries: [String] {
        page.matches(of: /<details([^>]*)>/).filter { $0.output.1.contains("open=\"\"") }.compactMap {
            $0.output.1.firstMatch(of: /\sid="([^"]*)"/).map { String($0.output.1) }
        }
    }

    /// The ids of the sections that are shown.
    var shownSections: [String] {
        page.matches(of: /<section id="([^"]+)"([^>]*)>/).filter { !$0.output.2.contains("hidden") }.map { String($0.output.1) }
    }

    /// The checks whose rows are shown.
    var shownRows: [String] {
        guard let table = page.firstMatch(of: /(?s)<table class="checks.*?<\/table>/)?.output else { return [] }
        return table.matches(of: /<tr([^>]*)><th scope="row">([^<]*)</).filter { !$0.output.1.contains("hidden") }.map {
            String($0.output.2)
        }
    }

    /// What a script wrote with `document.body.dataset.told = …`.
    var told: String { page.firstMatch(of: /data-told="([^"]*)"/).map { String($0.output.1) } ?? "" }

    private func shown(_ kind: String) -> [String] {
        page.matches(of: /<details([^>]*)>/).compactMap { match -> String? in
            guard !match.output.1.contains("hidden"), let id = match.output.1.firstMatch(of: /\sid="([^"]*)"/)?.output.1,
                id.hasPrefix("\(kind)-")
            else { return nil }
            return String(id)
        }
    }

    /// The texts that a reader sees in a window of this size without scrolling, a line for each; one of which only a part is seen ends
    /// with `…`.
    ///
    /// The page is in a frame, because no window of Chromium is as narrow as a telephone.
    static func firstScreen(of folder: TemporaryFolder, width: Int, height: Int) async throws -> [String] {
        try folder.put("probe.html", try folder.text("index.html") + probe)
        try folder.put(
            "frame.html",
            """
            <!doctype html><meta charset="utf-8"><pre id="seen"></pre>
            <script>addEventListener("message", event => { document.getElementById("seen").textContent = event.data; });</script>
            <iframe src="probe.html" style="width:\(width)px;height:\(height)px;border:0"></iframe>
            """)
        let frame = try await open("\(folder.path)/frame.html", hash: "").page
        let seen = frame.firstMatch(of: /(?s)<pre id="seen">(.*?)<\/pre>/)?.output.1 ?? ""
        let text = [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")].reduce(String(seen)) { $0.replacing($1.0, with: $1.1) }
        return text.split(separator: "\n").map(String.init)
    }

    private static let probe = """
        <script>addEventListener("load", () => setTimeout(() => {
          const isCut = element => {
            for (let each = element; each && each !== document.body; each = each.parentElement) {
              const style = getComputedStyle(each);
              if (!/hidden|clip/.test(style.overflowX + style.overflowY)) continue;
              if (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1) return true;
            }
            return false;
          };
          const seen = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode, range = document.createRange();
            range.selectNodeContents(node);
            const place = range.getBoundingClientRect(), text = node.data.replace(/\\s+/g, " ").trim();
            const isInside = place.height > 0 && place.top >= 0 && place.bottom <= innerHeight
                && place.left >= 0 && place.left < innerWidth;
            if (text && isInside && node.parentElement.checkVisibility()) seen.push(text + (isCut(node.parentElement) ? "…" : ""));
          }
          parent.postMessage(seen.join("\\n"), "*");
        }, 100));</script>
        """
}
