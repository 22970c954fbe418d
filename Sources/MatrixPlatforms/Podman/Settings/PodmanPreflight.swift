internal import MatrixCore

/// Finds everything that this machine's Podman lacks, before anything is made.
struct PodmanPreflight: Sendable {
    let settings: PodmanSettings
    let podman: Podman
    let probe: PodmanProbe
    let images: ImageStore

    /// The problems of these cells.
    func problems(of cells: [CellPlan]) async -> [PreflightProblem] {
        await images.registries.forgetSilence()
        async let network = networkProblem()
        async let missing = imageProblems(cells)
        let facts: PodmanFacts
        do { facts = try await probe.facts() } catch { return [PreflightProblem(error, "podman could not be asked")] }
        return facts.problems + watcherProblems(cells, facts) + (await network) + sizeProblems(cells, facts) + (await missing)
    }

    /// The inotify instances that systemd, D-Bus and logind of one container use (seen on Debian 12 and 13).
    private static let watchersOfAHost = 7

    /// Above the limit, a container exits while it boots, or its sshd never starts.
    private func watcherProblems(_ cells: [CellPlan], _ facts: PodmanFacts) -> [PreflightProblem] {
        let hosts = cells.reduce(0) { $0 + $1.hosts.count }
        guard let most = facts.mostWatchers, hosts * Self.watchersOfAHost > most else { return [] }
        let message = "\(hosts) hosts at once may need more inotify instances than the kernel's limit of \(most) for an account"
        return [
            PreflightProblem(
                .warning, message, next: "sudo sysctl fs.inotify.max_user_instances=\(max(1024, hosts * 2 * Self.watchersOfAHost))")
        ]
    }

    private func networkProblem() async -> [PreflightProblem] {
        guard let name = settings.network else { return [] }
        do {
            if try await podman.network(name) != nil { return [] }
            return [
                PreflightProblem(
                    .error, "there is no Podman network \(name)", next: "podman network create \(name), or leave `network` out")
            ]
        } catch {
            return [PreflightProblem(.error, "Podman network \(name) could not be looked up: \(error)")]
        }
    }

    private func sizeProblems(_ cells: [CellPlan], _ facts: PodmanFacts) -> [PreflightProblem] {
        var cellsByPart: [String: [String]] = [:]
        for cell in cells {
            for part in Set(cell.hosts.flatMap { ContainerSize($0.size, facts: facts).ignored }) where part != "disk" && part != "type" {
                cellsByPart[part, default: []].append(cell.name)
            }
        }
        return cellsByPart.sorted { $0.key < $1.key }.map { part, names in
            PreflightProblem(.warning, cells: names, "the hosts' \(part) cannot be limited here: Podman has no cgroup controller for it")
        }
    }

    /// One problem for each system, as all its cells share the image.
    private func imageProblems(_ cells: [CellPlan]) async -> [PreflightProblem] {
        var systems: [OperatingSystem] = []
        for cell in cells where !systems.contains(cell.os) { systems.append(cell.os) }
        let problems = await mapConcurrently(systems, limit: 8) { system in
            await problem(of: system, cells: cells.filter { $0.os == system }.map(\.name))
        }
        return problems.compactMap(\.self)
    }

    private func problem(of system: OperatingSystem, cells: [String]) async -> PreflightProblem? {
        do {
            _ = try await images.source(for: system, recipe: await images.recipe(for: system))
            return nil
        } catch let error as InfrastructureError where error.type == ImageStore.unavailableType.rawValue {
            return PreflightProblem(.unavailable, cells: cells, error.why, next: error.next)
        } catch {
            return PreflightProblem(.error, cells: cells, "the image of \(system.name) could not be looked up: \(error)")
        }
    }
}
