internal import MatrixCore
internal import MatrixWeb

/// The API by `pvesh` on the node: the same paths, no token.
struct ShellCaller: ProxmoxCaller {
    private let node: NodeShell
    /// Longer than Proxmox's own limits: `pvesh` waits for the task that it starts.
    private let limit: Duration
    private let noted: PlatformContext.Noted

    init(_ node: NodeShell, limit: Duration = .seconds(900), noted: @escaping PlatformContext.Noted = { _ in }) {
        self.node = node
        self.limit = limit
        self.noted = noted
    }

    let isRoot = true

    func send(_ request: ProxmoxRequest) async throws -> Value {
        let (started, clock) = (Timestamp.now, ContinuousClock.now)
        let result = try await run(Command(Self.arguments(of: request), timeout: limit), request)
        let seconds = (ContinuousClock.now - clock).inSeconds
        noted { Exchange(Self.message(of: request), .success(Self.reply(request, result)), started: started, seconds: seconds) }
        guard result.succeeded else { throw Self.fault(request, result) }
        return Self.data(result.output)
    }

    private func run(_ command: Command, _ request: ProxmoxRequest) async throws -> CommandResult {
        do {
            return try await node.run(command)
        } catch let error as InfrastructureError {
            throw ProxmoxFault(request: request.display, message: "\(error.what): \(error.why)", kind: error.isTransient ? nil : .fatal)
        }
    }

    /// The request and its answer as the REST API would have them, for the log: parameters belong to the URL if there would be no body.
    private static func message(of request: ProxmoxRequest) -> WebRequest {
        let hasBody = request.method == .create || request.method == .set
        let words = arguments(of: request)[2...].dropLast(2)
        return WebRequest(
            request.method.rawValue, "pvesh:" + (hasBody ? words.prefix(1) : words).joined(separator: " "),
            body: hasBody ? Array(Value.map(request.parameters).json.utf8) : nil)
    }

    private static func reply(_ request: ProxmoxRequest, _ result: CommandResult) -> WebReply {
        guard result.succeeded else {
            return WebReply(status: fault(request, result).status ?? 500, body: Array(result.errorOutput.utf8))
        }
        return WebReply(status: 200, body: Array(Value.map(["data": data(result.output)]).json.utf8))
    }

    static func arguments(of request: ProxmoxRequest) -> [String] {
        let options = request.parameters.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
            if case .list(let elements) = value { return elements.flatMap { ["--\(key)", text($0)] } }
            return ["--\(key)", text(value)]
        }
        return ["pvesh", request.method.verb, "/" + request.path.joined(separator: "/")] + options + ["--output-format", "json"]
    }

    private static func text(_ value: Value) -> String {
        if case .bool(let flag) = value { flag ? "1" : "0" } else { value.text }
    }

    /// The output of `pvesh`: JSON, or a task's log with its UPID as the last line.
    static func data(_ output: String) -> Value {
        if let value = Value(json: output) { return value }
        guard let last = output.split(whereSeparator: \.isNewline).last(where: { !$0.allSatisfy(\.isWhitespace) }) else { return .null }
        let line = String(last).stripped
        if let value = Value(json: line) { return value }
        return .string(line)
    }

    static func fault(_ request: ProxmoxRequest, _ result: CommandResult) -> ProxmoxFault {
        let said = result.errorOutput.unlessEmpty ?? result.output
        if result.exitStatus == 127 || said.contains("command not found") || said.contains("sudo: ") {
            return ProxmoxFault(request: request.display, message: "pvesh cannot be run on the node: \(said.stripped)", kind: .fatal)
        }
        let lines = said.split(whereSeparator: \.isNewline).map(String.init).filter { line in
            !line.hasPrefix("perl: warning") && !line.hasPrefix("pvesh ") && !line.hasPrefix("USAGE")
        }
        let text = lines.prefix(6).joined(separator: "\n")
        let status = text.prefixMatch(of: /([1-5][0-9][0-9])[ ]/).flatMap { Int($0.output.1) }
        return ProxmoxFault(request: request.display, status: status ?? 500, message: status == nil ? text : String(text.dropFirst(4)))
    }
}
