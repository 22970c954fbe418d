import MatrixCore

/// A way to get a host: this type in this region.
struct LinodeOffer: Sendable, Hashable {
    var region: String
    var type: LinodeType
    /// Whether a host gets its user data there.
    var takesUserData: Bool

    var price: Price? { type.price(in: region) }
}

extension LinodeCatalogue {
    /// The ways to get a host, in the order of the settings' regions. Regions without capacity at present come last.
    ///
    /// - Throws: `LinodeFault`; `InfrastructureError` if no type fits.
    func offers(for size: HostSize, of os: OperatingSystem) async throws -> [LinodeOffer] {
        let types = try await types()
        let regions = Dictionary(try await regions().map { ($0.id, $0) }) { first, _ in first }
        // Availability is optional: it is ignored if the token may not read it or the server does not reply.
        let full = (try? await shortages()) ?? [:]
        let hasCloudInit = try await images().first { $0.id == os.linodeImage }?.hasCloudInit ?? false
        func offers(_ regionsInOrder: [String], without full: [String: Set<String>]) -> [LinodeOffer] {
            regionsInOrder.compactMap { region in
                let usable = types.filter { full[region]?.contains($0.id) != true }
                return LinodeType.choice(for: size, in: region, among: usable, otherwise: settings.type).map { type in
                    LinodeOffer(region: region, type: type, takesUserData: hasCloudInit && regions[region]?.hasMetadata == true)
                }
            }
        }
        let first = offers(settings.regions, without: full)
        let rest = offers(settings.regions.filter { region in !first.contains { $0.region == region } }, without: [:])
        guard !(first + rest).isEmpty else { throw noType(for: size) }
        return first + rest
    }

    private func noType(for size: HostSize) -> InfrastructureError {
        let what = size.type ?? settings.type
        return InfrastructureError(
            what.map { "no type \($0)" } ?? "no type of Linode has at least \(size.words)",
            why: "/linode/types does not list \(what == nil ? "one" : "it")",
            next: "see https://www.linode.com/pricing, or: curl \(client.endpoint.base)/linode/types", type: .linodeType, isTransient: false
        )
    }
}

extension LinodeType {
    /// The type of a host: the one that it names, the cheapest that fits the size that it asks for, or the platform's.
    static func choice(for size: HostSize, in region: String, among types: [LinodeType], otherwise standard: String?) -> LinodeType? {
        let asks = size.cores != nil || size.memory != nil || size.disk != nil
        if let name = size.type ?? (asks ? nil : standard) { return types.first { $0.id == name } }
        return types.filter { $0.fits(size) }.min { left, right in
            (left.price(in: region)?.hourly ?? .infinity, left.memory, left.id) < (
                right.price(in: region)?.hourly ?? .infinity, right.memory, right.id
            )
        }
    }
}

extension HostSize {
    /// For messages: `4 cores, 8 GiB of memory`.
    var words: String {
        let parts = [
            cores.map { "\($0) cores" }, memory.map { "\(ByteSize.brief($0)) of memory" }, disk.map { "\(ByteSize.brief($0)) of disk" },
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}
