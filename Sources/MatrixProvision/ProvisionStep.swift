internal import MatrixCore

/// One step of the script: it changes the host only if needed.
struct ProvisionStep: Sendable {
    /// What it does, as progress and errors name it: `installing packages`.
    var title: String
    /// An error's type.
    var type: ProblemType
    /// POSIX shell; calls `changed` after each change, and `fail "why"` if it cannot continue.
    var body: String
    /// A command that shows a person the cause on the host.
    var inspection: [String]
    /// What to do if it failed.
    var hint: String?
}
