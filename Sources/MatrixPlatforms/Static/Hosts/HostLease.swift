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

    /// Whose a host is that is to be handed back.
    enum Standing: Sendable {
        case ours
        /// A run of another state folder has it: nothing on it is ours.
        case others
        /// The run's cluster is still on it.
        case cluster(String)
    }

    /// Where the host keeps it.
    static let folder = "/var/lib/solti-matrix"

    /// How long a lease lasts if its run sets no end. Afterwards others may assume that its owner is dead.
    private static let longest = Duration.seconds(7 * 24 * 3600)

    /// The id of the state folder whose ledger knows the rest.
    let state: String

    // MARK: - Parts of a script for a host

    /// Takes or renews the lease; one of another state folder only after it has expired. Goes no further if others have the host, or
    /// something on it is not undone yet.
    func taking(_ host: String, run: RunID, expires: Timestamp?) -> HostScript.Part {
        let until = expires ?? .wall + Self.longest
        return part(
            "leasing \(host)", Self.taking,
            ["\(run)", "\(Int(nearest: until.seconds))", "\(Int(nearest: Timestamp.wall.seconds.rounded(.down)))"])
    }

    /// Finds out whose the host is. Goes no further if there is nothing to undo yet or any more.
    func asking(_ host: String, run: RunID) -> HostScript.Part {
        part("asking whose \(host) is", Self.asking, ["\(run)", "\(Int(nearest: Timestamp.wall.seconds.rounded(.down)))"])
    }

    /// Records that everything is undone. The lease stays.
    func clearing(_ host: String) -> HostScript.Part { part("recording that \(host) is clean", Self.clearing) }

    /// Gives the lease up and removes its files from the host. Leaves a lease of another state folder alone.
    func ending(_ host: String) -> HostScript.Part { part("giving back \(host)", Self.ending) }

    /// A part that has the lease's lock, and knows who holds it.
    func part(_ what: String, _ script: String, _ arguments: [String] = []) -> HostScript.Part {
        HostScript.Part(what: what, script: Self.locked + script, arguments: [state] + arguments, isTransient: true)
    }

    // MARK: - Answers

    /// Reads what ``taking(_:run:expires:)`` printed.
    /// - Throws: `InfrastructureError` if it is no answer.
    static func answer(_ output: String?, of host: String) throws -> Answer {
        let lines = (output ?? "").split(separator: "\n")
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        switch words.first {
        case "taken": return .taken(HostChanges(record: lines.dropFirst()))
        case "held" where words.count == 3:
            guard let run = RunID(shown: words[1]) else { break }
            return .held(by: run, until: Timestamp(seconds: Double(words[2]) ?? (.wall + longest).seconds))
        default: break
        }
        let answer = lines.first.map { PlainText.clipped(PlainText.clean(String($0)), to: 200) } ?? "nothing"
        throw InfrastructureError("leasing \(host)", why: "it answered: \(answer)", type: .createPool)
    }

    /// Reads what ``asking(_:run:)`` printed.
    static func standing(_ output: String?) -> Standing {
        let words = (output ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "others": return .others
        case "cluster": return .cluster(words.last ?? "")
        default: return .ours
        }
    }

    // MARK: - Scripts

    // The lock file is in memory: the host's next boot removes it.
    private static let locked = #"""
        umask 077
        at=\#(folder)
        exec 9>>/run/solti-matrix.lock && flock -w 30 9 || { echo "another process holds its lock" >&2; exit 1; }
        owner= run= until=0
        [ ! -s "$at/lease" ] || read -r owner run until <"$at/lease"

        """#

    private static let taking = #"""
        if [ -n "$owner" ] && [ "$owner" != "$1" ] && [ "$until" -gt "$4" ]; then echo "held $run $until"; exit \#(HostScript.stop); fi
        mkdir -p "$at" && printf '%s %s %s\n' "$1" "$2" "$3" >"$at/lease.new" && mv "$at/lease.new" "$at/lease" || exit 1
        echo taken
        [ ! -s "$at/changes" ] || { cat "$at/changes"; exit \#(HostScript.stop); }
        """#

    // Removing a cluster needs the run's key, which the reset would remove.
    private static let asking = #"""
        if [ -n "$owner" ] && [ "$owner" != "$1" ] && [ "$until" -gt "$3" ]; then echo "others $run"; exit \#(HostScript.stop); fi
        cluster=
        [ ! -s \#(ClusterMark.folder)/cluster ] || cluster=$(cat \#(ClusterMark.folder)/cluster)
        case $cluster in *-"$2") echo "cluster $cluster"; exit \#(HostScript.stop) ;; esac
        """#

    private static let clearing = #"""
        [ "$owner" != "$1" ] || rm -f "$at/changes"
        """#

    // The folder may hold a cluster's mark, too.
    private static let ending = #"""
        [ "$owner" != "$1" ] || rm -f "$at/lease" "$at/lease.new" "$at/changes" "$at/changes.new"
        [ ! -d "$at" ] || rmdir --ignore-fail-on-non-empty "$at"
        """#
}
