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
