public import MatrixCore

/// What a plan's cells would cost by their platforms' prices, before anything is created.
public struct CostEstimate: Sendable {
    /// By the cells' names; none for a cell that is free or has no known price.
    public var prices: [String: Price]
    /// Why a cell's price could not be read, by its name.
    var problems: [String: String]

    /// - Parameters:
    ///   - prices: by the cells' names.
    ///   - problems: why a cell's price could not be read, by its name.
    public init(prices: [String: Price] = [:], problems: [String: String] = [:]) {
        self.prices = prices
        self.problems = problems
    }

    /// Asks the platforms of all cells for their prices.
    public static func of(
        _ plan: Plan, platforms: [String: any Platform], within limit: Duration = QuestionLimit.prices
    ) async -> CostEstimate {
        var estimate = CostEstimate()
        let end = ContinuousClock.now + limit
        let answers = await mapConcurrently(plan.cells, limit: 8) { cell -> (String, Result<Price?, any Error>) in
            do {
                // Together, not each: cells of one platform wait for the same lists.
                let price = try await answered(within: end - .now) { try await platforms[cell.platform]?.price(of: cell) }
                return (cell.name, .success(price))
            } catch is DeadlineExceeded {
                let why = "it did not answer within \(limit.brief)"
                return (cell.name, .failure(InfrastructureError("asking \(cell.platform) for its prices", why: why)))
            } catch {
                return (cell.name, .failure(error))
            }
        }
        for (cell, answer) in answers {
            switch answer {
            case .success(let price): estimate.prices[cell] = price
            case .failure(let error):
                estimate.problems[cell] = (error as? InfrastructureError).map { "\($0.what): \($0.why)" } ?? "\(error)"
            }
        }
        return estimate
    }

    /// What all cells together cost in an hour, an amount for each currency.
    ///
    /// Every begun hour is charged, so cells that run one after the other within an hour cost as much as cells at once.
    public var hourly: [Cost] { Cost.sums(prices.values.map { Cost($0.hourly, $0.currency) }) }

    /// Compares the estimate with a budget.
    ///
    /// - Throws: `UsageError` if it is above the budget or in another currency; `InfrastructureError` if a price could not be read.
    public func check(_ budget: Budget?) throws {
        guard let budget else { return }
        if let (cell, why) = problems.min(by: { $0.key < $1.key }) {
            throw InfrastructureError(
                "the budget cannot be checked", why: "the price of \(cell) is unknown: \(why)",
                next: "nothing was created; try again, or run without budget:",
                type: .budget)
        }
        let problems = hourly.compactMap { excess(of: $0, over: budget) }
        guard problems.isEmpty else { throw UsageError(problems) }
    }

    /// What is wrong with an amount; nil if it is within the budget.
    public func excess(of cost: Cost, over budget: Budget) -> Diagnostic? {
        if cost.currency != budget.currency {
            return Diagnostic(
                at: budget.location, "the budget is in \(budget.currency), but the machines cost \(cost) an hour",
                hint: "write it in \(cost.currency)")
        }
        // To a tenth of a thousandth, as sums of decimals are not exact.
        guard cost.amount > budget.hourly + 0.0001 else { return nil }
        let limit = Cost(budget.hourly, budget.currency)
        return Diagnostic(
            at: budget.location,
            "the machines of \(prices.count) cell\(prices.count == 1 ? "" : "s") cost \(cost) an hour, above the budget of \(limit)",
            hint: "select fewer cells (--cell), use smaller hosts, or raise the budget")
    }
}
