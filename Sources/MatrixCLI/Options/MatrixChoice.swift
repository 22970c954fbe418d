import Foundation
import MatrixCore
import SystemPackage

/// Which matrix file a command means that is given none.
enum MatrixChoice {
    /// The given file; else the only one of `matrices/`; else the one that the person at the terminal chooses.
    ///
    /// - Throws: `UsageError` with the list if there are several and nobody can be asked.
    static func file(_ given: String?, for command: String) throws -> String {
        if let given { return given }
        let files = candidates()
        if let file = files.only {
            Terminal.error("matrix file: \(file)")
            return file
        }
        guard !files.isEmpty else {
            throw UsageError(
                "no matrix file is named, and there is none in matrices/", hint: "name one: \(command) FILE; or make one: matrix init")
        }
        guard Terminal.asks else {
            throw UsageError(
                "no matrix file is named, and matrices/ has \(files.count)",
                hint: "name one: \(files.map { "\(command) \(ShellQuoting.quote($0))" }.joined(separator: ", "))")
        }
        return try chosen(files)
    }

    /// The matrix files of `matrices/` in the working folder, else in its project; with paths as a person would type them.
    static func candidates(in folder: String = FileManager.default.currentDirectoryPath) -> [String] {
        let here = files(in: "\(folder)/matrices").map { "matrices/\($0)" }
        if !here.isEmpty { return here }
        let root = "\(Paths.project(above: folder))/matrices"
        return files(in: root).map { "\(root)/\($0)" }
    }

    /// Other files in YAML may lie there too: a manifest, a playbook.
    private static func files(in folder: String) -> [String] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return names.filter { name in
            guard name.hasSuffix(".yml") || name.hasSuffix(".yaml"), let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
            else {
                return false
            }
            return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).contains { $0.hasPrefix("axes:") }
        }
    }

    private static func chosen(_ files: [String]) throws -> String {
        for (index, file) in files.enumerated() { Terminal.error("  \(index + 1)  \(file)") }
        while true {
            Terminal.write("Which matrix? [1-\(files.count)]: ", to: .standardError)
            guard let answer = readLine()?.trimmingCharacters(in: .whitespaces), !answer.isEmpty else {
                throw UsageError("no matrix file is chosen", hint: "name one on the command line")
            }
            if let file = choice(answer, of: files) { return file }
            Terminal.error("'\(answer)' is none of them")
        }
    }

    /// A file by its number or its name.
    static func choice(_ answer: String, of files: [String]) -> String? {
        if let number = Int(answer) { return files.indices.contains(number - 1) ? files[number - 1] : nil }
        return files.filter { $0 == answer || $0.split(separator: "/").last.map { $0.prefix { $0 != "." } } == answer[...] }.only
    }
}
