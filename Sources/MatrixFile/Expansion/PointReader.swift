import MatrixCore

/// Makes the cells' points: the product of the axes or a sample of it, without what is excluded, and what is included.
struct PointReader {
    /// The points, and the sample if the file asks for one.
    struct Points {
        var points: [Point] = []
        var sample: Plan.Sample?
    }

    private let problems: Problems
    private let work: LoadWork

    init(context: LoadContext) {
        problems = context.problems
        work = context.work
    }

    /// - Parameter document: the checked and rendered matrix file.
    /// - Returns: nil if the axes are too large, which is reported: nothing can be said of their cells.
    func points(of document: Document, axes: inout Axes) -> Points? {
        let count = axes.listed.reduce(1) { $0.multipliedReportingOverflow(by: $1.count).overflow ? Int.max : $0 * $1.count }
        let isSampled = document["sample"] != nil
        guard isPossible(count, isSampled: isSampled, axes) else { return nil }
        let included = includes(in: document, axes: &axes)
        let excluded = exclusions(document["exclude"], axes: axes)
        var sample: Plan.Sample?
        let product: [[Int]]
        if isSampled {
            guard let chosen = sampled(document["sample"], of: count, axes, without: excluded) else { return nil }
            (product, sample) = chosen
        } else {
            work.spend(lightly: count * excluded.count)
            guard !work.isSpent else { return tooMuch(document) }
            product = self.product(of: axes).filter { point in !excluded.contains { $0.holds(at: point) } }
        }
        var points = product.map { Point(values: $0, name: name(of: $0, axes), location: location(of: $0, axes)) }
        add(included, to: &points, axes)
        guard points.count <= LoadLimits.cells else {
            problems.error(
                at: document["include"]?.location, "there are \(points.count) cells; at most \(LoadLimits.cells) are allowed",
                hint: "split the matrix")
            return nil
        }
        checkNames(points, axes)
        if points.isEmpty, !axes.listed.isEmpty, !axes.listed.contains(where: \.isEmpty) {
            problems.error(
                at: document["exclude"]?.location ?? document.location, "`exclude:` removes every cell", hint: "remove some of its items")
        }
        return Points(points: points, sample: sample)
    }

    private func isPossible(_ count: Int, isSampled: Bool, _ axes: Axes) -> Bool {
        if axes.names.count > LoadLimits.axes {
            problems.error(
                at: axes.keyLocations.last, "there are \(axes.names.count) axes; at most \(LoadLimits.axes) are allowed",
                hint: "a cell's name holds a value of each axis: set what belongs together under `vars:` in `cells:`")
        } else if isSampled, let least = Self.leastSample(of: axes), least > LoadLimits.cells {
            problems.error(
                at: axes.keyLocations.first,
                "a pairwise sample of these axes has at least \(least) cells; at most \(LoadLimits.cells) are allowed",
                hint: "remove values of the longest axes, or split the matrix")
        } else if isSampled, SamplingWork.isTooLarge(axes.listed.map(\.count)) {
            reportSample(axes)
        } else if !isSampled, count > LoadLimits.cells {
            problems.error(
                at: axes.keyLocations.first,
                "the axes make \(count == Int.max ? "too many" : "\(count)") cells; at most \(LoadLimits.cells) are allowed",
                hint: "remove values, split the matrix, or write `sample: pairwise`")
        } else {
            return true
        }
        return false
    }

    // MARK: Sampling

    /// Each pair of values of two axes is in a cell of its sample.
    private static func leastSample(of axes: Axes) -> Int? {
        let sizes = axes.listed.map(\.count).sorted(by: >).prefix(2)
        return sizes.count == 2 ? sizes.reduce(1, *) : nil
    }

    private func reportSample(_ axes: Axes) {
        let values = axes.listed.reduce(0) { $0 + $1.count }
        problems.error(
            at: axes.keyLocations.first,
            "the search for a pairwise sample of \(values) values takes more than \(LoadLimits.sampling) steps",
            hint: "remove axis values or items of `exclude:`, or split the matrix")
    }

    private func tooMuch(_ document: Document) -> Points? {
        problems.error(
            at: document["exclude"]?.location, "comparing each cell with each item of `exclude:` takes too long",
            hint: "join items: each takes several values and globs for an axis")
        return nil
    }

    /// - Returns: nil if the search takes too long, which is reported.
    private func sampled(
        _ document: Document?, of product: Int, _ axes: Axes, without excluded: [Condition]
    ) -> ([[Int]], Plan.Sample?)? {
        guard !axes.listed.isEmpty, !axes.listed.contains(where: \.isEmpty) else { return ([], nil) }
        let seed = document?["pairwise"]?["seed"]?.int ?? 1
        var pairwise = Pairwise(
            sizes: axes.listed.map(\.count), constraints: excluded.compactMap(\.constraint), seed: UInt64(clamping: seed))
        guard let sample = pairwise.sample() else {
            reportSample(axes)
            return nil
        }
        let facts = Plan.Sample(
            cells: sample.points.count, product: product == Int.max ? nil : product, pairs: sample.pairs, impossible: sample.impossible,
            seed: seed)
        return (sample.points, facts)
    }

    // MARK: The product

    private func product(of axes: Axes) -> [[Int]] {
        guard !axes.listed.isEmpty else { return [] }
        return axes.listed.reduce([[]]) { points, values in points.flatMap { point in values.indices.map { point + [$0] } } }
    }

    private func exclusions(_ document: Document?, axes: Axes) -> [Condition] {
        (document?.elements ?? []).filter { check($0, axes) }.compactMap { item in
            guard !work.isSpent else { return nil }
            let condition = Condition(item.members.map { ($0.key, $0.value.texts) }, over: axes, work: work)
            if condition.constraint == nil, !Placeholders.isIn(item) {
                problems.warning(at: item.location, "this excludes no cell", hint: "the axes have no such point")
            }
            return condition.constraint == nil ? nil : condition
        }
    }

    private func check(_ item: Document, _ axes: Axes) -> Bool {
        if item.members.isEmpty { problems.error(at: item.location, "an empty point would exclude every cell", hint: "name axis values") }
        for member in item.members where axes.index(of: member.key) == nil {
            let hint = Hint.meant(member.key, among: axes.names, otherwise: "there are")
            problems.error(at: member.keyLocation, "there is no axis `\(member.key)`", hint: hint)
        }
        return !item.members.isEmpty && item.members.allSatisfy { axes.index(of: $0.key) != nil }
    }

    // MARK: Included cells

    private func includes(in document: Document, axes: inout Axes) -> [(item: Int, values: [Int], location: SourceLocation)] {
        var included: [(item: Int, values: [Int], location: SourceLocation)] = []
        for (index, item) in (document["include"]?.elements ?? []).enumerated() {
            guard let values = values(of: item, &axes) else { continue }
            included.append((index, values, item.location))
        }
        return included
    }

    private func values(of item: Document, _ axes: inout Axes) -> [Int]? {
        var values: [Int] = []
        var missing: [String] = []
        for (axis, name) in axes.names.enumerated() {
            guard let member = item.members.first(where: { $0.key == name }) else {
                missing.append(name)
                continue
            }
            guard let value = member.value.text else {
                problems.error(
                    at: member.value.location, "`\(name)` of an included cell must be one value, not \(member.value.form)",
                    hint: "write one item for each cell")
                continue
            }
            guard Axes.isKnown(value, at: member.value.location, problems) else { return nil }
            if axes.known(value, on: axis) == nil { Axes.check(value, at: member.value.location, problems) }
            values.append(axes.index(of: value, on: axis))
        }
        if !missing.isEmpty {
            problems.error(
                at: item.location, "an included cell needs a value of every axis; `\(missing.joined(separator: "`, `"))` is missing",
                hint: "add it")
        }
        return values.count == axes.names.count ? values : nil
    }

    private func add(_ included: [(item: Int, values: [Int], location: SourceLocation)], to points: inout [Point], _ axes: Axes) {
        var indexes = Dictionary(points.enumerated().map { ($0.element.values, $0.offset) }) { first, _ in first }
        for (item, values, location) in included {
            if let index = indexes[values] {
                if points[index].include != nil {
                    problems.error(at: location, "the cell `\(points[index].name)` is included twice", hint: "join the two items")
                }
                points[index].include = item
            } else {
                indexes[values] = points.count
                points.append(Point(values: values, name: name(of: values, axes), include: item, location: location))
            }
        }
    }

    // MARK: Names

    private func name(of point: [Int], _ axes: Axes) -> String {
        point.enumerated().map { axes.values[$0.offset][$0.element] }.joined(separator: "-")
    }

    private func location(of point: [Int], _ axes: Axes) -> SourceLocation {
        let last = point.count - 1
        return axes.valueLocations[last][point[last]]
    }

    private func checkNames(_ points: [Point], _ axes: Axes) {
        var first: [String: Int] = [:]
        for (index, point) in points.enumerated() {
            guard let other = first.updateValue(index, forKey: point.name) else { continue }
            problems.error(
                at: point.location, "two cells are called `\(point.name)`: \(describe(points[other], axes)) and \(describe(point, axes))",
                hint: "change a value so that their names differ")
        }
    }

    private func describe(_ point: Point, _ axes: Axes) -> String {
        point.values.enumerated().map { "\(axes.names[$0.offset])=\(axes.values[$0.offset][$0.element])" }.joined(separator: " ")
    }
}
