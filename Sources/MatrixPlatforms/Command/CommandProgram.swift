internal import MatrixCore
internal import MatrixRemote

/// The program of a command platform: one verb and one JSON document in, one JSON document out.
struct CommandProgram: Sendable {
    /// The version of the documents.
    static let protocolVersion = 1

    let platform: String
    let settings: CommandSettings
    let context: PlatformContext

    /// The exit statuses that mean something (sysexits.h); all others but 0 are fatal.
    private enum Status {
        static let unavailable: Int32 = 69
        static let transient: Int32 = 75
    }

    /// Asks the program.
    ///
    /// - Parameters:
    ///   - name: the resource that it is about; as an argument it shows in process lists whose create is still under way.
    ///   - progress: told each line of its standard error.
    /// - Throws: `InfrastructureError`.
    func ask(
        _ verb: CommandVerb, about name: String? = nil, _ request: [String: Value],
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Value {
        let command = command(verb, name, request)
        let result: CommandResult
        do {
            result = try await context.runner.run(command) { [context] line in
                guard line.stream == .standardError else { return }
                let text = context.redactor.redact(PlainText.clean(line.text))
                if !text.isEmpty { progress(text) }
            }
        } catch let error as InfrastructureError {
            throw hidden(error, command)
        }
        guard result.exitStatus == 0 else { throw failure(verb, name, command, result) }
        return try answer(to: verb, name, command, result)
    }

    private func command(_ verb: CommandVerb, _ name: String?, _ request: [String: Value]) -> Command {
        let common: [String: Value] = [
            "protocol": .int(Self.protocolVersion), "verb": .string(verb.rawValue), "platform": .string(platform),
            "settings": settings.settings, "state": .string("\(context.state)/platforms/\(platform)"),
        ]
        var environment = settings.environment
        for variable in settings.secrets { environment[variable] = context.secrets["secrets.\(variable)"] }
        return Command(
            settings.command + [verb.rawValue] + (name.map { [$0] } ?? []), environment: environment, directory: settings.folder,
            input: Array((Value.map(common.merging(request) { $1 }).json + "\n").utf8), outputLimit: 4 << 20,
            timeout: settings.deadline(of: verb))
    }

    // MARK: - Answers

    private func answer(to verb: CommandVerb, _ name: String?, _ command: Command, _ result: CommandResult) throws -> Value {
        let why: String
        if let answer = Value(json: result.output), case .map = answer {
            if answer["protocol"] == .int(Self.protocolVersion) { return answer }
            why = "its answer has protocol \(answer["protocol"]?.text ?? "none"), not \(Self.protocolVersion)"
        } else {
            why = result.output.isEmpty ? "it printed no answer" : "its answer is not one JSON object: \(excerpt(of: result.output))"
        }
        throw error(verb, name, why, isTransient: true, command, result)
    }

    private func excerpt(of text: String) -> String {
        let line = PlainText.clean(text).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > 80 ? "\(line.prefix(80))…" : line
    }

    private func failure(_ verb: CommandVerb, _ name: String?, _ command: Command, _ result: CommandResult) -> InfrastructureError {
        let said = PlainText.clean(result.errorOutput).split(whereSeparator: \.isNewline).last.map { String($0) }
        let why = said ?? "exit status \(result.exitStatus), and nothing on standard error"
        let isKilled = result.exitStatus > 128
        return error(
            verb, name, why, type: result.exitStatus == Status.unavailable ? .createUnavailable : .platformProgram,
            isTransient: result.exitStatus == Status.transient || isKilled, command, result)
    }

    /// An error about an answer that cannot be used.
    func error(_ verb: CommandVerb, _ name: String?, unusable why: String) -> InfrastructureError {
        InfrastructureError(
            "\(verb.rawValue)\(name.map { " \($0)" } ?? "") on \(platform)", why: context.redactor.redact(why), next: Self.next,
            type: .platformProgram)
    }

    private static let next = "docs/adding-a-platform.md says what the program must answer; matrix platform test FILE tries it"

    private func error(
        _ verb: CommandVerb, _ name: String?, _ why: String, type: ProblemType = .platformProgram, isTransient: Bool, _ command: Command,
        _ result: CommandResult
    ) -> InfrastructureError {
        var shown = context.runner.failure(of: Self.pasteable(command), result)
        shown.outputTail = context.redactor.redact(shown.outputTail)
        return InfrastructureError(
            "\(verb.rawValue)\(name.map { " \($0)" } ?? "") on \(platform)", why: context.redactor.redact(why), type: type,
            isTransient: isTransient, command: shown)
    }

    /// The command with its document on standard input, and without the environment, which holds secrets.
    private static func pasteable(_ command: Command) -> Command {
        // Without its newline, which printf adds.
        let request = String(decoding: (command.input ?? []).dropLast(), as: UTF8.self)
        let line = "printf '%s\\n' \(ShellQuoting.quote(request)) | \(ShellQuoting.join(command.arguments))"
        return Command(["sh", "-c", line], directory: command.directory)
    }

    /// An error of the runner without what its command line shows.
    private func hidden(_ error: InfrastructureError, _ command: Command) -> InfrastructureError {
        var error = error
        error.what = context.redactor.redact(error.what)
        error.why = context.redactor.redact(error.why)
        error.next = error.next.map { context.redactor.redact($0) }
        error.command?.commandLine = context.runner.commandLine(for: Self.pasteable(command))
        return error
    }
}
