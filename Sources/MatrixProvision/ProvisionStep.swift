internal import MatrixCore

/// One thing that the script makes so, and only if it is not so.
struct ProvisionStep: Sendable {
    /// What it does, as progress and errors name it: `installing packages`.
    var title: String
    /// An error's type.
    var type: ProblemType
    /// POSIX shell; calls `changed` after each change, and `fail "why"` where it cannot go on.
    var body: String
    /// What shows a person the matter on the host.
    var inspection: [String]
    /// What to do where it failed.
    var hint: String?
}
