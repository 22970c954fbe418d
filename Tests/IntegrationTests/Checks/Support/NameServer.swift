extension PythonServer {
    /// A name server with a few records, over UDP and TCP on one port of 127.0.0.1.
    static func names() async throws -> PythonServer { try await PythonServer(records) }

    /// `long.test` is cut over UDP, `broken.test` answers SERVFAIL, `silent.test` nothing.
    private static let records = #"""
        import socket, struct, threading
        def name(text): return b"".join(bytes([len(l)]) + l.encode() for l in text.split(".") if l) + b"\0"
        A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, CAA = 1, 2, 5, 6, 12, 15, 16, 28, 33, 257
        records = {
            ("host.test", A): [bytes([192, 0, 2, 10]), bytes([192, 0, 2, 11])], ("host.test", AAAA): \#
        [bytes.fromhex("20010db8000000000000000000000001")],
            ("c.dnstest.io", CNAME): [name("a.dnstest.io")], ("8.8.8.8.in-addr.arpa", PTR): [name("dns.google")],
            ("_https._tcp.dnstest.io", SRV): [struct.pack(">HHH", 0, 5, 443) + name("a.dnstest.io"), struct.pack(">HHH", 10, 10, \#
        443) + name("b.dnstest.io")],
            ("mail.test", MX): [struct.pack(">H", 10) + name("mx.test")], ("text.test", TXT): [b"\x05hello\x06 world"],
            ("caa.test", CAA): [b"\0\x05issue" + b"ca.test"], ("zone.test", NS): [name("ns1.test")],
            ("long.test", TXT): [b"\xc8" + b"x" * 200] * 20,
        }
        def answer(query, udp):
            ident = query[:2]; labels = []; at = 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode()); at += 1 + query[at]
            asked = ".".join(labels); kind = struct.unpack(">H", query[at + 1:at + 3])[0]; question = query[12:at + 5]
            if asked == "silent.test": return None
            known = any(n == asked for n, _ in records)
            code = 2 if asked == "broken.test" else 0 if known else 3
            found = [] if code else records.get((asked, kind), [])
            cut = udp and asked == "long.test"
            if cut: found = []
            flags = 0x8180 | code | (0x0200 if cut else 0)
            body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(d)) + d for d in found)
            return ident + struct.pack(">HHHHH", flags, 1, len(found), 0, 0) + question + body
        while True:
            tcp = socket.socket(); tcp.bind(("127.0.0.1", 0)); tcp.listen(8); port = tcp.getsockname()[1]
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try: udp.bind(("127.0.0.1", port)); break
            except OSError: tcp.close(); udp.close()  # The same number over UDP is somebody else's.
        print(port)
        def serve():
            while True:
                c, _ = tcp.accept(); size = struct.unpack(">H", c.recv(2, socket.MSG_WAITALL))[0]; reply = answer(c.recv(size, \#
        socket.MSG_WAITALL), False)
                if reply: c.sendall(struct.pack(">H", len(reply)) + reply)
                c.close()
        threading.Thread(target=serve, daemon=True).start()
        while True:
            query, peer = udp.recvfrom(4096); reply = answer(query, True)
            if reply: udp.sendto(reply, peer)
        """#
}
