internal import MatrixCore
import MatrixRemote

/// Opens a host for a cell, in one session: takes the lease, asks what the host already has, records on it what is about to change,
/// and puts the run's key on it. Nothing but the lease is on a host whose lease others have, or on which something is not undone yet.
struct HostOpening: Sendable {
    /// How it ended.
    enum Ending: Sendable {
        case open(Opened)
        /// The lease is taken, and nothing else: these changes must be undone first.
        case unclean(HostChanges)
        /// A run of another state folder has the host.
        case held(by: RunID, until: Timestamp)
    }

    /// What is known of a host that was opened.
    struct Opened: Sendable {
        /// What the reset must undo.
        var changes: HostChanges
        /// The system that it runs now.
        var facts: HostFacts
        /// The keys that it has shown.
        var keys: [String] = []
    }

    let lease: HostLease
    let preview: ChangePreview

    /// Opens a host.
    ///
    /// - Parameter host: its name.
    func run(on transport: any Transport, host: String, run: RunID, expires: Timestamp?) async throws -> Ending {
        let script = HostScript(parts: [
            lease.taking(host, run: run, expires: expires),
            lease.part(
                "asking \(host) what it already has", HostFacts.systemScript + ChangePreview.script,
                [preview.certain.value.json] + preview.arguments),
            HostScript.Part(
                what: "putting the run's key on \(host)", script: Self.authorization, arguments: [preview.login, preview.publicKey]),
        ])
        let outputs = try await script.run(on: transport, timeout: .seconds(60))
        switch try HostLease.answer(outputs.first, of: host) {
        case .held(let run, let until): return .held(by: run, until: until)
        case .taken(let changes?): return .unclean(changes)
        case .taken(nil):
            guard outputs.count > 1 else {
                throw InfrastructureError("asking \(host) what it already has", why: "it did not answer", type: .createPool)
            }
            return .open(
                Opened(changes: preview.certain.adding(outputs[1].split(separator: "\n")), facts: HostFacts(outputs[1])))
        }
    }

    // As root, because a session has one account; the files are the login's own.
    private static let authorization = #"""
        umask 077
        own="$1:$(id -gn "$1")" && home=$(getent passwd "$1" | cut -d: -f6) && [ -d "$home" ] ||
          { echo "the account $1 has no home" >&2; exit 1; }
        [ -d "$home/.ssh" ] || { mkdir "$home/.ssh" && chown "$own" "$home/.ssh"; } || exit 1
        file=$home/.ssh/authorized_keys
        [ -e "$file" ] || { : >"$file" && chown "$own" "$file"; } || exit 1
        grep -qxF -- "$2" "$file" && exit 0
        [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
        printf '%s\n' "$2" >>"$file"
        """#
}
