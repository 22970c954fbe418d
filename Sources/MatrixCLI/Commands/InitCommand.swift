import ArgumentParser
import Foundation
import MatrixCore
import MatrixFile

/// `matrix init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a first matrix file and its platform file.",
        discussion: "At a terminal it asks for what the command line does not give. Nothing is overwritten without --force."
    ).showing([
        "ask for everything": "matrix init",
        "two systems in containers": "matrix init --name site --os debian12 --os debian13 --platform podman",
    ])

    @Argument(help: "The project's folder.", completion: Complete.folder)
    var folder = "."

    @Option(help: ArgumentHelp("The matrix's name, and the file's: matrices/NAME.yml (default: the folder's).", valueName: "name"))
    var name: String?

    @Option(
        name: .customLong("os"), help: ArgumentHelp("A system of the catalogue (repeatable; default: debian12).", valueName: "system"),
        completion: Complete.systems)
    var systems: [String] = []

    @Option(help: "Where hosts come from: podman (the default), proxmox, linode, static or k3s.")
    var platform: FirstPlatform?

    @Option(help: ArgumentHelp("With --platform k3s: the platform of the clusters' nodes (default: podman).", valueName: "platform"))
    var nodes: FirstPlatform?

    @Flag(help: "Overwrite existing files.")
    var force = false

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func validate() throws {
        guard let nodes else { return }
        guard platform == .k3s else { throw ValidationError("--nodes needs --platform k3s") }
        guard nodes != .k3s else {
            throw ValidationError("--nodes needs one of \(Self.names(FirstPlatform.lenders)): a cluster lends no hosts")
        }
    }

    func run() async throws {
        let first = try answers()
        let root = Paths.absolute(folder)
        let files = first.files
        let taken = files.map(\.path).filter { FileManager.default.fileExists(atPath: "\(root)/\($0)") }
        guard force || taken.isEmpty else {
            throw UsageError("\(taken.joined(separator: " and ")) would be overwritten", hint: "add --force, or choose another --name")
        }
        for file in files {
            try Paths.write(file.text, to: "\(root)/\(file.path)", hint: "name a folder that this account may write to")
        }
        _ = try Schemas.write([.matrix, .platforms], to: "\(root)/\(Schemas.folder)")
        let plan = try MatrixSource.load("\(root)/\(first.path)")
        let schemas = [SchemaKind.matrix, .platforms].map { "\(Schemas.folder)/\($0.fileName)" }
        let made = try makeProject(root)
        if format == .json { return Terminal.output(try json(plan, first, written: files.map(\.path) + schemas)) }
        if made { Terminal.output("written: \(shown(".matrix")) (the state of runs, which makes the folder a project; not for Git)") }
        for file in files.map(\.path) + schemas { Terminal.output("written: \(shown(file))") }
        Terminal.output("\(plan.cells.count) cell\(plan.cells.count == 1 ? "" : "s"): \(plan.cells.map(\.name).joined(separator: ", "))\n")
        Terminal.output(
            (first.preparation.map { "first: \($0)\n" } ?? "")
                + "then:  matrix doctor \(word(first.path))\n       matrix run \(word(first.path))")
    }

    /// Makes the folder a project unless it belongs to one: then every command finds the state and the reports from anywhere in it.
    ///
    /// - Returns: whether it was made one.
    private func makeProject(_ root: String) throws -> Bool {
        let project = Paths.project(above: root)
        let belongs = [".git", ".matrix"].contains { FileManager.default.fileExists(atPath: "\(project)/\($0)") }
        guard !belongs else { return false }
        _ = try StateFolder("\(root)/.matrix")
        return true
    }

    /// A path of the project as a command finds it from the working folder.
    private func shown(_ path: String) -> String {
        folder == "." ? path : "\(folder.hasSuffix("/") ? String(folder.dropLast()) : folder)/\(path)"
    }

    private func word(_ path: String) -> String { ShellQuoting.quote(shown(path)) }

    /// For programs.
    private func json(_ plan: Plan, _ first: FirstMatrix, written: [String]) throws -> String {
        try Terminal.json(
            Value.map([
                "matrix": .string(plan.name), "file": .string(first.path), "written": .list(written.map { .string($0) }),
                "cells": .list(plan.cells.map { .string($0.name) }), "first": first.preparation.map { .string($0) } ?? .null,
            ]))
    }

    private func answers() throws -> FirstMatrix {
        let base = URL(fileURLWithPath: Paths.absolute(folder)).lastPathComponent
        let platform = try self.platform ?? asked(of: FirstPlatform.allCases, "Platform")
        let nodes = try platform == .k3s ? self.nodes ?? asked(of: FirstPlatform.lenders, "Nodes from") : .podman
        let systems =
            try self.systems.isEmpty
            ? answer("Systems, with commas (\(Self.catalogue.joined(separator: ", ")))", "debian12", Self.systems)
            : Self.checked(self.systems)
        let name = try name.map(Self.validName) ?? answer("Name", FirstMatrix.word(base), Self.validName)
        return FirstMatrix(name: name, systems: systems, platform: platform, nodes: nodes)
    }

    private func asked(of platforms: [FirstPlatform], _ question: String) throws -> FirstPlatform {
        try answer("\(question) (\(Self.names(platforms)))", "podman") { text in
            guard let platform = FirstPlatform(rawValue: text), platforms.contains(platform) else {
                let near = Suggestion.nearest(to: text, among: platforms.map(\.rawValue)).map { "did you mean \($0)?" }
                throw UsageError("unknown platform '\(text)'", hint: near ?? "choose one of \(Self.names(platforms))")
            }
            return platform
        }
    }

    /// With --format json nobody is asked.
    private func answer<T>(_ question: String, _ standard: String, _ value: (String) throws -> T) throws -> T {
        format == .json ? try value(standard) : try Terminal.answer(question, standard, value)
    }

    private static let catalogue = SystemCatalogue.builtIn.keys.sorted()

    private static func systems(_ text: String) throws -> [String] {
        try checked(text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init))
    }

    private static func checked(_ systems: [String]) throws -> [String] {
        for system in systems where !catalogue.contains(system) {
            let near = Suggestion.nearest(to: system, among: catalogue).map { "did you mean \($0)?" }
            throw UsageError("there is no system '\(system)'", hint: near ?? "there are: \(catalogue.joined(separator: ", "))")
        }
        guard !systems.isEmpty else { throw UsageError("no system is named", hint: "there are: \(catalogue.joined(separator: ", "))") }
        return systems
    }

    private static func validName(_ name: String) throws -> String {
        guard name == FirstMatrix.word(name) else {
            throw UsageError(
                "'\(name)' is not a valid name for a matrix", hint: "use letters, digits and dashes, such as \(FirstMatrix.word(name))")
        }
        return name
    }

    private static func names(_ platforms: [FirstPlatform]) -> String { platforms.map(\.rawValue).joined(separator: ", ") }
}
