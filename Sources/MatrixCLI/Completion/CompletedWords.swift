import Foundation

/// The words of a command line that a shell completes.
struct CompletedWords {
    private let words: [String]

    /// - Parameter words: as the shell has them, quotes included.
    init(_ words: [String]) {
        self.words = words.map(Self.unquoted)
    }

    private static func unquoted(_ word: String) -> String { word.trimmingCharacters(in: CharacterSet(charactersIn: "\"'")) }

    /// The value of an option: `--state DIR` or `--state=DIR`, which bash gives as three words.
    func value(of option: String) -> String? {
        for (index, word) in words.enumerated() {
            if word.hasPrefix("\(option)=") { return Self.unquoted(String(word.dropFirst(option.count + 1))) }
            guard word == option else { continue }
            let next = words.dropFirst(index + 1).drop { $0 == "=" }.first
            return next.flatMap { $0.isEmpty || $0.hasPrefix("--") ? nil : $0 }
        }
        return nil
    }

    /// The file in YAML that is no option's value: the matrix file; else the file of checks.
    var file: String? {
        let options: Set = ["--scenario", "--platform", "--file", "-f", "--reports", "--state"]
        let files = words.enumerated().filter { index, word in
            word.hasSuffix(".yml") || word.hasSuffix(".yaml") ? FileManager.default.fileExists(atPath: word) : false
        }
        let own = files.first { index, _ in index == 0 || !options.contains(words[index - 1]) }?.element
        return own ?? value(of: "--file") ?? value(of: "-f")
    }
}
