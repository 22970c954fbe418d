import MatrixCore
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The one place that prints: results to standard output, everything else to standard error.
enum Terminal {
    /// Prints a result.
    static func output(_ text: String) { write(text + "\n", to: .standardOutput) }

    /// A result for programs.
    static func json(_ value: some Encodable) throws -> String { String(decoding: try JSON.encode(value, pretty: true), as: UTF8.self) }

    /// Prints a message or progress.
    static func error(_ text: String) {
        let text = StateHint.shared.added(to: text)
        if let show = display.withLock({ $0 }) { show(text) } else { write(text + "\n", to: .standardError) }
    }

    /// Takes messages while something is drawn on the screen, which they would break.
    private static let display = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Gives messages to a display until it is told nil.
    static func divert(_ show: (@Sendable (String) -> Void)?) { display.withLock { $0 = show } }

    /// Knows every secret that this process came by.
    static let redactor = Redactor()

    /// Prints what went wrong, free of secrets: an error may hold any output of a server or a program.
    static func problem(_ text: String) { error("error: \(shown(text))") }

    /// A text of a program or server: cleaned, and free of secrets.
    static func shown(_ text: String) -> String { redactor.redact(PlainText.clean(text)) }

    /// Writes text as it is.
    static func write(_ text: String, to file: FileDescriptor) {
        // A closed pipe must not end the run: what was created must still be destroyed.
        _ = try? file.writeAll(text.utf8)
    }

    /// Whether standard error is a terminal that can move its cursor.
    static var isInteractive: Bool { isCapable(2) }

    /// Whether colour is wanted on standard error.
    static var hasColour: Bool { isCapable(2) && allowsColour }

    /// Whether colour is wanted on standard output.
    static var hasColourOnOutput: Bool { isCapable(1) && allowsColour }

    private static var allowsColour: Bool { environment("NO_COLOR")?.isEmpty != false }

    private static func isCapable(_ file: Int32) -> Bool { isatty(file) == 1 && environment("TERM") != "dumb" }

    /// Columns and rows of the terminal on standard error; 80 × 24 if unknown.
    static var size: (columns: Int, rows: Int) {
        let window = window(of: 2)
        return (window?.columns ?? 80, window.map(\.rows).flatMap { $0 > 0 ? $0 : nil } ?? 24)
    }

    /// The columns of the terminal on standard output; nil if it is none.
    static var outputColumns: Int? { window(of: 1)?.columns }

    private static func window(of file: Int32) -> (columns: Int, rows: Int)? {
        var window = winsize()
        guard ioctl(file, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
