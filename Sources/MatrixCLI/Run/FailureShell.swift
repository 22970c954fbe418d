import Foundation
import MatrixCore
import MatrixEngine
import MatrixRemote
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// `matrix run --debug`: opens a shell on the host at which a cell failed, and asks what follows. One cell at a time has the terminal;
/// what other cells say meanwhile comes afterwards.
final class FailureShell: FailureStop {
    private let turn = AsyncSemaphore(1)
    private let held = Mutex<[String]>([])

    func choice(after failure: StoppedCell) async -> FailureChoice {
        (try? await turn.withPermit { await withTerminal { await ask(failure) } }) ?? .tearDown
    }

    private func withTerminal<R>(_ work: () async -> R) async -> R {
        Terminal.divert { [weak self] text in self?.held.withLock { $0.append(text) } }
        let result = await work()
        Terminal.divert(nil)
        let lines = held.withLock { lines in
            defer { lines = [] }
            return lines
        }
        for line in lines { Terminal.error(line) }
        return result
    }

    private func ask(_ stopped: StoppedCell) async -> FailureChoice {
        let script = await placed(stopped)
        say(introduction(stopped, script))
        await shell(stopped)
        if let script { _ = try? await stopped.host.transport.run(Command(["rm", "-f", script], timeout: .seconds(20))) }
        while !Task.isCancelled {
            say(
                "\n\(stopped.cell): [a]gain, [g]o on, [s]kip the rest of the phase, [k]eep, [t]ear down, or another [l]ook? ",
                newline: false)
            guard let answer = await line() else { return .tearDown }
            switch answer.lowercased() {
            case "a", "again": return .again
            case "g", "go on", "go": return .goOn
            case "s", "skip": return .skip
            case "k", "keep": return .keep
            case "t", "tear down": return .tearDown
            case "l", "look": await shell(stopped)
            default: say("'\(answer)' is none of them")
            }
        }
        return .tearDown
    }

    /// Puts the step's script onto the host, to be run again there; nil if the step had none.
    private func placed(_ stopped: StoppedCell) async -> String? {
        guard FileManager.default.fileExists(atPath: stopped.script) else { return nil }
        let place = "/tmp/matrix-again-\(getpid()).sh"
        return (try? await stopped.host.transport.upload(stopped.script, to: place)).map { place }
    }

    private func introduction(_ stopped: StoppedCell, _ script: String?) -> String {
        let failure = stopped.failure
        var lines = ["\n\(Mark.glyph(failure.outcome)) \(stopped.cell): \(failure.name): \(failure.message ?? failure.outcome.rawValue)"]
        lines += (failure.detail ?? "").split(separator: "\n").filter { $0.hasPrefix("$ ") }.map(String.init)
        if let script { lines.append("run the step again in this shell: sh \(script)") }
        lines.append("this is a shell on \(stopped.host.name); leave it with exit or Ctrl-D")
        return Terminal.shown(lines.joined(separator: "\n"))
    }

    private func say(_ text: String, newline: Bool = true) { Terminal.write(text + (newline ? "\n" : ""), to: .standardError) }

    /// A login shell with the step's variables, on this terminal.
    private func shell(_ stopped: StoppedCell) async {
        guard let endpoint = try? stopped.host.endpoint.checked() else { return say("the host's address cannot be used") }
        let exports = stopped.environment.sorted { $0.key < $1.key }.map { "export \($0.key)=\(ShellQuoting.quote($0.value)); " }.joined()
        var words = SSHCommand.arguments(to: endpoint, isUnattended: false)
        words.insert("-t", at: 1)
        words.append("\(exports)exec ${SHELL:-/bin/sh} -l")
        await Foreground.run(words)
    }

    /// A line that a person types; nil if the input ends or the run is stopped.
    private func line() async -> String? {
        while !Task.isCancelled {
            var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            if poll(&input, 1, 0) > 0 { return readLine()?.trimmingCharacters(in: .whitespaces) }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }
}

/// A program that has this process's terminal until it ends.
enum Foreground {
    /// What a program at the terminal needs; a variable with a secret is none of it.
    private static var environment: [String: String] {
        let names: Set = ["HOME", "PATH", "TERM", "USER", "LOGNAME", "LANG", "LC_ALL", "SSH_AUTH_SOCK"]
        return ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
    }

    /// Runs it; if the task is cancelled, ends it.
    static func run(_ arguments: [String]) async {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This process ignores the signals that it watches; its children must not.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var words = arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var child = pid_t()
        guard posix_spawnp(&child, arguments[0], nil, &attributes, &words, &variables) == 0 else {
            return Terminal.write("\(arguments[0]) could not be started\n", to: .standardError)
        }
        var status: Int32 = 0
        var isTold = false
        while waitpid(child, &status, WNOHANG) == 0 {
            if Task.isCancelled, !isTold {
                kill(child, SIGTERM)
                isTold = true
            }
            // A cancelled task does not sleep.
            await Task { try? await Task.sleep(for: .milliseconds(50)) }.value
        }
    }
}
