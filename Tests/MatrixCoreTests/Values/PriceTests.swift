import MatrixCore
import Testing

@Suite struct PriceTests {
    private static let price = Price(hourly: 0.036, monthly: 24, currency: "USD")

    @Test(
        arguments: [
            (0, 0.036), (1, 0.036), (3600, 0.036), (3601, 0.072), (10 * 3600, 0.36), (700 * 3600, 24), (730 * 3600, 24),
            (731 * 3600, 26.316), (10_000 * 3600, 336),
        ] as [(Double, Double)]) func everyBegunHourIsChargedUpToTheMonthsPrice(_ seconds: Double, _ amount: Double)
    {
        let cost = Self.price.cost(of: seconds)
        #expect(abs(cost.amount - amount) < 1e-9 && cost.currency == "USD")
    }

    @Test func withoutAMonthlyPriceHoursAddUp() {
        #expect(Price(hourly: 2, currency: "EUR").cost(of: 10_000 * 3600) == Cost(20_000, "EUR"))
    }

    @Test(arguments: [
        (0.0075, "0.0075"), (0.036, "0.036"), (1.5, "1.50"), (24, "24.00"), (0, "0.00"), (0.30000000000000004, "0.30"), (1.99996, "2.00"),
    ])
    func amountsAreReadable(_ amount: Double, _ text: String) { #expect(Cost(amount, "USD").description == "\(text) USD") }

    @Test func sumsAreKeptApartByCurrency() {
        #expect(Cost.sums([0.036, 0.036, 0.036].map { Cost($0, "USD") }) == [Cost(0.108, "USD")])
        #expect(Cost.sums([Cost(1, "USD"), Cost(2, "EUR"), Cost(0.5, "USD")]) == [Cost(2, "EUR"), Cost(1.5, "USD")])
    }
}
