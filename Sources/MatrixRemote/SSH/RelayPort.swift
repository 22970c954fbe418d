import Glibc

/// A port on 127.0.0.1 of this machine that hands over each connection that it accepts.
final class RelayPort: Sendable {
    let port: Int
    private let work: Task<Void, Never>

    /// - Parameter serve: gets a connection's descriptor, which is closed when it returns.
    init(_ serve: @escaping @Sendable (Int32) async -> Void) throws {
        let (listener, port) = try FreePort.bound()
        self.port = port
        listen(listener, 16)
        work = Task {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    let connection = accept(listener, nil, nil)
                    guard connection >= 0 else {
                        try? await Task.sleep(for: .milliseconds(20))
                        continue
                    }
                    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                    group.addTask {
                        await serve(connection)
                        Glibc.close(connection)
                    }
                }
                group.cancelAll()
            }
            Glibc.close(listener)
        }
    }

    /// Ends the port and all its connections.
    func close() async {
        work.cancel()
        await work.value
    }
}
