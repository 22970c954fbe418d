internal import MatrixCore

/// Refuses invalid commands, before anything is started.
enum CommandValidator {
    static func examine(_ command: Command) throws {
        guard let program = command.arguments.first, !program.isEmpty else { throw refusal(of: command, "it names no program") }
        let texts = command.arguments + command.environment.values + [command.directory ?? ""]
        if texts.contains(where: { $0.utf8.contains(0) }) { throw refusal(of: command, "an argument holds a NUL character") }
        if let name = command.environment.keys.first(where: { !isVariableName($0) }) {
            throw refusal(of: command, "'\(name)' cannot be the name of an environment variable")
        }
        if let user = command.user, !isAccountName(user) { throw refusal(of: command, "'\(user)' cannot be the name of an account") }
    }

    private static func refusal(of command: Command, _ why: String) -> InfrastructureError {
        InfrastructureError("running \(command.arguments.first ?? "a command")", why: why, type: .commandInvalid, isTransient: false)
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Names that useradd of Debian and RHEL accepts; above all, none that begins with a dash.
    private static func isAccountName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetterOrDigit(first) || first == UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy { isLetterOrDigit($0) || "_-.$@\\".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
