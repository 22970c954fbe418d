import MatrixCore

/// The node's addresses by hardware address: from its neighbour table and the leases of its DHCP server.
enum NeighbourTable {
    /// Prints leases and neighbours.
    ///
    /// - Parameter wakes: whether to ping the bridge's network first (at most a /22): the table lists only hosts that have sent packets.
    static func script(bridge: String, wakes: Bool) -> String {
        let wake = """
            ip -4 -o addr show dev \(ShellQuoting.quote(bridge)) 2>/dev/null | while read -r _ _ _ net _; do
              prefix=${net#*/}; [ "$prefix" -ge 22 ] || continue
              IFS=. read -r a b c d <<EOF
            ${net%/*}
            EOF
              start=$(( ((a << 24) + (b << 16) + (c << 8) + d) & (0xffffffff << (32 - prefix)) ))
              count=$(( (1 << (32 - prefix)) - 2 )); i=1
              while [ $i -le $count ]; do
                n=$((start + i)); i=$((i + 1))
                ping -c 1 -W 1 -q $((n >> 24 & 255)).$((n >> 16 & 255)).$((n >> 8 & 255)).$((n & 255)) >/dev/null 2>&1 &
                [ $((i % 128)) -eq 0 ] && wait
              done
              wait
            done

            """
        return (wakes ? wake : "") + "cat /var/lib/misc/dnsmasq.leases /var/lib/misc/dnsmasq.*.leases 2>/dev/null\nip neigh show\nexit 0\n"
    }

    /// The address of a hardware address in what ``script(bridge:wakes:)`` printed: a reachable neighbour first, then a lease.
    static func address(of hardware: String, in output: String) -> String? {
        let lines = output.split(whereSeparator: \.isNewline).map { $0.lowercased().split(separator: " ").map(String.init) }
        let neighbours = lines.compactMap { words -> (address: String, state: String)? in
            guard let mark = words.firstIndex(of: "lladdr"), words.indices.contains(mark + 1), words[mark + 1] == hardware else {
                return nil
            }
            return (words[0], words.last ?? "")
        }.filter { $0.state != "failed" && AddressFinder.isUsable($0.address) }
        let ordered = neighbours.sorted { rank($0.address, $0.state) < rank($1.address, $1.state) }
        if let best = ordered.first { return best.address }
        // A dnsmasq lease: expiry, hardware address, address, name, client id.
        return lines.last { $0.count >= 4 && $0[1] == hardware && AddressFinder.isUsable($0[2]) }.map { $0[2] }
    }

    private static func rank(_ address: String, _ state: String) -> Int {
        (address.contains(":") ? 2 : 0) + (state == "reachable" || state == "permanent" ? 0 : 1)
    }
}
