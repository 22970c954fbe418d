import MatrixCore

/// The open connections to a cell's hosts: all are closed, also those of a create that failed half-way.
actor CellConnections {
    private var open: [any Transport] = []

    func add(_ transport: any Transport) { open.append(transport) }

    func closeAll() async {
        let closing = open
        open = []
        for transport in closing { await transport.close() }
    }
}
