import Foundation
import MatrixTesting
import Testing

/// The pages for people who change `matrix` name files, modules and versions: here they are held to the tree.
@Suite struct InternalsPageTests {
    private static func read(_ path: String) throws -> String {
        try String(contentsOfFile: Repository.path(path), encoding: .utf8)
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: Repository.path(path)) }

    // MARK: - Paths

    /// Every page of the repository that people read.
    private static let pages = ["", "docs/", "docs/decisions/", "reports/"].flatMap { folder in
        ((try? FileManager.default.contentsOfDirectory(atPath: Repository.path(folder))) ?? []).filter { $0.hasSuffix(".md") }.sorted().map
        { folder + $0 }
    }

    /// Paths in backticks, relative to the repository or to `Sources/`. The other pages name users' files too, which are not here.
    @Test(arguments: ["docs/internals.md", "CONTRIBUTING.md", "RELEASING.md"]) func everyPathIsThere(page: String) throws {
        let paths = try Self.read(page).matches(of: /`(\.?[A-Za-z][A-Za-z0-9_.+-]*\/[A-Za-z0-9_.+\/-]*)`/).map { String($0.output.1) }
        #expect(paths.count > 2)
        for path in paths {
            #expect(
                Self.exists(path) || Self.exists("Sources/\(path)"),
                "\(page) names \(path), which is not there: name the file that it became")
        }
    }

    @Test(arguments: pages) func everyLinkLeadsSomewhere(page: String) throws {
        let folder = (page as NSString).deletingLastPathComponent
        let text = try Self.read(page)
        let links = text.matches(of: /\]\(([^)\s]+)\)/).map(\.output.1) + text.matches(of: /\b(?:src|srcset)="([^"]+)"/).map(\.output.1)
        for link in links.map(String.init) {
            guard !link.contains("://") else { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let target = parts[0].isEmpty ? page : (folder as NSString).appendingPathComponent(parts[0])
            #expect(Self.exists(target), "\(page) links to \(link), which is not there")
            guard parts.count > 1, target.hasSuffix(".md") else { continue }
            let anchors = try Self.allAnchors[target] ?? Self.anchors(of: target)
            #expect(anchors.contains(parts[1]), "\(page) links to \(link), and \(target) has no such heading")
        }
    }

    private static let allAnchors = Dictionary(pages.map { ($0, (try? anchors(of: $0)) ?? []) }) { first, _ in first }

    /// The anchors that GitHub and Gitea give to headings.
    private static func anchors(of page: String) throws -> Set<String> {
        let headings = try read(page).split(separator: "\n").filter { $0.hasPrefix("#") }.map { $0.drop { $0 == "#" || $0 == " " } }
        return Set(
            headings.map {
                String($0.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.map { $0 == " " ? "-" : $0 })
            })
    }

    // MARK: - Modules

    /// What each target of `Package.swift` may import, by its name; tests left out.
    private static func modules() throws -> [String: Set<String>] {
        let text = try read("Package.swift")
        let products = Dictionary(
            text.matches(of: /let (\w+): Target\.Dependency = \.product\(name: "(\w+)"/).map { (String($0.output.1), String($0.output.2)) }
        ) { first, _ in first }
        let starts = text.matches(of: /\.(target|executableTarget|systemLibrary|testTarget)\(/)
        var modules: [String: Set<String>] = [:]
        for (index, start) in starts.enumerated() where start.output.1 != "testTarget" {
            let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : text.endIndex
            let body = text[start.range.upperBound..<end]
            guard let name = body.firstMatch(of: /name: "([\w-]+)"/)?.output.1 else { continue }
            let list = body.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.output.1 ?? ""
            modules[String(name)] = Set(
                list.split { ", \n".contains($0) }.map { word in
                    word.hasPrefix("\"") ? word.filter { $0 != "\"" } : products[String(word)] ?? "the unknown \(word)"
                })
        }
        return modules
    }

    /// The table of modules on the page.
    private static func table() throws -> [String: Set<String>] {
        let section =
            try read("docs/internals.md").components(separatedBy: "\n## Modules\n").last?.components(separatedBy: "\n## ").first ?? ""
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Dictionary(
            rows.map { row in
                let cells = row.split(separator: "|", omittingEmptySubsequences: false)
                let words = { (cell: Substring) in cell.matches(of: /`([\w-]+)`/).map { String($0.output.1) } }
                return (words(cells[1]).first ?? "", Set(words(cells[3])))
            }
        ) { first, _ in first }
    }

    @Test func theTableOfModulesIsPackageSwifts() throws {
        let (modules, table) = try (Self.modules(), Self.table())
        #expect(modules.count > 15)
        #expect(Set(modules.keys) == Set(table.keys), "docs/internals.md must have a row for each target")
        for (name, imports) in modules.sorted(by: { $0.key < $1.key }) {
            let row = imports.sorted().map { "`\($0)`" }.joined(separator: ", ")
            #expect(table[name] == imports, "docs/internals.md, row \(name): may import must be \(row)")
        }
    }

    // MARK: - Versions

    private static let workflows = [
        ".github/workflows/ci.yml", ".github/workflows/nightly.yml", ".github/workflows/release.yml", ".gitea/workflows/ci.yml",
    ]

    /// Swift's version without its last part: what is needed. `.swift-version` has the one that is tested.
    @Test(arguments: ["README.md", "CONTRIBUTING.md", "install.sh", "fixtures/setup.sh", "Containerfile"] + workflows)
    func oneVersionOfSwiftIsNamed(file: String) throws {
        let tested = try Self.read(".swift-version").trimmingCharacters(in: .whitespacesAndNewlines)
        let needed = tested.split(separator: ".").prefix(2).joined(separator: ".")
        let named = try Self.read(file).matches(of: /(?:Swift |swift:)(\d[\d.]*\d)/).map { String($0.output.1) }
        #expect(!named.isEmpty)
        for version in named { #expect(version == needed || version == tested, "\(file) names Swift \(version), .swift-version \(tested)") }
    }

    /// Direct packages are in the list of all packages, with the version that `Package.swift` asks for.
    @Test func theListOfPackagesHasTheDirectOnes() throws {
        let lines = try Self.read("fixtures/packages.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: " ").map(String.init)
        }
        let versions = Dictionary(lines.map { ($0[0], $0[1]) }) { first, _ in first }
        let wanted = try Self.read("Package.swift").matches(of: /\.package\(url: "[^"]*\/([\w.-]+?)(?:\.git)?", (from|exact): "([\d.]+)"\)/)
        #expect(wanted.count > 15)
        for match in wanted {
            let (name, version) = (match.output.1.lowercased(), String(match.output.3))
            let listed = try #require(versions[name], "fixtures/packages.txt lacks \(name): run fixtures/packages.sh --write")
            if match.output.2 == "exact" { #expect(listed == version, "\(name): run fixtures/packages.sh --write") }
        }
    }
}
