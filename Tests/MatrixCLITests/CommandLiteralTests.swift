import ArgumentParser
import Foundation
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Every command that the program can print is one that its own parser takes.
@Suite struct CommandLiteralTests {
    /// A command in a text of the sources, and its file.
    struct Literal: CustomTestStringConvertible, Sendable {
        let words: [String]
        let file: String
        var testDescription: String { "\(file): matrix \(words.joined(separator: " "))" }
    }

    private static let verbs = Set(MatrixCommand.configuration.subcommands.compactMap { $0.configuration.commandName })

    /// Parts of the program that print nothing to its users.
    private static let others = ["/matrix-bench/", "/matrix-lab/", "/matrix-chaos/", "/MatrixTesting/"]

    /// The commands of commands.
    private static let nested = [
        "pool": ["list", "lift"], "report": ["merge", "compare"], "platform": ["test"],
        "template": ["build", "list", "prune", "verify", "destroy"],
    ]

    private static let all: [Literal] = {
        let root = URL(fileURLWithPath: Repository.path("Sources"))
        let files = (FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? [])
            .filter { file in file.pathExtension == "swift" && !others.contains { file.path.contains($0) } }.sorted { $0.path < $1.path }
        return files.flatMap { file in
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").filter { !$0.contains("///") }.flatMap { literals(in: String($0), file.lastPathComponent) }
        }
    }()

    /// The words after `matrix` as far as they are those of a command, and not of the sentence that goes on.
    private static func literals(in line: String, _ file: String) -> [Literal] {
        // An interpolation stands for one word.
        var text = line
        for _ in 0..<3 { text = text.replacing(/\\\((?:[^()]|\([^()]*\))*\)/, with: "X1") }
        return text.matches(of: /\bmatrix (?<rest>[a-z][^";`]*)/).compactMap { match in
            let words = match.output.rest.split(separator: " ").map(String.init)
            guard let verb = words.first.map(bare), verbs.contains(verb) else { return nil }
            var taken = [verb]
            var rest = words.dropFirst()
            if words[0] != verb { rest = [] }
            while let word = rest.first, isPart(bare(word), after: taken) {
                taken.append(bare(word))
                rest = word == bare(word) ? rest.dropFirst() : []
            }
            return Literal(words: taken.map(real), file: file)
        }
    }

    private static func bare(_ word: String) -> String { String(word.reversed().drop { ",:.)\\".contains($0) }.reversed()) }

    private static func isPart(_ word: String, after words: [String]) -> Bool {
        if words.count == 1, nested[words[0]]?.contains(word) == true { return true }
        if word.hasPrefix("-") || word.contains("X1") || word.contains("/") || word.hasSuffix(".yml") { return true }
        if word.contains(where: \.isUppercase), word.allSatisfy({ $0.isUppercase || "/[]…".contains($0) }) { return true }
        return ["always", "failed", "never", "debug", "shards"].contains(word) && words.last?.hasPrefix("--") == true
    }

    /// A placeholder as a value that the option takes.
    private static func real(_ word: String) -> String { word == "I/N" || word == "X1/X1" ? "1/2" : word }

    @Test func thereAreMany() {
        #expect(Self.all.count > 40)
        #expect(Self.all.contains { $0.words.first == "reap" } && Self.all.contains { $0.words.first == "ssh" })
    }

    @Test(arguments: all) func theParserTakesIt(literal: Literal) async {
        do { try await ParsedLine.parse(literal.words) } catch {
            let message = MatrixCommand.fullMessage(for: error)
            // A sentence may name a command without what it works on.
            let isNested = literal.words.count > 1 && Self.nested[literal.words[0]]?.contains(literal.words[1]) == true
            let isName =
                literal.words.dropFirst(isNested ? 2 : 1).allSatisfy { $0.hasPrefix("-") } && message.contains("Missing expected")
            let isKnown =
                !message.contains("Unknown option") && !message.contains("nexpected argument") && !message.contains("Missing expected")
            #expect(isName || isKnown || MatrixCommand.exitCode(for: error) == .success, "\(message)")
        }
    }
}
