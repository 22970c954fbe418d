internal import MatrixCore

/// The API client. It retries reads but not changes, waits for tasks and checks how they ended.
struct ProxmoxClient: Sendable {
    let caller: any ProxmoxCaller
    let pace: ProxmoxPace

    init(_ caller: any ProxmoxCaller, pace: ProxmoxPace = ProxmoxPace()) {
        self.caller = caller
        self.pace = pace
    }

    func get(_ path: [String], _ parameters: [String: Value] = [:]) async throws -> Value {
        try await call(ProxmoxRequest(.get, path, parameters))
    }

    /// The elements of a list.
    ///
    /// - Throws: `ProxmoxFault` also if the answer is no list: it must not count as an empty one, as what is not listed counts as gone.
    func list(_ path: [String], _ parameters: [String: Value] = [:]) async throws -> [Value] {
        let request = ProxmoxRequest(.get, path, parameters)
        guard case .list(let elements) = try await call(request) else {
            throw ProxmoxFault(request: request.display, status: 200, message: "the answer is no list", kind: .fatal)
        }
        return elements
    }

    /// Sends a request. Retries it on temporary faults if it may be repeated.
    func call(_ request: ProxmoxRequest) async throws -> Value {
        try await retrying {
            try await caller.send(request)
        } pause: { error, attempt in
            guard let fault = error as? ProxmoxFault, request.method.isRepeatable, isWorthRepeating(fault, attempt) else { return nil }
            return pace.retry.pause(before: attempt)
        }
    }

    private func isWorthRepeating(_ fault: ProxmoxFault, _ attempt: Int) -> Bool {
        switch fault.kind {
        case .transient: attempt < pace.tries
        case .unreachableNode: attempt < 2
        default: false
        }
    }

    /// Sends a change and waits for the task that it starts, if any.
    ///
    /// - Parameters:
    ///   - log: called with the new lines of the task's log while it runs, and once after its end.
    ///   - accepted: called when the server has started the task.
    /// - Returns: the task's UPID.
    @discardableResult
    func change(
        _ request: ProxmoxRequest, log: (@Sendable ([String]) -> Void)? = nil, accepted: @Sendable () async -> Void = {}
    ) async throws -> String? {
        guard let task = try await call(request).string.flatMap({ ProxmoxTask($0) }) else { return nil }
        await accepted()
        try await finish(task, of: request, log: log)
        return task.upid
    }

    /// Waits until a task has stopped.
    ///
    /// - Throws: `ProxmoxFault` with the end of its log, if the task failed.
    func finish(_ task: ProxmoxTask, of request: ProxmoxRequest, log: (@Sendable ([String]) -> Void)? = nil) async throws {
        let end = ContinuousClock.now + pace.taskPatience
        var attempt = 1
        var seen = 0
        while true {
            let status = try await get(["nodes", task.node, "tasks", task.upid, "status"])
            if let log {
                let lines = await lines(of: task, from: seen)
                seen += lines.count
                if !lines.isEmpty { log(lines) }
            }
            if status["status"]?.string == "stopped" {
                return try await judge(task, status["exitstatus"]?.text ?? "unexpected status", request)
            }
            guard ContinuousClock.now < end else {
                throw ProxmoxFault(
                    request: request.display, status: 200, message: "its task still runs after \(pace.taskPatience.brief)", task: task.upid,
                    kind: .fatal)
            }
            try await Task.sleep(for: pace.poll.pause(before: attempt))
            attempt += 1
        }
    }

    private func judge(_ task: ProxmoxTask, _ exit: String, _ request: ProxmoxRequest) async throws {
        if exit == "OK" || exit.hasPrefix("WARNINGS") { return }
        throw ProxmoxFault(request: request.display, message: exit, task: task.upid, log: await log(of: task))
    }

    /// The last lines of a task's log, if they can be read.
    func log(of task: ProxmoxTask) async -> String? { await lines(of: task, from: 0).suffix(8).joined(separator: "\n").unlessEmpty }

    private func lines(of task: ProxmoxTask, from start: Int) async -> [String] {
        let path = ["nodes", task.node, "tasks", task.upid, "log"]
        let reply = try? await caller.send(ProxmoxRequest(.get, path, ["start": .int(start), "limit": 500]))
        return reply?.elements.compactMap { $0["t"]?.string } ?? []
    }

    /// Whether a task of this type runs on a node now, on `subject` if it is set.
    func isActive(_ type: String, subject: Int?, on node: String) async throws -> Bool {
        let tasks = try await list(["nodes", node, "tasks"], ["source": "active", "typefilter": .string(type)])
        return tasks.contains { task in
            guard let upid = task["upid"]?.string.flatMap({ ProxmoxTask($0) }), upid.type == type, task["endtime"] == nil else {
                return false
            }
            return subject.map { upid.subject == "\($0)" } ?? true
        }
    }
}

/// How often requests are sent, and how long they are retried.
struct ProxmoxPace: Sendable {
    /// Between retries of a request.
    var retry = Backoff(first: .milliseconds(500), factor: 2, most: .seconds(10))
    /// How many times a request that may be repeated is sent at most.
    var tries = 6
    /// Between polls of a running task.
    var poll = Backoff(first: .milliseconds(300), factor: 1.5, most: .seconds(3))
    /// Between calls of one machine's agent: an absent agent holds one of the node's three workers for three seconds.
    var agent = Backoff(first: .seconds(3), factor: 1.3, most: .seconds(5))
    /// How many times a clone is tried if others hold locks or take ids.
    var cloneTries = 8
    /// How long a task may run, such as the import of an image. The phases of a run end sooner.
    var taskPatience = Duration.seconds(2 * 3600)
    /// How long a running task may hold a lock. Shorter than the engine's patience with a removal: the server's reason is told.
    var lockPatience = Duration.seconds(90)
}

/// A worker of the server, by its UPID: `UPID:pve1:0003E8:…:qmclone:9000:user@pve!token:`.
struct ProxmoxTask: Sendable, Hashable {
    var upid: String
    var node: String
    /// `qmclone`, `qmstart`, `imgdel`.
    var type: String
    /// What the task works on: a VMID in most tasks, in a clone that of the template.
    var subject: String

    /// Nil if this is not a UPID.
    init?(_ upid: String) {
        let parts = upid.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 8, parts[0] == "UPID" else { return nil }
        self.upid = upid
        node = String(parts[1])
        type = String(parts[5])
        subject = String(parts[6])
    }
}
