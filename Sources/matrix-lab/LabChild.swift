import Foundation
import MatrixCore
import MatrixRemote

/// The command that runs in a lab. It uses the same terminal, and gets a signal when the lab has to end.
struct LabChild {
    private let id: pid_t

    init(_ command: [String], environment: LabEnvironment) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This process ignores or blocks the signals that it watches, and children inherit that.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let values = Self.variables(environment)
        let words = command.map { strdup($0) } + [nil]
        let variables = values.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let failure = posix_spawn(&id, Self.file(of: command[0], path: values["PATH"] ?? ""), nil, &attributes, words, variables)
        guard failure == 0 else { throw LabChildFailure(command: command[0], reason: String(cString: strerror(failure))) }
        self.id = id
    }

    /// The programs next to this one come first: the `matrix` of the same build.
    private static func variables(_ environment: LabEnvironment) -> [String: String] {
        var all = environment.over(ProcessInfo.processInfo.environment)
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().path
        }
        all["PATH"] = [own, all["PATH"]].compactMap(\.self).joined(separator: ":")
        return all
    }

    /// The file of a program, by the command's PATH: posix_spawnp would use the PATH of this process.
    private static func file(of program: String, path: String) -> String {
        if program.contains("/") { return program }
        return SearchPath.file(of: program, in: path) ?? program
    }

    /// Waits for the command's end.
    ///
    /// - Returns: its exit status, as a shell reports it.
    func status(until watch: LabWatch) async throws -> Int32 {
        var (status, told): (Int32, [LabProcess]?) = (0, nil)
        while waitpid(id, &status, WNOHANG) == 0 {
            if let reason = watch.reason, told == nil {
                let processes = LabProcess.tree(below: id)
                // The command has already got the Ctrl-C, and matrix treats a second signal as a forced stop.
                if reason != .interrupt || tcgetpgrp(0) != getpgrp() { for process in processes { kill(process.id, SIGTERM) } }
                told = processes
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        // A shell ends at the signal, and the matrix that it waited for still tears down.
        while told?.contains(where: \.isRunning) == true { try await Task.sleep(for: .milliseconds(50)) }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}

/// A process of the command.
private struct LabProcess {
    let id: pid_t
    private let startTicks: Int64

    var isRunning: Bool { ProcessStatus(pid: id).map { $0.startTicks == startTicks && !$0.hasEnded } ?? false }

    /// The process of this id and its descendants, without those that have left the process group: matrix ends its own children.
    static func tree(below root: pid_t) -> [LabProcess] {
        let all = ProcessStatus.all.compactMap { id in ProcessStatus(pid: id).map { (id: id, status: $0) } }
        let children = Dictionary(grouping: all.filter { $0.status.group == getpgrp() }) { $0.status.parent }
        var (found, next): ([LabProcess], [pid_t]) = ([], [root])
        while let id = next.popLast() {
            guard let status = ProcessStatus(pid: id) else { continue }
            found.append(LabProcess(id: id, startTicks: status.startTicks))
            next += (children[id] ?? []).map(\.id)
        }
        return found
    }
}

/// The command could not be started.
struct LabChildFailure: Error, CustomStringConvertible {
    let command: String
    let reason: String
    var description: String { "\(command) could not be started: \(reason)" }
}
