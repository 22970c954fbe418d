internal import MatrixCore

extension ExitStatus {
    /// What it says, as people read it.
    var sentence: String {
        let meaning =
            switch self {
            case .passed: "every verdict passed"
            case .failed: "a deploy or verify verdict failed"
            case .usage: "the command line or the matrix file is wrong"
            case .infrastructure: "infrastructure kept a verdict from being reached"
            case .leaked: "a resource may be left behind"
            case .interrupted, .killed, .terminated: "interrupted, torn down"
            }
        return "exit status \(rawValue): \(meaning)"
    }
}
