import MatrixCore

/// The listening sockets of a host, read from /proc/net.
struct SocketTable {
    struct Socket: Hashable {
        /// As people write it: `127.0.0.1`, `::`.
        var address: String
        var port: Int
        var inode: String
    }

    private(set) var sockets: [Socket] = []
    /// The names of the processes that hold a socket, by its inode: the kernel's name, then the program's file name if it differs.
    private(set) var processes: [String: [String]] = [:]

    /// Prints what ``init(_:)`` reads. TCP sockets listen in state 0A, UDP sockets without a peer are in 07 (net/tcp_states.h).
    ///
    /// - Parameter port: whose holders are looked for; nil for all.
    static func script(port: Int?, protocol name: String) -> String {
        let hexadecimal = port.map { String($0, radix: 16, uppercase: true) } ?? "*"
        let padded = port == nil ? hexadecimal : String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        let pattern = "^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:0000 \(name == "udp" ? "07" : "0A") "
        return """
            [ -r /proc/net/\(name) ] || fail "the host has no /proc/net/\(name)"
            sockets=$(cat /proc/net/\(name) /proc/net/\(name)6 2>/dev/null)
            case $sockets in *local_address*) ;; *) fail "/proc/net/\(name) cannot be read" ;; esac
            sockets=$(echo "$sockets" | grep -E '\(pattern)')
            [ $? -le 1 ] || fail "the sockets in /proc/net/\(name) cannot be searched"
            echo "$sockets"
            echo holders
            inodes=$(echo "$sockets" | while read -r slot local remote state queues timer retries user timeout inode rest; do
              case $local in *:\(padded)) printf '|%s' "$inode" ;; esac
            done)
            [ -n "$inodes" ] || exit 0
            ls -l /proc/[0-9]*/fd 2>/dev/null | grep -E "^/proc/|socket:\\[(${inodes#|})\\]" | while read -r line; do
              case $line in
                /proc/*) id=${line#/proc/}; id=${id%%/*} ;;
                *) inode=${line##*\\[}; read -r name </proc/$id/comm
                  echo "${inode%]} $name"; program=$(readlink "/proc/$id/exe") && echo "${inode%]} ${program##*/}" ;;
              esac
            done
            exit 0
            """
    }

    init(_ text: String) {
        var holders = false
        for line in text.parts(at: "\n") {
            if line == "holders" {
                holders = true
            } else if holders {
                let parts = line.parts(at: " ", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let name = String(parts[1])
                if !processes[String(parts[0]), default: []].contains(name) { processes[String(parts[0]), default: []].append(name) }
            } else {
                let fields = line.parts(at: " ")
                guard fields.count > 9, let end = Self.endpoint(fields[1]) else { continue }
                sockets.append(Socket(address: end.address, port: end.port, inode: String(fields[9])))
            }
        }
    }

    private static func endpoint(_ text: Substring) -> (address: String, port: Int)? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1], radix: 16), let address = address(parts[0]) else { return nil }
        return (address, port)
    }

    /// Words of four bytes, each printed as a number of the host's own byte order: little-endian on all supported hosts.
    private static func address(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            bytes += withUnsafeBytes(of: word.littleEndian) { Array($0) }
            rest = rest.dropFirst(8)
        }
        switch bytes.count {
        case 4: return bytes.map { "\($0)" }.joined(separator: ".")
        case 16: return IPv6Text.text(bytes)
        default: return nil
        }
    }
}
