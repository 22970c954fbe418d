import ArgumentParser
import MatrixCore

/// `matrix pool`.
struct PoolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool", abstract: "Show the hosts of static pools, or put one back into use.", subcommands: [List.self, Lift.self],
        defaultSubcommand: List.self
    ).showing([
        "all hosts of all pools": "matrix pool list"
    ])

    /// `matrix pool list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show every known host, who holds it, which are in quarantine, and who waits."
        ).showing([
            "for a program": "matrix pool list --format json"
        ])

        @OptionGroup var state: StateOptions

        @Option(help: "table or json.")
        var format: OutputFormat = .table

        func run() async throws {
            let tables = try await PoolTables(StateFolder(state.folder()).pools)
            if format == .json { return Terminal.output(try Terminal.json(tables.value)) }
            Terminal.output(
                tables.hosts.isEmpty ? "no host of a pool is known yet: the first run that leases one makes its pool known" : tables.text)
        }
    }

    /// `matrix pool lift HOST…`.
    struct Lift: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lift", abstract: "Put hosts in quarantine back into use.",
            discussion: "A host is still reset before its next use. If that reset fails, it goes back into quarantine."
        ).showing([
            "after a repair": "matrix pool lift pi-03"
        ])

        @Argument(help: "The hosts' names.", completion: Complete.poolHosts)
        var hosts: [String]

        @Option(help: ArgumentHelp("Only in this pool.", valueName: "name"))
        var pool: String?

        @OptionGroup var state: StateOptions

        func run() async throws {
            let book = try StateFolder(state.folder()).pools
            let known = try await book.hosts().filter { pool == nil || $0.pool == pool }
            var chosen: [PoolHost] = []
            for name in hosts { chosen.append(try host(name, among: known)) }
            for host in chosen {
                try await book.lift(host.machine)
                Terminal.output("\(host.name) of \(host.pool) is back in use; it is reset before its next use")
            }
        }

        private func host(_ name: String, among known: [PoolHost]) throws -> PoolHost {
            let named = known.filter { $0.name == name }
            guard let host = named.first else {
                throw UsageError(
                    "no pool has a host \(name)", hint: "known: \(known.isEmpty ? "none" : known.map(\.name).joined(separator: ", "))")
            }
            guard named.count == 1 else {
                throw UsageError(
                    "several pools have a host \(name): \(named.map(\.pool).joined(separator: ", "))", hint: "name one with --pool")
            }
            guard host.quarantine != nil else {
                throw UsageError(
                    "\(name) is not in quarantine",
                    hint: host.holder == nil ? "it is free" : "a run holds it; if that run is dead, free it with: matrix reap --yes")
            }
            return host
        }
    }
}
