internal import MatrixCore

/// The cases of what only some drivers offer.
extension Trial {
    /// Another process finds a run's resources by their tag, and those of no other run.
    func listing() async throws {
        let (process, other) = (try await begin(), try await begin("other"))
        let made = try await process.create()
        let found = try await another(other).remaining(of: process.run)
        for resource in made {
            guard let match = found.first(where: { $0.kind == resource.kind && $0.name == resource.name }) else {
                throw BrokenPromise("\(resource.name) is not listed as run \(process.run)'s")
            }
            try expect(match.run == process.run, "\(resource.name) is listed with the run '\(match.run)'")
            try expect(match.platform == resource.platform, "\(resource.name) is listed as one of platform \(match.platform)")
        }
        let others = try await process.remaining(of: other.run)
        try expect(others.isEmpty, "\(others.map(\.name).joined(separator: ", ")) is listed for a run that has made nothing")
        let owned = try await process.owned()
        for resource in made where !owned.contains(where: { $0.kind == resource.kind && $0.name == resource.name }) {
            throw BrokenPromise("\(resource.name) is not among all resources with our tag")
        }
        try await process.destroy(made)
    }

    /// `matrix reap` on another machine sees when something expires.
    func expiry() async throws {
        let process = try await begin()
        let made = try await process.create()
        let owned = try await process.owned()
        for resource in made {
            guard let match = owned.first(where: { $0.kind == resource.kind && $0.name == resource.name }) else {
                throw BrokenPromise("\(resource.name) is not listed")
            }
            let difference = match.expires.flatMap { seen in resource.expires.map { abs(seen.seconds(since: $0)) } }
            try expect(
                difference.map { $0 < 2 } ?? false,
                "\(resource.name) expires at \(resource.expires?.description ?? "no time"), and is listed with "
                    + "\(match.expires?.description ?? "no time")")
        }
        try await process.destroy(made)
    }

    func price() async throws {
        let process = try await begin()
        guard let price = try await process.platform.price(of: process.cell) else { throw BrokenPromise("a host has no price") }
        try expect(price.hourly > 0 && price.hourly.isFinite, "a host costs \(price.hourly) an hour")
        try expect(!price.currency.isEmpty, "the price has no currency")
    }

    /// A host is off, on again, and can be reached.
    func power() async throws {
        let process = try await begin()
        let made = try await process.create()
        for host in made where host.host != nil {
            _ = try await process.ready(host)
            for isOn in [false, true] {
                try await withDeadline(harness.patience) { try await process.driver(of: host).power(host, on: isOn) }
            }
            try await harness.reach(try await process.ready(host), of: host)
        }
        try await process.destroy(made)
        try await expectNothing(of: process, after: "a host that was off and on")
    }

    func size() async throws {
        let wanted = HostSize(cores: 2, memory: 2 << 30)
        let process = try await begin(size: wanted)
        let made = try await process.create()
        for host in made where host.host != nil {
            _ = try await process.ready(host)
            guard let size = try await harness.size(of: host) else {
                try await process.destroy(made)
                throw Untried(reason: "nothing shows the size of a host")
            }
            try expect(size.cores ?? 0 >= 2, "\(host.name) has \(size.cores ?? 0) cores in place of 2")
            try expect(size.memory ?? 0 >= 2 << 30, "\(host.name) has \(size.memory ?? 0) bytes of memory in place of \(2 << 30)")
        }
        try await process.destroy(made)
    }
}
