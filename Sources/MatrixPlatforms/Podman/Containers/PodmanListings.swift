internal import MatrixCore

/// What Podman has of a run, asked once for all who want to know it at the same time.
///
/// A listing that began after a change shows the change; and as long as nothing more is changed, Podman need not be asked again. So the
/// confirmation of the last removal is also the answer to the sweep at the end of the run.
actor PodmanListing<Item: Sendable> {
    /// How long an answer counts at most: a person may change something, too.
    private let patience: Duration
    private let list: @Sendable () async throws -> [Item]
    private let flights = SingleFlight<[Item]>()
    /// How many changes have begun or ended so far, and how many are under way.
    private var changes = 0
    private var underWay = 0
    private var rounds = 0
    private var asking: (changes: Int, round: Int)?
    private var known: (changes: Int, at: ContinuousClock.Instant, items: [Item])?
    private var isTrusted = true

    init(patience: Duration, _ list: @escaping @Sendable () async throws -> [Item]) {
        self.patience = patience
        self.list = list
    }

    /// Runs what changes something.
    func changing<R: Sendable>(_ work: @Sendable () async throws -> R) async rethrows -> R {
        begin()
        do {
            let result = try await work()
            end()
            return result
        } catch {
            end()
            throw error
        }
    }

    private func begin() { (changes, underWay) = (changes + 1, underWay + 1) }
    private func end() { (changes, underWay) = (changes + 1, underWay - 1) }

    /// Nothing is taken as known any more: something may change without us, such as a create whose reply was lost.
    func distrust() {
        isTrusted = false
        known = nil
    }

    func items() async throws -> [Item] {
        if let known, underWay == 0, known.changes == changes, ContinuousClock.now - known.at < patience { return known.items }
        let (before, began, round) = (changes, ContinuousClock.now, nextRound())
        defer { if asking?.round == round { asking = nil } }
        let items = try await flights.value("\(round)") { [list] _ in try await list() }
        await flights.forget("\(round)")
        if isTrusted, underWay == 0, before == changes { known = (before, began, items) }
        return items
    }

    /// The question that is being asked already, if nothing has changed since it began; else a new one.
    private func nextRound() -> Int {
        if let asking, asking.changes == changes { return asking.round }
        rounds += 1
        asking = (changes, rounds)
        return rounds
    }
}

/// The listings of one platform in one run.
struct PodmanListings: Sendable {
    /// All with the run's id at the end of their names: hosts, builders of images, and what a killed `podman run` left.
    let containers: PodmanListing<ListedContainer>
    /// All of ours.
    let networks: PodmanListing<Resource>

    /// - Parameter patience: how long an answer counts at most.
    init(_ podman: Podman, run: RunID?, patience: Duration = .seconds(10)) {
        // Always filters: Podman inspects each container that it lists, and one broken foreign container would fail the list.
        let filter = run.map { "name=-\($0)$" } ?? "label=\(Resource.Tag.owner)"
        containers = PodmanListing(patience: patience) { try await podman.containers(filter) }
        networks = PodmanListing(patience: patience) { try await podman.networks() }
    }

    func distrust() async {
        await containers.distrust()
        await networks.distrust()
    }
}

extension Podman {
    /// The containers that a filter names, with those that exist only as storage.
    func containers(_ filter: String) async throws -> [ListedContainer] {
        try await list(["ps", "--all", "--external", "--filter", filter], "containers could not be listed").map(ListedContainer.init)
    }

    /// All networks with our label. A network's id is its name.
    func networks() async throws -> [Resource] {
        try await list(["network", "ls", "--filter", "label=\(Resource.Tag.owner)"], "networks could not be listed").compactMap { value in
            let name = value["name"]?.string ?? value["Name"]?.string ?? ""
            return PodmanLabels.resource(
                PodmanLabels.read(value["labels"] ?? value["Labels"]), kind: PodmanPlatform.networkKind, name: name, id: name)
        }
    }
}
