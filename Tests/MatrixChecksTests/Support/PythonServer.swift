import Synchronization

/// A Python program that prints the port it listens on, and lives until it is stopped, at the latest as long as this object.
class PythonServer {
    struct NotStarted: Error {}

    let port: Int
    private let process: Mutex<ChildProcess?>

    init(_ program: String, arguments: [String] = []) throws {
        let process = try ChildProcess(["python3", "-u", "-c", program] + arguments)
        guard let port = Int(process.firstLine()) else {
            process.stop()
            throw NotStarted()
        }
        self.port = port
        self.process = Mutex(process)
    }

    func stop() {
        let process = process.withLock { process in
            defer { process = nil }
            return process
        }
        process?.stop()
    }

    deinit { stop() }
}

/// A way from a port on 127.0.0.1 to another, with the behaviour of `ssh -L`.
final class TCPForwarder: PythonServer, @unchecked Sendable {
    init(to host: String, port: Int) throws {
        try super.init(Self.program, arguments: [host, "\(port)"])
    }

    private static let program = """
        import socket, sys, threading
        listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(64); print(listener.getsockname()[1])
        def pump(a, b):
            try:
                while True:
                    data = a.recv(65536)
                    if not data: break
                    b.sendall(data)
            except OSError: pass
            try: b.shutdown(socket.SHUT_WR)
            except OSError: pass
        def serve(near):
            try: far = socket.create_connection((sys.argv[1], int(sys.argv[2])))
            except OSError: near.close(); return
            back = threading.Thread(target=pump, args=(far, near), daemon=True); back.start()
            pump(near, far); back.join(); near.close(); far.close()
        while True:
            near, _ = listener.accept(); threading.Thread(target=serve, args=(near,), daemon=True).start()
        """
}

/// Answers requests with what they asked: the path's first part is the status, the body is JSON about the request.
final class EchoServer: PythonServer, @unchecked Sendable {
    /// - Parameter certificate: a PEM file with certificate and key, for TLS.
    init(certificate: String? = nil) throws {
        try super.init(Self.program, arguments: certificate.map { [$0] } ?? [])
    }

    private static let program = """
        import http.server, json, ssl, sys, time
        counts = {}
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                counts[self.path] = counts.get(self.path, 0) + 1
                parts = self.path.strip("/").split("/")
                status = int(parts[0]) if parts[0].isdigit() else 200
                if parts[0] == "third": status = 200 if counts[self.path] >= 3 else 503
                if parts[0] == "slow": time.sleep(30)
                reply = json.dumps({"method": self.command, "path": self.path, "body": body, "count": counts[self.path],
                    "headers": {k.lower(): v for k, v in self.headers.items()}, "status": "pass", "data": [{"up": 1.5}]}).encode()
                if parts[0] == "big": reply = b"x" * (3 << 20)
                self.send_response(status)
                if status == 302: self.send_header("Location", "/200")
                self.send_header("Content-Type", "application/json"); self.send_header("Content-Length", str(len(reply))); self.end_headers()
                self.wfile.write(reply)
            do_GET = do_POST = do_PUT = do_DELETE = answer
            def log_message(self, *arguments): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if len(sys.argv) > 1:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(sys.argv[1])
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1]); server.serve_forever()
        """
}
