internal import MatrixCore

/// One word of a command line that may name a generated file: absolute for the process, relative to itself in `command.sh`.
enum AnsibleArgument: Sendable {
    case word(String)
    /// A file of the step's folder, with what stands before its path.
    case generated(prefix: String = "", file: String)

    /// The word as the process gets it.
    func path(in folder: String) -> String {
        switch self {
        case .word(let text): text
        case .generated(let prefix, let file): "\(prefix)\(folder)/\(file)"
        }
    }

    /// The word as it stands in a script that knows its own folder as `here`.
    var scriptWord: String {
        switch self {
        case .word(let text): ShellQuoting.quote(text)
        case .generated(let prefix, let file): "\(prefix)\"$here\"/\(file)"
        }
    }
}
