internal import MatrixCore
internal import Synchronization

extension KeyExchange {
    /// The setting of a login's command line; nil for OpenSSH's own choice.
    ///
    /// An exchange that an `ssh_config`, the user's or the system's, or the host's own options choose stays as it is.
    func option(for endpoint: Endpoint) async -> String? {
        guard self == .fast || Self.isOnLoopback(endpoint) else { return nil }
        let key = ([endpoint.user, endpoint.address] + (endpoint.furtherOptions ?? [])).joined(separator: "\n")
        return await Self.answers.value(key) {
            async let own = Self.algorithms(["-F", "none", "--", endpoint.address])
            let further = (endpoint.furtherOptions ?? []).flatMap { ["-o", $0] }
            async let settled = Self.algorithms(
                endpoint.configuration + further + ["-l", endpoint.user, "--", endpoint.address])
            return Self.option(own: await own, settled: await settled)
        }
    }

    /// A jump host is reached from this machine, so its address may be that of a host far away.
    private static func isOnLoopback(_ endpoint: Endpoint) -> Bool {
        let isThroughAnother = (endpoint.furtherOptions ?? []).contains { $0.lowercased().hasPrefix("proxy") }
        return !isThroughAnother && (endpoint.address.hasPrefix("127.") || ["localhost", "::1"].contains(endpoint.address))
    }

    /// - Parameters:
    ///   - own: what OpenSSH offers without any settings, in its order.
    ///   - settled: what it offers this host with all settings.
    static func option(own: [String], settled: [String]) -> String? {
        let fast = own.filter { $0.hasPrefix("curve25519-sha256") }
        guard !fast.isEmpty, own == settled, own.first != fast.first else { return nil }
        return "KexAlgorithms=" + (fast + own.filter { !fast.contains($0) }).joined(separator: ",")
    }

    private static func algorithms(_ words: [String]) async -> [String] {
        let asked = try? await LocalTransport().run(Command(["ssh", "-G"] + words, timeout: .seconds(10)))
        let line = asked?.output.split(separator: "\n").first { $0.hasPrefix("kexalgorithms ") }
        return line?.split(separator: " ").last?.split(separator: ",").map(String.init) ?? []
    }

    private static let answers = Answers()
}

/// What this machine's `ssh` was asked, once a process.
private final class Answers: Sendable {
    private let tasks = Mutex<[String: Task<String?, Never>]>([:])

    func value(_ key: String, _ ask: @escaping @Sendable () async -> String?) async -> String? {
        let task = tasks.withLock { tasks in
            if let task = tasks[key] { return task }
            let task = Task { await ask() }
            tasks[key] = task
            return task
        }
        return await task.value
    }
}
