internal import MatrixCore

extension RunResult {
    /// `--state DIR`, if the run's command line named a state folder: a command on what the run kept must name it, too.
    var stateWords: [String] { environment["state"].map { ["--state", ReportText.line($0, limit: 1000)] } ?? [] }
}
