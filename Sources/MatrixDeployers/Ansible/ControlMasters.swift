internal import MatrixCore
internal import MatrixRemote

/// The folder of the SSH connections that Ansible keeps open between tasks, and their end.
struct ControlMasters {
    /// A socket's path may have 107 bytes; `ssh` adds 17 random bytes to the name, and Ansible's names have 10.
    static let longestFolder = 107 - 17 - 1 - 10

    /// Absolute, mode 0700.
    let folder: String

    /// Makes the folder below `scratch`, or in `/tmp` if that path is too long for sockets.
    init(in scratch: String) throws {
        let wanted = "\(scratch)/cp"
        if wanted.utf8.count <= Self.longestFolder {
            try FileSystem.makeFolder(wanted, mode: 0o700)
            folder = wanted
        } else {
            folder = try ProcessFolder.make(in: "/tmp")
        }
    }

    /// Ends every connection and removes the folder: masters are daemons and would outlive the run.
    func close(using runner: any Transport) async {
        for socket in FileSystem.names(in: folder) {
            let path = "ControlPath=\(Endpoint.optionWord("\(folder)/\(socket)"))"
            let command = Command(["ssh", "-F", "/dev/null", "-o", path, "-O", "exit", "host"], timeout: .seconds(10))
            _ = try? await runner.run(command)
        }
        FileSystem.remove(folder)
    }
}
