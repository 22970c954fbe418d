import MatrixCore

/// A matrix that several runners share, the same for every CI engine.
struct ShardPlan {
    /// The matrix's name.
    var name: String
    /// The path of the matrix file from the project's folder.
    var file: String
    /// The options that select cells, without the shard.
    var arguments: [String]
    /// The cells of each shard, by their names.
    var shards: [[String]]
    /// The number of shards.
    var count: Int { shards.count }
    /// Shell commands that install matrix.
    var install: [String]
    /// Environment variables that the runs need.
    var variables: [String]
    /// Those of them that are no secrets.
    var plain: Set<String> = []
    /// Whether the merge runs a command, which needs them too.
    var hasAfter = false

    /// The command line of one shard.
    ///
    /// - Parameter index: an expression that the runner's shell expands to the shard's number.
    func run(_ index: String, reports: String, more: [String] = []) -> String {
        (["matrix", "run"] + [file] + arguments).map(ShellQuoting.quote).joined(separator: " ")
            + " --shard \(index)/\(count) --reports \(reports)"
            + more.map { " \($0)" }.joined()
    }

    /// The commands that only look at the file, for pull requests from forks.
    var harmless: [String] {
        let lines = [["matrix", "validate", file], ["matrix", "plan", file, "--offline"]].map(ShellQuoting.join)
        // They stand in a comment, which the end of a line ends.
        return lines.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }
    }

    /// The shards for GitHub's `strategy.matrix`, on one line: each with its value for `--shard` and the cells that it runs.
    var list: String {
        let jobs = shards.enumerated().map { index, cells in
            Value.map(["shard": .string("\(index + 1)/\(count)"), "cells": .string(cells.joined(separator: ", "))])
        }
        return Value.map(["include": .list(jobs)]).json
    }

    /// A name that Kubernetes and artifacts accept: a DNS label.
    var label: String { String(FirstMatrix.word(name).prefix(40)) }

    /// Text as a YAML scalar: every JSON string is one.
    static func quoted(_ text: String) -> String { JSON.text(text) }

    /// A literal block of YAML, `indent` spaces deep.
    static func block(_ lines: [String], indent: Int) -> String {
        "|\n" + lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
    }
}
