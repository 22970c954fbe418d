import Foundation
import MatrixCore

/// Whether a run opens its page at the end.
struct PageOpening {
    /// What `SOLTI_OPEN` says.
    enum Setting: String, CaseIterable {
        case never
        /// If the run did not pass.
        case failed
        case always
    }

    private let setting: Setting
    /// Whether the command line decides.
    private let isAsked: Bool
    private let environment: [String: String]
    private let hasPerson: Bool

    /// - Parameter flag: `--open` or `--no-open`; nil for neither.
    /// - Throws: `UsageError` for a setting that is none.
    init(
        _ flag: Bool?, environment: [String: String] = ProcessInfo.processInfo.environment,
        hasPerson: Bool = Terminal.isInteractive && Terminal.isOutputShown
    ) throws {
        let text = environment["SOLTI_OPEN"].flatMap { $0.isEmpty ? nil : $0 } ?? Setting.failed.rawValue
        guard let setting = Setting(rawValue: text) else {
            throw UsageError("SOLTI_OPEN cannot be '\(text)'", hint: "set it to never, failed or always")
        }
        self.setting = flag.map { $0 ? .always : .never } ?? setting
        isAsked = flag != nil
        self.environment = environment
        self.hasPerson = hasPerson
    }

    /// Without being asked, a page is opened only for a person at a desktop: elsewhere xdg-open starts a browser inside the terminal.
    func isWanted(after status: ExitStatus) -> Bool {
        if setting == .never || status.isInterruption { return isAsked && setting == .always }
        if setting == .failed, status == .passed { return false }
        return isAsked || isLookedAt
    }

    /// Whether a page that grows is opened when its server starts.
    ///
    /// - Parameter canHideLink: whether there is a place for a file that only this account reads.
    func isWanted(atStart canHideLink: Bool) -> Bool {
        guard canHideLink else { return false }
        return isAsked ? setting == .always : isLookedAt
    }

    /// Whether a person sits at a desktop.
    private var isLookedAt: Bool {
        let isDesktop = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
        return hasPerson && isDesktop && environment["CI"]?.isEmpty != false
    }

    /// Opens the page of a report if that is wanted. What goes wrong is said, and changes nothing.
    func open(_ report: String, after status: ExitStatus) async {
        guard isWanted(after: status), FileManager.default.fileExists(atPath: "\(report)/index.html") else { return }
        do { try await Browser.open("\(report)/index.html") } catch { Terminal.error("warning: \(error)") }
    }
}
