import MatrixCore

/// A type of Linode, with its size and price.
struct LinodeType: Sendable, Hashable {
    var id: String
    var cores: Int
    /// MiB.
    var memory: Int
    /// MiB.
    var disk: Int
    /// `nanode`, `standard`, `dedicated`, `gpu`, ….
    var kind: String
    private let price: Price?
    private let regional: [String: Price]

    /// Reads an element of `/linode/types`.
    init?(_ value: Value) {
        guard let id = value["id"]?.string, let memory = value["memory"]?.count, let disk = value["disk"]?.count,
            let cores = (value["vcpus"] ?? 0).count
        else { return nil }
        self.id = id
        self.memory = memory
        self.disk = disk
        self.cores = cores
        kind = value["class"]?.string ?? ""
        price = value["price"].flatMap(Self.price)
        var regional: [String: Price] = [:]
        for entry in value["region_prices"]?.elements ?? [] { if let region = entry["id"]?.string { regional[region] = Self.price(entry) } }
        self.regional = regional
    }

    private static func price(_ value: Value) -> Price? {
        value["hourly"]?.number.map { Price(hourly: $0, monthly: value["monthly"]?.number, currency: "USD") }
    }

    /// Its price in a region: some regions have other prices.
    func price(in region: String) -> Price? { regional[region] ?? price }

    /// Whether it has at least what a host asks for. Types with a GPU are used only if named.
    func fits(_ size: HostSize) -> Bool {
        guard kind != "gpu", kind != "accelerated" else { return false }
        return cores >= size.cores ?? 0 && Self.holds(memory, size.memory) && Self.holds(disk, size.disk)
    }

    private static func holds(_ mebibytes: Int, _ bytes: Int?) -> Bool { bytes.map { mebibytes >= ($0 + (1 << 20) - 1) >> 20 } ?? true }
}
