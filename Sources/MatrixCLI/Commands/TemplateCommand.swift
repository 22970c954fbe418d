import ArgumentParser
import MatrixCore
import MatrixPlatforms
import Synchronization

/// `matrix template`.
struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Build, list, verify, prune and destroy Proxmox templates.",
        subcommands: [
            TemplateBuildCommand.self, TemplateListCommand.self, TemplateVerifyCommand.self, TemplatePruneCommand.self,
            TemplateDestroyCommand.self,
        ]
    ).showing([
        "build what is out of date": "matrix template build --platform matrices/platforms/proxmox.yml --all"
    ])
}

/// `matrix template build`.
struct TemplateBuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build templates whose image or settings changed, several at once."
    ).showing([
        "two systems, and try a clone of each":
            "matrix template build --platform matrices/platforms/proxmox.yml --os debian12 --os rocky9 --boot"
    ])

    @OptionGroup var templates: TemplateOptions

    @Flag(help: "Build even if nothing changed.")
    var rebuild = false

    @Flag(help: "Boot a clone of each new template.")
    var boot = false

    @Option(help: ArgumentHelp("failed: do not remove the machine of a failed build.", valueName: "failed"))
    var keep: KeptBuilds = .none

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let workspace = try await TemplateWorkspace.open(templates, boots: boot)
        let options = TemplateBuildOptions(rebuild: rebuild, keepFailed: keep == .failed, boot: boot)
        let outcomes = try await workspace.run {
            await $0.templates.buildAll($0.systems, options: options) { Terminal.error($0.description) }
        }
        if format == .json {
            Terminal.output(try Terminal.json(Value.list(outcomes.map(Self.value))))
        } else {
            for outcome in outcomes { show(outcome) }
        }
        let failures = outcomes.compactMap { if case .failed(_, _, let leavesMachine) = $0 { leavesMachine } else { nil } }
        if !failures.isEmpty { throw ExitCode(failures.contains(true) ? .leaked : .infrastructure) }
    }

    private static func value(_ outcome: TemplateOutcome) -> Value {
        switch outcome {
        case .built(let template, let warning): value(of: template, "built", warning)
        case .unchanged(let template): value(of: template, "unchanged", nil)
        case .failed(let os, let message, let leavesMachine):
            .map([
                "os": .string(os), "outcome": "failed", "message": .string(Terminal.shown(message)), "leaves_machine": .bool(leavesMachine),
            ])
        }
    }

    private static func value(of template: ProxmoxTemplate, _ outcome: String, _ message: String?) -> Value {
        .map([
            "os": .string(template.os), "outcome": .string(outcome), "name": .string(template.name), "vmid": .int(template.vmid),
            "node": .string(template.node), "message": message.map { .string($0) } ?? .null,
        ])
    }

    private func show(_ outcome: TemplateOutcome) {
        switch outcome {
        case .built(let template, let warning):
            Terminal.output("\(template.os): built \(template.name) (\(template.vmid) on \(template.node))")
            if let warning { Terminal.error("\(template.os): warning: \(warning)") }
        case .unchanged(let template):
            Terminal.output("\(template.os): nothing to do, \(template.name) (\(template.vmid) on \(template.node)) is up to date")
        case .failed(let os, let message, _): Terminal.problem("\(os): \(message)")
        }
    }
}

/// What happens to the machine of a failed build.
enum KeptBuilds: String, ExpressibleByArgument, CaseIterable {
    case none
    case failed
}

/// `matrix template list`.
struct TemplateListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the templates, the newest of each system first, and which of them a run clones."
    ).showing([
        "what there is": "matrix template list --platform matrices/platforms/proxmox.yml --all"
    ])

    @OptionGroup var templates: TemplateOptions

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let workspace = try await TemplateWorkspace.open(templates)
        let found = try await workspace.templates.list(workspace.systems)
        if format == .json { return Terminal.output(try Terminal.json(found)) }
        guard !found.isEmpty else { return Terminal.output("there are no templates") }
        Terminal.output(
            Table(headings: ["OS", "VMID", "NODE", "NAME", "MADE", "BY", "AGENT", "CLONES", "A RUN"], rows: found.map(row)).text)
    }

    private func row(_ template: ProxmoxTemplate) -> [String] {
        [
            template.os, "\(template.vmid)", template.node, template.name, template.made?.description ?? "unknown",
            template.built == nil ? "others" : "matrix", template.agent ?? "unknown", "\(template.clones.count)",
            "\(template.isCloned ? "clones it" : "does not clone it"): \(template.reason)",
        ]
    }
}

/// `matrix template verify`.
struct TemplateVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verify", abstract: "Check that the newest templates can be cloned.")
        .showing([
            "boot a clone of each": "matrix template verify --platform matrices/platforms/proxmox.yml --all --boot"
        ])

    @OptionGroup var templates: TemplateOptions

    @Flag(help: "Boot a clone of each, log in, and remove it.")
    var boot = false

    func run() async throws {
        let workspace = try await TemplateWorkspace.open(templates, boots: boot)
        let isGood = try await workspace.run { [boot] workspace in
            var isGood = true
            for os in workspace.systems {
                do {
                    let template = try await workspace.templates.verify(os, boot: boot) { Terminal.error($0.description) }
                    Terminal.output("\(os.name): \(template.name) (\(template.vmid)) is good")
                } catch let error as InfrastructureError {
                    isGood = false
                    Terminal.problem("\(error)")
                }
            }
            return isGood
        }
        if !isGood { throw ExitCode(.infrastructure) }
    }
}

/// `matrix template prune`.
struct TemplatePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove templates that a newer one replaced and that have no clones."
    ).showing([
        "old templates, and their images": "matrix template prune --platform matrices/platforms/proxmox.yml --all --images"
    ])

    @OptionGroup var templates: TemplateOptions

    @Flag(help: "Also remove images that no template of these systems needs.")
    var images = false

    func run() async throws {
        let workspace = try await TemplateWorkspace.open(templates)
        let count = Mutex(0)
        try await workspace.templates.prune(workspace.systems, images: images) { item in
            count.withLock { $0 += 1 }
            switch item {
            case .removed(let what): Terminal.output("removed \(what)")
            case .kept(let what, let why): Terminal.output("kept \(what): \(why)")
            }
        }
        if count.withLock({ $0 }) == 0 { Terminal.output("nothing to remove") }
    }
}

/// `matrix template destroy`.
struct TemplateDestroyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy", abstract: "Remove all templates of these systems that matrix built."
    ).showing([
        "the templates of one system": "matrix template destroy --platform matrices/platforms/proxmox.yml --os debian12"
    ])

    @OptionGroup var templates: TemplateOptions

    func run() async throws {
        let workspace = try await TemplateWorkspace.open(templates)
        let removed = try await workspace.templates.destroy(workspace.systems)
        Terminal.output(removed.isEmpty ? "nothing to remove" : removed.map { "removed \($0)" }.joined(separator: "\n"))
    }
}
