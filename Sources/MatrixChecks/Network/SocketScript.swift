import MatrixCore

/// Opens connections with bash alone: minimal images have no other program for it.
enum SocketScript {
    private static let needsBash = "command -v bash >/dev/null || fail \"there is no bash to open a connection with\"\n"

    /// Prints `status=N` and `why=…`: 0 if a TCP connection opens, 124 if nobody answered in time.
    static func connect(to host: String, port: Int, seconds: Int) -> String {
        needsBash + """
            why=$(timeout -k 1 \(seconds) bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash \(ShellQuoting.quote(host)) \(port) 2>&1)
            echo "status=$?"
            echo "$why" | head -n 1 | while IFS= read -r line; do echo "why=${line##*: }"; done
            exit 0

            """
    }

    /// A function that sends bytes and prints the reply in hexadecimal: `converse udp|tcp HOST PORT TEXT SECONDS`, where
    /// TEXT is for `printf %b`. Over TCP the answer begins with its length in two bytes, as DNS has it (RFC 1035, 4.2.2).
    ///
    /// bash would split a text with newlines: dd sends it as one datagram.
    static let converse =
        needsBash + #"""
            converse() {
              timeout -k 1 "$5" bash -c '
                exec 3<>"/dev/$1/$2/$3" || exit 7
                printf %b "$4" | dd ibs=1 obs=65507 2>/dev/null >&3
                if [ "$1" = udp ]; then dd bs=65535 count=1 <&3 2>/dev/null | od -An -v -tx1; exit; fi
                set -- $(dd bs=1 count=2 <&3 2>/dev/null | od -An -v -tu1)
                [ $# = 2 ] && head -c $(($1 * 256 + $2)) <&3 | od -An -v -tx1
              ' bash "$1" "$2" "$3" "$4" 2>/dev/null | tr -d ' \n'
            }

            """#

    /// Bytes as a text for `printf %b`.
    static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return "\\x\(digits.count == 1 ? "0" : "")\(digits)"
        }.joined()
    }

    /// The bytes of a hexadecimal text; nil if the text is not hexadecimal.
    static func bytes(_ hexadecimal: some StringProtocol) -> [UInt8]? {
        let digits = Array(hexadecimal.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) }
        return bytes.contains(nil) ? nil : bytes.compactMap(\.self)
    }
}
