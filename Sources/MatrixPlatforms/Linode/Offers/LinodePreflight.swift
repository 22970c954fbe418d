import MatrixCore

/// Reports at once everything that is missing on an account: token and scopes, regions, types, images, capacity, limits, prices.
struct LinodePreflight: Sendable {
    let client: LinodeClient
    let catalogue: LinodeCatalogue
    let settings: LinodeSettings

    func problems(_ cells: [CellPlan]) async -> [PreflightProblem] {
        let profile: Value
        do {
            profile = try await client.get(["profile"])
        } catch {
            // Without a reply nothing else can be checked.
            return [PreflightProblem(error, "the API cannot be used")]
        }
        var problems = tokenProblems(profile)
        problems += await asking("the regions") { try await regionProblems() }
        problems += await asking("the types") { try await typeProblems(cells) }
        problems += await asking("the images") { try await imageProblems(cells) }
        problems += await asking("the account") { try await accountProblems() }
        problems += await asking("the firewall") { try await firewallProblems() }
        return problems
    }

    private func asking(_ what: String, _ work: () async throws -> [PreflightProblem]) async -> [PreflightProblem] {
        do { return try await work() } catch { return [PreflightProblem(error, "\(what) cannot be checked")] }
    }

    private func tokenProblems(_ profile: Value) -> [PreflightProblem] {
        var problems: [PreflightProblem] = []
        if profile["restricted"] == .bool(true) {
            let user = profile["username"]?.string ?? "the token's user"
            problems.append(
                PreflightProblem(
                    .error, "\(user) is a restricted user and may not set tags: matrix could not tell its Linodes from others",
                    next: "use the token of an unrestricted user"))
        }
        guard let scopes = client.scopes else { return problems }
        if !scopes.allowsWriting("linodes") {
            problems.append(
                PreflightProblem(
                    .error, "the token lacks the scope linodes:read_write", next: "make one at https://cloud.linode.com/profile/tokens"))
        }
        if !scopes.allowsReading("events") {
            problems.append(PreflightProblem(.warning, "the token lacks the scope events:read_only: matrix cannot say why a boot failed"))
        }
        if !scopes.allowsWriting("account") {
            problems.append(
                PreflightProblem(.warning, "the token lacks the scope account:read_write: tags of finished runs stay on the account"))
        }
        return problems
    }

    private func regionProblems() async throws -> [PreflightProblem] {
        let known = try await catalogue.regions()
        let bad = settings.regions.compactMap { id -> String? in
            guard let region = known.first(where: { $0.id == id }) else { return "there is no region \(id)" }
            if !region.hasLinodes { return "region \(id) has no Linodes" }
            return region.isUp ? nil : "region \(id) has an outage"
        }
        let severity: PreflightProblem.Severity = bad.count == settings.regions.count ? .error : .warning
        let names = known.filter(\.hasLinodes).map(\.id).sorted().joined(separator: ", ")
        return bad.map { PreflightProblem($0.hasPrefix("there is no") ? .error : severity, $0, next: "there are: \(names)") }
    }

    /// Types that do not exist, are too small, have no capacity in any region, or have no known price.
    private func typeProblems(_ cells: [CellPlan]) async throws -> [PreflightProblem] {
        let shortages = try await catalogue.shortages()
        let images = Dictionary(try await catalogue.images().map { ($0.id, $0) }) { first, _ in first }
        var problems: [PreflightProblem] = []
        for (host, cells) in Self.kindsOfHosts(cells) {
            let names = cells.map(\.name)
            let offers: [LinodeOffer]
            do {
                offers = try await catalogue.offers(for: host.size, of: cells[0].os)
            } catch let error as InfrastructureError {
                problems.append(PreflightProblem(.error, cells: names, error.what, next: error.next))
                continue
            }
            problems += roomProblems(offers, shortages, names)
            problems += offers.first.map { offerProblems($0, images[cells[0].os.linodeImage ?? ""], names) } ?? []
        }
        return problems
    }

    /// Hosts that ask for the same size and system, with their cells.
    private static func kindsOfHosts(_ cells: [CellPlan]) -> [(host: HostPlan, cells: [CellPlan])] {
        var kinds: [(host: HostPlan, cells: [CellPlan])] = []
        for cell in cells {
            for host in cell.hosts {
                if let index = kinds.firstIndex(where: { $0.host.size == host.size && $0.cells[0].os == cell.os }) {
                    if kinds[index].cells.last?.name != cell.name { kinds[index].cells.append(cell) }
                } else {
                    kinds.append((host, [cell]))
                }
            }
        }
        return kinds
    }

    private func roomProblems(_ offers: [LinodeOffer], _ shortages: [String: Set<String>], _ cells: [String]) -> [PreflightProblem] {
        let full = offers.filter { shortages[$0.region]?.contains($0.type.id) == true }
        guard let first = full.first else { return [] }
        let regions = full.map(\.region).joined(separator: ", ")
        if full.count == offers.count {
            return [
                PreflightProblem(
                    .error, cells: cells, "no capacity for \(first.type.id) in \(regions)",
                    next: "name another region or type")
            ]
        }
        return [
            PreflightProblem(
                .warning, cells: cells,
                "no capacity for \(first.type.id) in \(regions) at present: the other regions are used")
        ]
    }

    private func offerProblems(_ offer: LinodeOffer, _ image: LinodeImage?, _ cells: [String]) -> [PreflightProblem] {
        var problems: [PreflightProblem] = []
        if let image, image.size > offer.type.disk {
            let size = "\(image.size) MB, \(offer.type.id) has \(offer.type.disk)"
            problems.append(
                PreflightProblem(.error, cells: cells, "image \(image.id) does not fit: it needs \(size)", next: "name a bigger type"))
        }
        if offer.price == nil {
            problems.append(
                PreflightProblem(
                    .warning, cells: cells,
                    "the price of \(offer.type.id) in \(offer.region) is unknown: the budget is not checked for it"))
        }
        return problems
    }

    private func imageProblems(_ cells: [CellPlan]) async throws -> [PreflightProblem] {
        let known = Dictionary(try await catalogue.images().map { ($0.id, $0) }) { first, _ in first }
        var problems: [PreflightProblem] = []
        for (os, cells) in Dictionary(grouping: cells, by: \.os).sorted(by: { $0.key.name < $1.key.name }) {
            let names = cells.map(\.name)
            guard let id = os.linodeImage else {
                problems.append(
                    PreflightProblem(
                        .unavailable, cells: names, "the catalogue has no Linode image for \(os.name)",
                        next: "name one: os: { \(os.name): { linode: linode/… } }"))
                continue
            }
            guard let image = known[id], image.isAvailable else {
                problems.append(
                    PreflightProblem(
                        .unavailable, cells: names, "there is no image \(id)", next: "see: curl \(client.endpoint.base)/images"))
                continue
            }
            if image.isDeprecated {
                problems.append(
                    PreflightProblem(
                        .warning, cells: names,
                        "image \(id) is deprecated: Linode will remove it"))
            }
        }
        return problems
    }

    /// What the account may not have. The API does not tell the limit of Linodes: only a create beyond it fails.
    private func accountProblems() async throws -> [PreflightProblem] {
        guard client.scopes?.allowsReading("account") == true else { return [] }
        var refused: [String] = []
        for entry in try await optional(["account", "availability"]) {
            guard let region = entry["region"]?.string, settings.regions.contains(region), case .list(let services) = entry["unavailable"]
            else { continue }
            if services.contains("Linodes") { refused.append(region) }
        }
        let severity: PreflightProblem.Severity = refused.count == Set(settings.regions).count ? .error : .warning
        var problems = refused.map {
            PreflightProblem(
                severity, "this account may not have Linodes in \($0)",
                next: "ask Linode's support, or name another region")
        }
        if settings.firewall != nil, settings.interfaces != .linode,
            try await allowsOnlyLinodeInterfaces()
        {
            problems.append(
                PreflightProblem(
                    .error,
                    "this account allows only Linode interfaces, for which firewall: needs interfaces: linode",
                    next: "write interfaces: linode"
                ))
        }
        return problems
    }

    /// A list that tells more, but without which machines can be made; empty if a gateway does not know the call.
    private func optional(_ path: [String]) async throws -> [Value] {
        do { return try await client.all(path) } catch let fault as LinodeFault where fault.isUnknownCall { return [] }
    }

    private func allowsOnlyLinodeInterfaces() async throws -> Bool {
        do {
            return try await client.get(["account", "settings"])["interfaces_for_new_linodes"]?.string == "linode_only"
        } catch let fault as LinodeFault where fault.isUnknownCall {
            return false
        }
    }

    private func firewallProblems() async throws -> [PreflightProblem] {
        guard let id = settings.firewall, client.scopes?.allowsReading("firewall") == true else { return [] }
        guard let firewall = try await client.find(["networking", "firewalls", "\(id)"]) else {
            return [PreflightProblem(.error, "there is no firewall \(id)", next: "see https://cloud.linode.com/firewalls")]
        }
        guard firewall["status"]?.string == "enabled" else {
            return [PreflightProblem(.warning, "firewall \(id) is not enabled: the hosts are open to the internet")]
        }
        guard firewall["rules"]?["inbound_policy"]?.string == "DROP", case .list(let rules) = firewall["rules"]?["inbound"] else {
            return []
        }
        if rules.contains(where: letsSSHIn) { return [] }
        return [
            PreflightProblem(
                .error, "firewall \(id) blocks port \(settings.port): SSH could never connect",
                next: "add a rule that accepts TCP \(settings.port) from here")
        ]
    }

    private func letsSSHIn(_ rule: Value) -> Bool {
        guard rule["action"]?.string == "ACCEPT", rule["protocol"]?.string == "TCP" else { return false }
        guard let ports = rule["ports"]?.string?.unlessEmpty else { return true }
        return ports.split(separator: ",").contains { part in
            let bounds = part.split(separator: "-").compactMap { Int($0.filter { !$0.isWhitespace }) }
            guard let first = bounds.first, let last = bounds.last else { return false }
            return (first...max(first, last)).contains(settings.port)
        }
    }
}
