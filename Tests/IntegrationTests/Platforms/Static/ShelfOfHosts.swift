import MatrixCore
import Synchronization

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Hosts that exist, as far as a pool changes them: the lease and the notes that they hold, the keys of their login, and whether a
/// run has put something on them.
final class ShelfOfHosts: Sendable {
    /// What is on one host.
    struct Host: Hashable {
        var lease: [String] = []
        var changes = ""
        var keys = ["ssh-ed25519 AAAAowner somebody"]
        var isTouched = false
    }

    private let state: Mutex<[String: Host]>
    private let unknown = Mutex<Set<String>>([])

    init(_ names: [String]) {
        state = Mutex(Dictionary(names.map { ($0, Host()) }) { first, _ in first })
    }

    var hosts: [String: Host] { state.withLock(\.self) }

    /// Scripts that were not understood: a run would take their failure for a broken host, and the repair would hide it.
    var notUnderstood: [String] { unknown.withLock { $0.sorted() } }

    func change(_ name: String, _ change: (inout Host) -> Void) { state.withLock { change(&$0[name, default: Host()]) } }

    /// Does what a script would.
    func answer(_ command: Command, on name: String) throws -> CommandResult {
        // Whether the host still answers.
        if command.arguments == ["true"] { return .printed() }
        let script = String(decoding: command.input ?? [], as: UTF8.self)
        let words = Array(command.arguments.dropFirst(3))
        if let result = state.withLock({ Self.answer(script, words, on: &$0[name, default: Host()]) }) { return result }
        unknown.withLock { _ = $0.insert(script.isEmpty ? command.display : script) }
        throw InfrastructureError("a host of the shelf", why: "it does not know: \(script.suffix(200))", isTransient: false)
    }

    private static func answer(_ script: String, _ words: [String], on host: inout Host) -> CommandResult? {
        let isOurs = host.lease.first.map { $0 == words.first } ?? false
        func isOthers(at now: String) -> Bool { !host.lease.isEmpty && !isOurs && Int(host.lease[2]) ?? 0 > Int(now) ?? 0 }
        if script.contains("echo taken") {
            if isOthers(at: words[3]) { return .stopped("held \(host.lease[1]) \(host.lease[2])") }
            host.lease = Array(words.prefix(3))
            return host.changes.isEmpty ? .printed("taken") : .stopped("taken", host.changes)
        } else if script.contains(#"echo "others"#) {
            if isOthers(at: words[2]) { return .stopped("others \(host.lease[1])") }
        } else if script.contains("rmdir --ignore-fail-on-non-empty") {
            if isOurs { (host.lease, host.changes) = ([], "") }
        } else if script.contains("certain=") {
            host.changes = words[1] + "\naccount lavender"
            return .printed("id debian", "version 12", "account lavender")
        } else if script.contains(#"|| rm -f "$at/changes""#) {
            if isOurs { host.changes = "" }
        } else if script.contains("remove_key()") {
            host.keys.removeAll { script.contains($0.split(separator: " ").prefix(2).joined(separator: " ")) }
            host.isTouched = false
        } else if script.contains("authorized_keys") {
            if !host.keys.contains(words[1]) { host.keys.append(words[1]) }
            host.isTouched = true
        } else {
            return nil
        }
        return .printed()
    }
}

extension CommandResult {
    /// A part of a script that did its work and ends the script with it.
    fileprivate static func stopped(_ lines: String...) -> CommandResult {
        CommandResult(exitStatus: HostScript.stop, standardOutput: Array(lines.map { "\($0)\n" }.joined().utf8))
    }
}
