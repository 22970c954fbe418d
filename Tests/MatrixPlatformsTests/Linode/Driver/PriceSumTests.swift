import MatrixCore
import Testing

@testable import MatrixPlatforms

@Suite struct PriceSumTests {
    @Test func pricesOfOneCurrencyAddUp() {
        let price = Price(hourly: 0.036, monthly: 24, currency: "USD")
        #expect(price + price == Price(hourly: 0.072, monthly: 48, currency: "USD"))
        #expect(price + Price(hourly: 1, currency: "USD") == Price(hourly: 1.036, currency: "USD"))
        #expect(price + Price(hourly: 1, currency: "EUR") == nil)
    }
}
