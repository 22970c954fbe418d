internal import MatrixCore

extension ExitStatus {
    /// The meaning of the status, as a sentence.
    var sentence: String {
        let meaning =
            switch self {
            case .passed: "every verdict passed"
            case .failed: "a deploy or verify verdict failed"
            case .usage: "the command line or the matrix file is wrong"
            case .infrastructure: "an infrastructure problem prevented a verdict"
            case .leaked: "a resource may be left behind"
            case .hungUp, .interrupted, .killed, .terminated: "interrupted, cleaned up"
            }
        return "exit status \(rawValue): \(meaning)"
    }
}
