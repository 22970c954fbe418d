import ArgumentParser
import Foundation

/// How progress and the result are shown.
enum ProgressFormat: String, ExpressibleByArgument, CaseIterable {
    case auto
    case tty
    case plain
    case github
    case json

    /// What `auto` means in this environment.
    var resolved: ProgressFormat {
        guard self == .auto else { return self }
        if ProcessInfo.processInfo.environment["GITHUB_ACTIONS"] == "true" { return .github }
        return Terminal.isInteractive ? .tty : .plain
    }
}

/// How a run shows what it does.
struct ProgressOptions: ParsableArguments {
    @Option(help: "How progress and result are shown: auto, tty, plain, github or json.")
    var format: ProgressFormat = .auto

    @Flag(name: .shortAndLong, help: "Show every line of output.")
    var verbose = false

    var display: ProgressDisplay { ProgressDisplay(format, isVerbose: verbose) }
}
