internal import Glibc
internal import MatrixCore

/// OpenSSH's programs refuse to start for an account that has a number but no name, as in a container that was started with `--user`.
enum AccountEntry {
    /// An error of one of them, with the right next step if that is its reason.
    static func explained(_ error: InfrastructureError) -> InfrastructureError {
        let output = [error.why, error.command?.outputTail ?? ""].joined(separator: "\n")
        guard output.contains("No user exists for uid ") else { return error }
        var explained = error
        explained.next =
            "OpenSSH needs a name for this account: run matrix as one that getent passwd knows, or add a line to /etc/passwd: "
            + "echo 'matrix:x:\(geteuid()):\(getegid())::/tmp:/bin/sh' >>/etc/passwd"
        return explained
    }
}
