import ArgumentParser
import MatrixCore
import MatrixFile

/// `matrix validate FILE…`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check matrix files; all problems at once, each with its position.",
        discussion: """
            Runs nothing, reads no secret, and opens no connection: a file of a stranger can be checked. Placeholders stand for \
            variables of the environment that are not set. Without FILE it checks every matrix file of matrices/.
            """
    ).showing([
        "all problems of two files": "matrix validate matrices/site.yml matrices/lab.yml",
        "as annotations of GitHub Actions": "matrix validate --format github",
    ])

    @Argument(help: "The matrix files (default: all of matrices/).", completion: Complete.yaml)
    var files: [String] = []

    @Option(help: "text, github (annotations at the lines) or json.")
    var format: ProblemFormat = .text

    func run() throws {
        let chosen = files.isEmpty ? MatrixChoice.candidates() : files
        guard !chosen.isEmpty else {
            throw UsageError("no matrix file is named, and there is none in matrices/", hint: "name one: matrix validate FILE")
        }
        let verdicts = chosen.map(FileVerdict.init(of:))
        switch format {
        case .text: try show(verdicts)
        case .github: Terminal.output(verdicts.map(\.annotations).joined(separator: "\n"))
        case .json: Terminal.output(try Terminal.json(Value.list(verdicts.map(\.value))))
        }
        if !verdicts.allSatisfy(\.isValid) { throw ExitCode(.usage) }
    }

    private func show(_ verdicts: [FileVerdict]) throws {
        for verdict in verdicts where verdict.isValid {
            for warning in verdict.problems { Terminal.error(warning.description) }
            Terminal.output(verdict.summary)
        }
        let problems = verdicts.filter { !$0.isValid }.flatMap(\.problems)
        if !problems.isEmpty { throw UsageError(problems) }
    }
}

/// How problems of files are printed.
enum ProblemFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case github
    case json
}

/// What is wrong with a matrix file.
struct FileVerdict {
    let file: String
    /// Nil if the file is wrong.
    let cells: Int?
    let problems: [Diagnostic]

    init(of file: String) {
        self.file = file
        (cells, problems) = Self.read(file)
    }

    private static func read(_ file: String) -> (Int?, [Diagnostic]) {
        do {
            let plan = try MatrixSource.load(file, isOffline: true)
            return (plan.cells.count, plan.warnings)
        } catch let error as UsageError {
            return (nil, error.diagnostics)
        } catch {
            return (nil, [Diagnostic(at: nil, "\(error)")])
        }
    }

    var isValid: Bool { cells != nil }

    var summary: String { cells.map { "\(file): ok, \($0) cell\($0 == 1 ? "" : "s")" } ?? "\(file): \(problems.count) problems" }

    /// For programs.
    var value: Value {
        .map([
            "file": .string(file), "valid": .bool(isValid), "cells": cells.map { .int($0) } ?? .null,
            "problems": .list(problems.map(\.value)),
        ])
    }

    /// For GitHub Actions: an annotation at each line, and the verdict.
    var annotations: String { (problems.map { $0.annotation(in: file) } + [summary]).joined(separator: "\n") }
}

extension Diagnostic {
    /// For programs.
    var value: Value {
        .map([
            "severity": .string(severity.rawValue), "message": .string(message), "next": hint.map { .string($0) } ?? .null,
            "file": location.map { .string($0.file) } ?? .null, "line": location.map { .int($0.line) } ?? .null,
            "column": location.map { .int($0.column) } ?? .null,
        ])
    }
}
