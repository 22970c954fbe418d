/// The names of the log files of a cell's steps.
public enum LogName {
    /// A text as a file name: letters, digits, dots and dashes; other characters become `_`.
    public static func part(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "_" }.prefix(80))
    }

    /// `deploy-web_server.log`; `create.log` for a phase without steps.
    public static func file(_ phase: Phase, step: String?) -> String {
        "\(part(step.map { "\(phase.rawValue)-\($0)" } ?? phase.rawValue)).log"
    }
}
