internal import MatrixCore

/// Connects the streams of a session with a port that the host reaches, by a program that is there.
///
/// Every script is one line without single quotes, so that it can stand between them in any login shell.
enum RelayScript {
    /// The programs that can do it, the best first.
    static let programs = ["python3", "bash", "socat", "nc"]

    /// Prints those of them that the host has, and a last line.
    static let search = "for p in \(programs.joined(separator: " ")); do command -v $p >/dev/null && echo $p; done; echo end"

    /// The script for `sh`; its arguments are host and port.
    static func text(_ program: String) -> String {
        switch program {
        case "python3": #"exec python3 -c "exec(bytes.fromhex(\"\#(python.utf8.hexadecimal)\"))" "$1" "$2""#
        // A program in the background reads from /dev/null unless it is told otherwise.
        case "bash":
            #"exec bash -c "exec 3<>/dev/tcp/\$0/\$1 4<&0 || exit 1; cat <&4 >&3 & cat <&3; kill \$!" "$1" "$2""#
        case "socat": #"case $1 in *:*) set -- "[$1]" "$2";; esac; exec socat STDIO "TCP:$1:$2""#
        default: #"exec nc "$1" "$2""#
        }
    }

    private static let python = """
        import os, socket, sys, threading
        s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
        def up():
            while True:
                b = os.read(0, 65536)
                if not b: break
                s.sendall(b)
            s.shutdown(socket.SHUT_WR)
        threading.Thread(target=up, daemon=True).start()
        while True:
            b = s.recv(65536)
            if not b: break
            while b: b = b[os.write(1, b):]
        """
}
