import Foundation
import MatrixCore

/// What the guide's commands give to a token on Proxmox VE 9: a run with just that shows whether the guide is right.
enum DocumentedPrivileges {
    /// Privileges by path, read from the `pveum` lines of docs/proxmox.md.
    static func grants() throws -> Value {
        let guide = try String(contentsOf: Project.repository.appendingPathComponent("docs/proxmox.md"), encoding: .utf8)
        var roles: [String: [String]] = [:]
        for match in guide.matches(of: /pveum role (?:add|modify) (\w+)(?: --append 1)? --privs "([^"]+)"/) {
            let names = match.output.2.split(separator: " ").map(String.init)
            // Version 8 has this in place of what agents need in 9.
            if names != ["VM.Monitor"] { roles[String(match.output.1), default: []] += names }
        }
        var grants: [String: [String]] = [:]
        for match in guide.matches(of: /pveum acl modify (\S+) --users matrix@pve --roles (\w+)/) {
            grants[String(match.output.1), default: []] += roles[String(match.output.2)] ?? []
        }
        return .map(grants.mapValues { .list($0.map { .string($0) }) })
    }
}
