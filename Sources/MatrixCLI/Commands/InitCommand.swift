import ArgumentParser
import Foundation
import MatrixCore
import SystemPackage

/// `matrix init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a first matrix file and its platform file.",
        discussion: "At a terminal it asks for what the command line does not give. Nothing is overwritten without --force.")

    @Argument(help: "The project's folder.")
    var folder = "."

    @Option(help: ArgumentHelp("The matrix's name, and the file's: matrices/NAME.yml (default: the folder's).", valueName: "name"))
    var name: String?

    @Option(name: .customLong("os"), help: ArgumentHelp("A system of the catalogue (repeatable; default: debian12).", valueName: "system"))
    var systems: [String] = []

    @Option(help: "Where hosts come from: podman (the default), proxmox, linode, static or k3s.")
    var platform: FirstPlatform?

    @Option(help: ArgumentHelp("With --platform k3s: the platform of the clusters' nodes (default: podman).", valueName: "platform"))
    var nodes: FirstPlatform?

    @Flag(help: "Overwrite existing files.")
    var force = false

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
        let plan = try MatrixSource.load("\(root)/\(first.path)")
        try makeProject(root)
        for file in files { Terminal.output("written: \(shown(file.path))") }
        Terminal.output("\(plan.cells.count) cell\(plan.cells.count == 1 ? "" : "s"): \(plan.cells.map(\.name).joined(separator: ", "))\n")
        Terminal.output(
            (first.preparation.map { "first: \($0)\n" } ?? "")
                + "then:  matrix doctor \(word(first.path))\n       matrix run \(word(first.path))")
    }

    /// Makes the folder a project unless it belongs to one: then every command finds the state and the reports from anywhere in it.
    private func makeProject(_ root: String) throws {
        let project = Paths.project(above: root)
        let belongs = [".git", ".matrix"].contains { FileManager.default.fileExists(atPath: "\(project)/\($0)") }
        guard !belongs else { return }
        _ = try StateFolder("\(root)/.matrix")
        Terminal.output("written: \(shown(".matrix")) (the state of runs, which makes the folder a project; not for Git)")
    }

    /// A path of the project as a command finds it from the working folder.
    private func shown(_ path: String) -> String {
        folder == "." ? path : "\(folder.hasSuffix("/") ? String(folder.dropLast()) : folder)/\(path)"
    }

    private func word(_ path: String) -> String { ShellQuoting.quote(shown(path)) }

    private func answers() throws -> FirstMatrix {
        let base = URL(fileURLWithPath: Paths.absolute(folder)).lastPathComponent
        let platform =
            try self.platform ?? chosen(FirstPlatform.allCases, asked("Platform (\(Self.names(FirstPlatform.allCases)))", "podman"))
        let nodes =
            try platform == .k3s
            ? self.nodes ?? chosen(FirstPlatform.lenders, asked("Nodes from (\(Self.names(FirstPlatform.lenders)))", "podman")) : .podman
        let systems =
            self.systems.isEmpty
            ? asked("Systems, with commas", "debian12").split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) : self.systems
        let name = name ?? asked("Name", FirstMatrix.word(base))
        guard name == FirstMatrix.word(name) else {
            throw UsageError(
                "'\(name)' is not a valid name for a matrix", hint: "use letters, digits and dashes, such as \(FirstMatrix.word(name))")
        }
        return FirstMatrix(name: name, systems: systems, platform: platform, nodes: nodes)
    }

    private func chosen(_ platforms: [FirstPlatform], _ text: String) throws -> FirstPlatform {
        guard let platform = FirstPlatform(rawValue: text), platforms.contains(platform) else {
            throw UsageError("unknown platform '\(text)'", hint: "choose one of \(Self.names(platforms))")
        }
        return platform
    }

    private static func names(_ platforms: [FirstPlatform]) -> String { platforms.map(\.rawValue).joined(separator: ", ") }

    /// The answer of a person at a terminal, otherwise the default.
    private func asked(_ question: String, _ standard: String) -> String {
        guard Terminal.isInteractive, isatty(0) == 1 else { return standard }
        Terminal.write("\(question) [\(standard)]: ", to: .standardError)
        let answer = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
        return answer.isEmpty ? standard : answer
    }
}
