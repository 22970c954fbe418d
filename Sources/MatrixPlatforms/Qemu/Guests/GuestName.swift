internal import MatrixCore

/// What a process of ours says of itself on its command line, and a guest to QMP's `query-name`: whose it is, and what it is.
///
/// `solti-matrix/<mark of the state folder>/<kind>/<run>/<expiry>/<resource's name>`
struct GuestName: Sendable, Hashable {
    /// The id of the state folder (``StateFolderID``): what another one's processes are is not ours.
    var mark: String
    var kind: String
    var run: RunID
    var expires: Timestamp?
    var name: String

    private static let never = "never"

    init(_ resource: Resource, mark: String) {
        self.mark = mark
        kind = resource.kind
        run = resource.run
        expires = resource.expires
        name = resource.name
    }

    /// Reads what ``text`` writes.
    init?(_ text: some StringProtocol) {
        let parts = String(text).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == Resource.Tag.owner, let run = RunID(shown: parts[3]) else { return nil }
        (mark, kind, name) = (parts[1], parts[2], parts[5])
        self.run = run
        expires = Timestamp(tag: parts[4])
    }

    var text: String {
        [Resource.Tag.owner, mark, kind, run.value, expires?.tag ?? Self.never, name].joined(separator: "/")
    }

    /// Whether it names this resource; the expiry may have been changed since.
    func isOf(_ resource: Resource) -> Bool { kind == resource.kind && run == resource.run && name == resource.name }
}
