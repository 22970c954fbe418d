internal import MatrixCore

/// The lease that the host itself stores, in `/var/lib/solti-matrix`. It keeps runs of other state folders, on other machines,
/// away from a host that this ledger has lent.
struct HostLease: Sendable {
    /// The answer to a request for the lease.
    enum Answer: Sendable {
        /// This state folder has it. The value: changes that are not undone yet, as far as the host knows.
        case taken(HostChanges?)
        /// A run of another state folder has it.
        case held(by: RunID, until: Timestamp)
    }

    /// Where the host keeps it.
    static let folder = "/var/lib/solti-matrix"

    /// How long a lease lasts if its run sets no end. Afterwards others may assume that its owner is dead.
    private static let longest = Duration.seconds(7 * 24 * 3600)

    /// The id of the state folder whose ledger knows the rest.
    let state: String

    /// Takes or renews the lease; one of another state folder only after it has expired.
    func take(on transport: any Transport, host: String, run: RunID, expires: Timestamp?) async throws -> Answer {
        let until = expires ?? .wall + Self.longest
        let arguments = ["\(run)", "\(Int(nearest: until.seconds))", "\(Int(nearest: Timestamp.wall.seconds.rounded(.down)))"]
        let lines = try await ask(Self.taking, arguments, on: transport, "leasing \(host)").split(separator: "\n").map(String.init)
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        switch words.first {
        case "taken": return .taken(lines.dropFirst().first.flatMap { Value(json: $0) }.flatMap(HostChanges.init))
        case "held" where words.count == 3:
            guard let run = RunID(shown: words[1]) else { break }
            return .held(by: run, until: Timestamp(seconds: Double(words[2]) ?? until.seconds))
        default: break
        }
        let answer = lines.first.map { PlainText.clipped(PlainText.clean($0), to: 200) } ?? "nothing"
        throw InfrastructureError("leasing \(host)", why: "it answered: \(answer)", type: .createPool)
    }

    /// Records on the host what is about to change, for the next owner of the lease.
    func note(_ changes: HostChanges, on transport: any Transport, host: String) async throws {
        try await ask(Self.noting, [changes.value.json], on: transport, "recording on \(host) what is about to change")
    }

    /// Records that everything is undone. The lease stays.
    func clear(on transport: any Transport, host: String) async throws {
        try await ask(Self.clearing, on: transport, "recording that \(host) is clean")
    }

    /// Gives the lease up and removes its files from the host. Leaves a lease of another state folder alone.
    func end(on transport: any Transport, host: String) async throws {
        try await ask(Self.ending, on: transport, "giving back \(host)")
    }

    /// The cluster of a run that is still on the host; nil if there is none.
    func cluster(of run: RunID, on transport: any Transport, host: String) async throws -> String? {
        let name = try await ask(Self.showing, on: transport, "looking on \(host) for a cluster").stripped
        return name.hasSuffix("-\(run)") ? name : nil
    }

    @discardableResult
    private func ask(_ script: String, _ arguments: [String] = [], on transport: any Transport, _ what: String) async throws -> String {
        let command = Command.script(Self.locked + script, arguments: [state] + arguments, user: "root", timeout: .seconds(60))
        return try await transport.require(command, what, isTransient: true).output
    }

    // The lock file is in memory: the host's next boot removes it.
    private static let locked = #"""
        umask 077
        at=\#(folder)
        exec 9>>/run/solti-matrix.lock && flock -w 30 9 || { echo "another process holds its lock" >&2; exit 1; }
        owner= run= until=0
        [ ! -s "$at/lease" ] || read -r owner run until <"$at/lease"

        """#

    private static let taking = #"""
        if [ -n "$owner" ] && [ "$owner" != "$1" ] && [ "$until" -gt "$4" ]; then echo "held $run $until"; exit 0; fi
        mkdir -p "$at" && printf '%s %s %s\n' "$1" "$2" "$3" >"$at/lease.new" && mv "$at/lease.new" "$at/lease" || exit 1
        echo taken
        [ ! -s "$at/changes" ] || cat "$at/changes"
        """#

    private static let noting = #"""
        [ "$owner" = "$1" ] || { echo "the lease was lost to run $run" >&2; exit 1; }
        printf '%s\n' "$2" >"$at/changes.new" && mv "$at/changes.new" "$at/changes"
        """#

    private static let clearing = #"""
        [ "$owner" != "$1" ] || rm -f "$at/changes"
        """#

    private static let showing = #"""
        [ ! -s \#(ClusterMark.folder)/cluster ] || cat \#(ClusterMark.folder)/cluster
        """#

    // The folder may hold a cluster's mark, too.
    private static let ending = #"""
        [ "$owner" != "$1" ] || rm -f "$at/lease" "$at/lease.new" "$at/changes" "$at/changes.new"
        [ ! -d "$at" ] || rmdir --ignore-fail-on-non-empty "$at"
        """#
}
