internal import MatrixCore

/// One word of a command line that may name a generated file: absolute for the process, relative to the script in `command.sh`.
enum AnsibleArgument: Sendable {
    case word(String)
    /// A file of the step's folder, with the text before its path.
    case generated(prefix: String = "", file: String)

    /// The word as the process gets it.
    func path(in folder: String) -> String {
        switch self {
        case .word(let text): text
        case .generated(let prefix, let file): "\(prefix)\(folder)/\(file)"
        }
    }

    /// The word for a script that has its folder in `here`.
    var scriptWord: String {
        switch self {
        case .word(let text): ShellQuoting.quote(text)
        case .generated(let prefix, let file): "\(prefix)\"$here\"/\(file)"
        }
    }
}
